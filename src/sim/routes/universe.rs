//! `/universe/*` and the market's tree: things that change only with the next patch.

use serde_json::{Value, json};

use super::{RouteResult, position, record};
use crate::sim::chance::{hash, index, mix};
use crate::sim::exchange::ask::{Ask, AskRefusal};
use crate::sim::world::{BodyKind, PLANET, PLEX_REGION, STAR, STARGATE, STATION};

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    let world = ask.world;
    Some(match ask.operation.path.as_str() {
        "/universe/regions" => ask.list(&ids(world.map.regions.iter().map(|r| r.id))),
        "/universe/constellations" => ask.list(&ids(world.map.constellations.iter().map(|c| c.id))),
        "/universe/systems" => ask.list(&ids(world.map.systems.iter().map(|s| s.id))),
        "/universe/types" => ask.list(&ids(world.items.all.iter().map(|i| i.id))),
        "/universe/groups" => ask.list(&ids(world.items.groups().map(|g| g.id))),
        "/universe/categories" => ask.list(&ids(world.items.categories().iter().map(|c| c.0))),
        "/universe/structures" => ask.list(&ids(world.map.structures.iter().map(|s| s.id))),
        "/markets/groups" => ask.list(&ids(world.items.market_groups().map(|g| g.id))),
        "/universe/factions" => Ok(factions(ask).into()),
        "/universe/races" => Ok(races(ask).into()),
        "/universe/bloodlines" => Ok(bloodlines().into()),
        "/universe/ancestries" => Ok(ancestries().into()),
        "/universe/regions/{region_id}" => record_of(ask, "region_id", region),
        "/universe/constellations/{constellation_id}" => record_of(ask, "constellation_id", constellation),
        "/universe/systems/{system_id}" => record_of(ask, "system_id", system),
        "/universe/planets/{planet_id}" => body(ask, "planet_id", BodyKind::Planet),
        "/universe/moons/{moon_id}" => body(ask, "moon_id", BodyKind::Moon),
        "/universe/asteroid_belts/{asteroid_belt_id}" => body(ask, "asteroid_belt_id", BodyKind::Belt),
        "/universe/stars/{star_id}" => body(ask, "star_id", BodyKind::Star),
        "/universe/stargates/{stargate_id}" => record_of(ask, "stargate_id", gate),
        "/universe/stations/{station_id}" => record_of(ask, "station_id", station),
        "/universe/structures/{structure_id}" => structure(ask),
        "/universe/types/{type_id}" => record_of(ask, "type_id", item),
        "/universe/groups/{group_id}" => record_of(ask, "group_id", group),
        "/universe/categories/{category_id}" => record_of(ask, "category_id", category),
        "/markets/groups/{market_group_id}" => record_of(ask, "market_group_id", market_group),
        _ => return None,
    })
}

fn ids(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    ids.collect()
}

/// A generated record with the fields that `of` knows, or 404.
fn record_of(ask: &Ask<'_>, param: &str, of: fn(&Ask<'_>, i64) -> Option<Value>) -> RouteResult {
    let set = of(ask, ask.id(param)?).ok_or_else(|| AskRefusal::not_found(param.trim_end_matches("_id")))?;
    Ok(record(ask, &set))
}

fn roll(ask: &Ask<'_>) -> u64 {
    mix(ask.world.seed, hash(ask.path.as_bytes()))
}

fn region(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let region = ask.world.map.region(id).filter(|_| id != PLEX_REGION)?;
    Some(json!({ "name": region.name, "constellations": region.constellations }))
}

fn constellation(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.map.constellation(id)?;
    Some(
        json!({ "name": it.name, "region_id": it.region, "systems": it.systems, "position": position(roll(ask)) }),
    )
}

fn system(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.map.system(id)?;
    let some = |ids: &Vec<i64>| if ids.is_empty() { Value::Null } else { json!(ids) };
    let planets = it.planets.iter().map(|(planet, moons, belts)| {
        let mut entry = json!({ "planet_id": planet });
        if !moons.is_empty() {
            entry["moons"] = json!(moons);
        }
        if !belts.is_empty() {
            entry["asteroid_belts"] = json!(belts);
        }
        entry
    });
    Some(json!({
        "name": it.name, "constellation_id": it.constellation, "security_status": it.security, "star_id": it.star,
        "planets": planets.collect::<Vec<_>>(), "stargates": some(&it.gates), "stations": some(&it.stations),
        "position": position(roll(ask)), "security_class": if it.security > 0.0 { json!("B") } else { Value::Null },
    }))
}

fn body(ask: &Ask<'_>, param: &str, kind: BodyKind) -> RouteResult {
    let id = ask.id(param)?;
    let it = ask.world.map.bodies.get(&id).filter(|b| b.kind == kind);
    let it = it.ok_or_else(|| AskRefusal::not_found(param.trim_end_matches("_id")))?;
    let place = position(roll(ask));
    Ok(match kind {
        BodyKind::Star => {
            record(ask, &json!({ "name": it.name, "solar_system_id": it.system, "type_id": STAR }))
        }
        BodyKind::Planet => record(
            ask,
            &json!({ "name": it.name, "system_id": it.system, "type_id": PLANET, "position": place }),
        ),
        BodyKind::Moon | BodyKind::Belt => {
            record(ask, &json!({ "name": it.name, "system_id": it.system, "position": place }))
        }
    })
}

