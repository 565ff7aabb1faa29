//! Names to ids and back, and an example of every path.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::{RouteResult, wars};
use crate::sim::answer::generic::{Generator, uuid};
use crate::sim::chance::{hash, mix};
use crate::sim::exchange::ask::{Ask, AskRefusal};
use crate::sim::world::World;
use crate::spec::{Operation, ParameterPlace, TextFormat, facts};

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    Some(match ask.operation.path.as_str() {
        "/universe/names" => names(ask),
        "/universe/ids" => reverse(ask),
        _ => return None,
    })
}

/// The ids of a request body: 1 to `most` distinct ids.
pub fn ids(ask: &Ask<'_>) -> Result<Vec<i64>, AskRefusal> {
    let ids: Vec<i64> =
        serde_json::from_slice(ask.body).map_err(|e| AskRefusal::new(400, format!("body: {e}")))?;
    let distinct: HashSet<_> = ids.iter().collect();
    let most = ask.operation.body.as_ref().and_then(|b| b.max_items).unwrap_or(1_000);
    if ids.is_empty() || ids.len() > most || distinct.len() != ids.len() {
        return Err(AskRefusal::new(
            400,
            format!("body: expected 1 to {most} distinct ids, got {}", ids.len()),
        ));
    }
    Ok(ids)
}

/// Like ESI, refuses the whole batch if one id is unknown.
fn names(ask: &Ask<'_>) -> RouteResult {
    let rows: Option<Vec<Value>> = ids(ask)?
        .into_iter()
        .map(|id| {
            ask.world
                .name_of(id)
                .map(|(category, name)| json!({ "category": category, "id": id, "name": name }))
        })
        .collect();
    match rows {
        Some(rows) => Ok(Value::Array(rows).into()),
        None => Err(AskRefusal::new(404, "Ensure all IDs are valid before resolving.")),
    }
}

/// Leaves out unknown names, and categories without a match.
fn reverse(ask: &Ask<'_>) -> RouteResult {
    let wanted: Vec<String> =
        serde_json::from_slice(ask.body).map_err(|e| AskRefusal::new(400, format!("body: {e}")))?;
    let wanted: HashSet<String> = wanted.into_iter().map(|name| name.to_lowercase()).collect();
    let (map, people) = (&ask.world.map, &ask.world.people);
    let places = map.regions.iter().map(|r| r.id).chain(map.constellations.iter().map(|c| c.id));
    let places = places.chain(map.systems.iter().map(|s| s.id)).chain(map.stations.keys().copied());
    let groups = people.alliances().into_iter().chain(people.corporations()).chain(people.npc_corporations());
    let others = people.characters().into_iter().chain(ask.world.items.all.iter().map(|i| i.id));
    let mut found: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for id in places.chain(groups).chain(others).chain(people.factions().iter().map(|f| f.0)) {
        let Some((category, name)) = ask.world.name_of(id) else { continue };
        if wanted.contains(&name.to_lowercase()) {
            let plural = match category {
                "solar_system" => "systems",
                "inventory_type" => "inventory_types",
                "alliance" => "alliances",
                "character" => "characters",
                "constellation" => "constellations",
                "corporation" => "corporations",
                "region" => "regions",
                "station" => "stations",
                _ => "factions",
            };
            found.entry(plural).or_default().push(json!({ "id": id, "name": name }));
        }
    }
    Ok(json!(found).into())
}

/// A path with query of this operation that exists in the world, for tests of every route.
#[must_use]
pub fn example(world: &World, operation: &Operation) -> String {
    let mut path = operation.path.clone();
    for param in operation.params.iter().filter(|p| p.place == ParameterPlace::Path) {
        let value = example_id(world, operation, &param.name);
        let value = if param.fmt == Some(TextFormat::Uuid) { uuid(world.seed) } else { value };
        path = path.replace(&format!("{{{}}}", param.name), &value);
    }
    let query = operation.params.iter().filter(|p| p.place == ParameterPlace::Query && p.req);
    let query: Vec<_> = query
        .map(|param| {
            let value = match &param.default {
                Some(value) => value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned),
                None if param.name == "type_id" => "34".to_owned(),
                None => "1".to_owned(),
            };
            format!("{}={value}", param.name)
        })
        .collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

fn example_id(world: &World, operation: &Operation, name: &str) -> String {
    let map = &world.map;
    let body = |kind| map.bodies.iter().filter(|(_, b)| b.kind == kind).map(|(id, _)| *id).min();
    let id = match name {
        "region_id" => Some(10_000_002),
        "constellation_id" => map.constellations.first().map(|c| c.id),
        "system_id" | "origin_system_id" => Some(30_000_142),
        "destination_system_id" => Some(30_002_187),
        "planet_id" => body(crate::sim::world::BodyKind::Planet),
        "moon_id" => body(crate::sim::world::BodyKind::Moon),
        "asteroid_belt_id" => body(crate::sim::world::BodyKind::Belt),
        "star_id" => body(crate::sim::world::BodyKind::Star),
        "stargate_id" => map.gates.keys().copied().min(),
        "station_id" => Some(60_003_760),
        "structure_id" => map.structures.first().map(|s| s.id),
        "type_id" => Some(587),
        "group_id" => Some(25),
        "category_id" => Some(6),
        "market_group_id" => Some(5),
        "character_id" => world.people.characters().first().copied(),
        "corporation_id" => world.people.corporations().first().copied(),
        "alliance_id" => world.people.alliances().first().copied(),
        // An auction, because only auctions have bids.
        "contract_id" => Some(200_000_007),
        "war_id" => Some(700_001),
        "killmail_id" => Some(70_000_100),
        "killmail_hash" => return wars::hash_of(world.seed, 70_000_100),
        _ => listed(world, operation),
    };
    id.unwrap_or(1).to_string()
}

/// The first id of the list route above a detail route, where the generator makes the list.
fn listed(world: &World, operation: &Operation) -> Option<i64> {
    let parent = operation.path.rsplit_once('/')?.0;
    let schema = facts().operation("GET", parent)?.schema.as_ref()?;
    let roll = mix(world.seed, hash(parent.as_bytes()));
    Generator::new(world, Vec::new()).rows(schema, "", roll, 0).first()?.as_i64()
}
