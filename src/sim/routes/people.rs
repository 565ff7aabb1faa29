//! Characters, corporations and alliances.

use serde_json::{Value, json};

use super::{RouteResult, record};
use crate::sim::chance::index;
use crate::sim::exchange::ask::{Ask, AskRefusal};
use crate::sim::world::ticker;

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    let people = &ask.world.people;
    Some(match (ask.operation.method.as_str(), ask.operation.path.as_str()) {
        ("GET", "/alliances") => ask.list(&people.alliances()),
        ("GET", "/corporations/npccorps") => ask.list(&people.npc_corporations()),
        ("GET", "/alliances/{alliance_id}/corporations") => ask
            .id("alliance_id")
            .and_then(|id| id_of_kind(ask, id, "alliance"))
            .and_then(|id| ask.list(&people.members(id))),
        ("GET", "/alliances/{alliance_id}") => detail(ask, "alliance", alliance),
        ("GET", "/corporations/{corporation_id}") => detail(ask, "corporation", corporation),
        ("GET", "/characters/{character_id}") => detail(ask, "character", character),
        ("POST", "/characters/affiliation") => affiliation(ask),
        _ => return None,
    })
}

fn id_of_kind(ask: &Ask<'_>, id: i64, kind: &str) -> Result<i64, AskRefusal> {
    let found = ask.world.people.name_of(id).is_some_and(|(category, _)| category == kind);
    if found { Ok(id) } else { Err(AskRefusal::not_found(kind)) }
}

fn detail(ask: &Ask<'_>, kind: &str, of: fn(&Ask<'_>, i64) -> Value) -> RouteResult {
    let id = id_of_kind(ask, ask.id(&format!("{kind}_id"))?, kind)?;
    let mut set = of(ask, id);
    if let Some((_, name)) = ask.world.people.name_of(id) {
        if kind != "character" {
            set["ticker"] = json!(ticker(&name, usize::try_from(id % 1_000).unwrap_or(0)));
        }
        set["name"] = json!(name);
    }
    Ok(record(ask, &set))
}

fn alliance(ask: &Ask<'_>, id: i64) -> Value {
    json!({ "executor_corporation_id": ask.world.people.members(id).first() })
}

fn corporation(ask: &Ask<'_>, id: i64) -> Value {
    let kind = if id < 2_000_000 { "npc_owned" } else { "player_owned" };
    json!({ "alliance_id": ask.world.people.alliance_of(id), "type": kind, "home_station_id": 60_003_760 })
}

fn character(ask: &Ask<'_>, id: i64) -> Value {
    let corporation = ask.world.people.corporation_of(id);
    let alliance = corporation.and_then(|id| ask.world.people.alliance_of(id));
    json!({ "corporation_id": corporation, "alliance_id": alliance })
}

/// Like ESI, leaves out deleted and unknown characters, and refuses the whole batch if an id cannot be a character's.
fn affiliation(ask: &Ask<'_>) -> RouteResult {
    let people = &ask.world.people;
    let ids = super::names::ids(ask)?;
    if ids.iter().any(|id| *id < 90_000_000 || (98_000_000..100_000_000).contains(id)) {
        return Err(AskRefusal::not_found("Character"));
    }
    let rows = ids.into_iter().filter_map(|id| {
        let corporation = people.corporation_of(id)?;
        let mut row = json!({ "character_id": id, "corporation_id": corporation });
        if let Some(alliance) = people.alliance_of(corporation) {
            row["alliance_id"] = json!(alliance);
        }
        if id % 9 == 0 {
            let factions = people.factions();
            row["faction_id"] = json!(factions[index(id.unsigned_abs() << 40, 4)].0);
        }
        Some(row)
    });
    Ok(Value::Array(rows.collect()).into())
}