fn gate(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.map.gates.get(&id)?;
    let to = ask.world.map.system(it.to)?;
    Some(json!({
        "name": format!("Stargate ({})", to.name), "system_id": it.system, "type_id": STARGATE,
        "destination": { "stargate_id": it.peer, "system_id": it.to }, "position": position(roll(ask)),
    }))
}

fn station(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.map.stations.get(&id)?;
    Some(json!({
        "name": it.name, "system_id": it.system, "owner": it.owner, "position": position(roll(ask)),
        "type_id": STATION, "reprocessing_efficiency": 0.5, "reprocessing_stations_take": 0.05,
        "max_dockable_ship_volume": 50_000_000, "office_rental_cost": 10_000,
    }))
}

/// Like ESI, gives the same answer for an unknown structure and for one without access.
fn structure(ask: &Ask<'_>) -> RouteResult {
    let id = ask.id("structure_id")?;
    let it = ask.world.map.structures.iter().find(|s| s.id == id).ok_or(AskRefusal::new(403, "Forbidden"))?;
    let owners = ask.world.people.corporations();
    let owner = owners[index(roll(ask), owners.len())];
    Ok(record(ask, &json!({ "name": it.name, "solar_system_id": it.system, "owner_id": owner })))
}

fn item(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.items.item(id)?;
    let published = it.market_group.is_some();
    Some(
        json!({ "name": it.name, "group_id": it.group, "market_group_id": it.market_group, "published": published }),
    )
}

fn group(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.items.groups().find(|g| g.id == id)?;
    let types = ask.world.items.in_group(id);
    Some(json!({ "name": it.name, "category_id": it.category, "published": true, "types": types }))
}

fn category(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let items = &ask.world.items;
    let name = items.categories().iter().find(|c| c.0 == id)?.1;
    let groups: Vec<_> = items.groups().filter(|g| g.category == id).map(|g| g.id).collect();
    Some(json!({ "name": name, "published": true, "groups": groups }))
}

fn market_group(ask: &Ask<'_>, id: i64) -> Option<Value> {
    let it = ask.world.items.market_groups().find(|g| g.id == id)?;
    let types = ask.world.items.in_market_group(&it);
    Some(json!({ "name": it.name, "parent_group_id": it.parent, "types": types }))
}

fn factions(ask: &Ask<'_>) -> Value {
    let world = ask.world;
    let systems = &world.map.systems;
    let row = |&(id, name): &(i64, &str)| {
        let roll = world.chance(id.unsigned_abs());
        let home = systems[index(roll, systems.len())].id;
        let mut row = json!({
            "faction_id": id, "name": name, "description": format!("{name}: an old power."), "is_unique": true,
            "size_factor": 5.0, "station_count": roll % 1_000, "station_system_count": roll % 400,
            "solar_system_id": home, "corporation_id": 1_000_001 + id % 20,
        });
        if id <= 500_004 {
            row["militia_corporation_id"] = json!(1_000_005 + id % 5);
        }
        row
    };
    Value::Array(world.people.factions().iter().map(row).collect())
}

fn races(ask: &Ask<'_>) -> Value {
    let factions = ask.world.people.factions();
    let rows = [(1, "Caldari", 0), (2, "Minmatar", 1), (4, "Amarr", 2), (8, "Gallente", 3)].map(|(id, name, faction)| {
        json!({ "race_id": id, "name": name, "alliance_id": factions[faction].0, "description": "A people." })
    });
    json!(rows)
}

fn bloodlines() -> Value {
    let names = ["Deteis", "Civire", "Sebiestor", "Brutor", "Amarr", "Ni-Kunni", "Gallente", "Intaki"];
    let rows = names.iter().enumerate().map(|(i, name)| {
        json!({
            "bloodline_id": i + 1, "name": name, "race_id": 1 << (i / 2), "corporation_id": 1_000_006 + i,
            "ship_type_id": 582 + i % 2, "description": format!("The {name}."), "charisma": 3 + i, "intelligence": 7,
            "memory": 7, "perception": 5, "willpower": 5,
        })
    });
    Value::Array(rows.collect())
}

fn ancestries() -> Value {
    let names =
        ["Tube Child", "Entrepreneur", "Mercenary", "Dissident", "Tinkerer", "Trader", "Warrior", "Artist"];
    let rows = names.iter().enumerate().map(|(i, name)| {
        let mut row =
            json!({ "id": i + 1, "name": name, "bloodline_id": i + 1, "description": format!("{name}s.") });
        if i % 2 == 0 {
            row["short_description"] = json!(format!("{name}, in short."));
            row["icon_id"] = json!(1_600 + i);
        }
        row
    });
    Value::Array(rows.collect())
}
