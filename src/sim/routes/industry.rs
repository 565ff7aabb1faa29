//! Industry, incursions, sovereignty, traffic, and the status of the server.

use serde_json::{Value, json};

use super::{RouteResult, time};
use crate::sim::chance::{amount, fraction, index, mix, rounded};
use crate::sim::exchange::ask::Ask;
use crate::sim::world::STATION;

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    let body = match ask.operation.path.as_str() {
        "/status" => status(ask),
        "/industry/systems" => cost_indices(ask),
        "/industry/facilities" => facilities(ask),
        "/insurance/prices" => insurance(ask),
        "/incursions" => incursions(ask),
        "/sovereignty/systems" => sovereignty(ask),
        "/sovereignty/campaigns" => campaigns(ask),
        "/fw/systems" => warzone(ask),
        "/universe/system_jumps" => traffic(ask, &["ship_jumps"]),
        "/universe/system_kills" => traffic(ask, &["npc_kills", "pod_kills", "ship_kills"]),
        _ => return None,
    };
    Some(Ok(body.into()))
}

/// A hash of a record that differs after each change of the record.
fn state(ask: &Ask<'_>, record: u64) -> u64 {
    mix(record, ask.world.timeline.changes(record, ask.rebuild.version).cast_unsigned())
}

/// Players vary with every rebuild; the build number does not.
fn status(ask: &Ask<'_>) -> Value {
    let roll = ask.world.chance(ask.rebuild.version.cast_unsigned());
    let start = ask.now.date_naive().and_hms_opt(11, 2, 0).unwrap_or_default().and_utc();
    let start = if start > ask.now { start - chrono::TimeDelta::days(1) } else { start };
    let start = start.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    json!({ "players": 18_000 + roll % 12_000, "server_version": "3011421", "start_time": start, "vip": false })
}

fn cost_indices(ask: &Ask<'_>) -> Value {
    let activities = [
        "manufacturing",
        "researching_time_efficiency",
        "researching_material_efficiency",
        "copying",
        "invention",
        "reaction",
    ];
    let rows = ask.world.map.systems.iter().map(|system| {
        let roll = state(ask, ask.world.chance(system.id.unsigned_abs()));
        let index = |i: usize| rounded(fraction(mix(roll, i as u64)) / 8.0 + 0.0014, 4);
        let indices =
            activities.iter().enumerate().map(|(i, a)| json!({ "activity": a, "cost_index": index(i) }));
        json!({ "solar_system_id": system.id, "cost_indices": indices.collect::<Vec<_>>() })
    });
    Value::Array(rows.collect())
}

fn facilities(ask: &Ask<'_>) -> Value {
    let map = &ask.world.map;
    let mut stations: Vec<_> = map.stations.iter().collect();
    stations.sort_by_key(|(id, _)| **id);
    let rows = stations.into_iter().map(|(id, station)| {
        let region = map.system(station.system).map(|s| s.region);
        let mut row = json!({
            "facility_id": id, "owner_id": station.owner, "region_id": region, "solar_system_id": station.system,
            "type_id": STATION,
        });
        if id % 4 != 0 {
            row["tax"] = json!(0.1);
        }
        row
    });
    Value::Array(rows.collect())
}

fn insurance(ask: &Ask<'_>) -> Value {
    let levels = ["Basic", "Standard", "Bronze", "Silver", "Gold", "Platinum"];
    let ships = ask.world.items.all.iter().filter(|item| item.group == 25 || item.group == 26);
    let rows = ships.map(|ship| {
        let worth = state(ask, ask.world.chance(ship.id.unsigned_abs())) % 20 + 90;
        let worth = ship.cents / 100 * worth.cast_signed() / 100;
        let levels = (5_i64..).zip(levels).map(|(part, name)| {
            json!({ "name": name, "cost": worth * (part - 4) / 20, "payout": worth * (part + 5) / 10 })
        });
        json!({ "type_id": ship.id, "levels": levels.collect::<Vec<_>>() })
    });
    Value::Array(rows.collect())
}

/// Three incursions; each moves on to another constellation after a while.
fn incursions(ask: &Ask<'_>) -> Value {
    let constellations = &ask.world.map.constellations;
    let rows = (0..3_usize).map(|n| {
        let age = ask.rebuild.version + i64::try_from(n * 700).unwrap_or(0);
        let (which, phase) = (age.div_euclid(2_000), age.rem_euclid(2_000));
        let step = index(ask.world.chance(which.cast_unsigned()), constellations.len() / 3);
        let at = &constellations[(step * 3 + n) % constellations.len()];
        let state = ["mobilizing", "established", "withdrawing"][usize::try_from(phase / 667).unwrap_or(0)];
        json!({
            "constellation_id": at.id, "faction_id": 500_019, "has_boss": phase > 1_000, "type": "Incursion",
            "infested_solar_systems": at.systems, "staging_solar_system_id": at.systems.first(), "state": state,
            "influence": rounded(fraction(mix(phase.cast_unsigned(), n as u64)), 3),
        })
    });
    Value::Array(rows.collect())
}

/// Empire space belongs to factions, null security to alliances or is unclaimed.
fn sovereignty(ask: &Ask<'_>) -> Value {
    let (map, people) = (&ask.world.map, &ask.world.people);
    let corporations = people.corporations();
    let rows = map.systems.iter().map(|system| {
        let record = ask.world.chance(system.id.unsigned_abs());
        let roll = state(ask, record);
        let corporation = corporations[index(record, corporations.len())];
        let claim = match people.alliance_of(corporation) {
            _ if system.security > 0.0 => json!({ "faction": { "faction_id": 500_001 + record % 4 } }),
            None => json!({ "unclaimed": true }),
            Some(alliance) => {
                let mut hub = json!({ "id": 1_040_000_000_000 + system.id });
                if roll.is_multiple_of(3) {
                    hub["vulnerability_window"] = json!({ "start": time(86_400), "end": time(86_400 + 10_800) });
                }
                json!({ "alliance": {
                    "alliance_id": alliance, "corporation_id": corporation, "claimed_since": time(-amount(record, 9_000_000)),
                    "is_capital_system": record.is_multiple_of(20), "sovereignty_hub": hub,
                    "development": {
                        "activity_defense_multiplier": 1.0 + rounded(fraction(roll) * 5.0, 1),
                        "industrial_level": roll % 6, "military_level": (roll >> 8) % 6, "strategic_level": (roll >> 16) % 6,
                    },
                } })
            }
        };
        json!({ "solar_system_id": system.id, "claim": claim })
    });
    json!({ "solar_systems": rows.collect::<Vec<_>>() })
}

/// A dozen campaigns; scores move, and each is replaced by the next after a while.
fn campaigns(ask: &Ask<'_>) -> Value {
    let (systems, alliances) = (&ask.world.map.systems, ask.world.people.alliances());
    let rows = (0..12_i64).map(|n| {
        let age = ask.rebuild.version + n * 60;
        let id = 40_000 + age.div_euclid(720).rem_euclid(1_000_000) * 12 + n;
        let roll = ask.world.chance(id.unsigned_abs());
        let system = &systems[index(roll, systems.len())];
        let score = rounded(fraction(state(ask, roll)), 2);
        let mut row = json!({
            "campaign_id": id, "constellation_id": system.constellation, "solar_system_id": system.id,
            "event_type": "ihub_defense", "start_time": time(amount(roll, 9_000_000)),
            "structure_id": 1_040_000_000_000 + system.id,
        });
        if roll.is_multiple_of(4) {
            row["event_type"] = json!("station_freeport");
            let participants = alliances.iter().take(2).map(|a| json!({ "alliance_id": a, "score": score }));
            row["participants"] = Value::Array(participants.collect());
        } else {
            row["defender_id"] = json!(alliances[index(roll >> 3, alliances.len())]);
            row["defender_score"] = json!(score);
            row["attackers_score"] = json!(rounded(1.0 - score, 2));
        }
        row
    });
    Value::Array(rows.collect())
}

/// Every third system is in the warzone.
fn warzone(ask: &Ask<'_>) -> Value {
    let systems = ask.world.map.systems.iter().filter(|s| s.id % 3 == 0).take(200);
    let rows = systems.map(|system| {
        let record = ask.world.chance(system.id.unsigned_abs());
        let roll = state(ask, record);
        let contested = ["uncontested", "contested", "vulnerable", "captured"][index(roll, 4)];
        json!({
            "solar_system_id": system.id, "owner_faction_id": 500_001 + record % 4, "contested": contested,
            "occupier_faction_id": 500_001 + roll % 4, "victory_points": roll % 3_000, "victory_points_threshold": 3_000,
        })
    });
    Value::Array(rows.collect())
}

/// Systems in which something happened; the others are absent.
fn traffic(ask: &Ask<'_>, fields: &[&str]) -> Value {
    let rows = ask.world.map.systems.iter().filter_map(|system| {
        let roll = mix(state(ask, ask.world.chance(system.id.unsigned_abs())), fields.len() as u64);
        if roll.is_multiple_of(5) {
            return None;
        }
        let mut row = json!({ "system_id": system.id });
        for (field, n) in fields.iter().zip(0..) {
            row[*field] = json!(mix(roll, n) % 500);
        }
        Some(row)
    });
    Value::Array(rows.collect())
}
