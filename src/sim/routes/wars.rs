//! Wars, newest first, and the kills in them.

use serde_json::{Value, json};

use super::{RouteResult, record, time};
use crate::sim::chance::{amount, mix};
use crate::sim::exchange::ask::{Ask, AskRefusal};

/// The oldest war.
const FIRST: i64 = 700_001;

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    Some(match ask.operation.path.as_str() {
        "/wars" => wars(ask),
        "/wars/{war_id}" => war(ask),
        "/wars/{war_id}/killmails" => kills(ask),
        "/killmails/{killmail_id}/{killmail_hash}" => kill(ask),
        _ => return None,
    })
}

fn newest(ask: &Ask<'_>) -> i64 {
    FIRST + i64::try_from(ask.world.wars).unwrap_or(0) - 1
}

/// `max_war_id` is exclusive.
fn wars(ask: &Ask<'_>) -> RouteResult {
    let below = ask.query("max_war_id").map_or(Ok(newest(ask) + 1), str::parse::<i64>);
    let below = below.map_err(|_| AskRefusal::new(400, "max_war_id is not a number"))?.min(newest(ask) + 1);
    let ids: Vec<i64> = (FIRST..below).rev().take(ask.world.wars_per_call).collect();
    ask.list(&ids)
}

fn war_id(ask: &Ask<'_>) -> Result<i64, AskRefusal> {
    let id = ask.id("war_id")?;
    if (FIRST..=newest(ask)).contains(&id) { Ok(id) } else { Err(AskRefusal::new(422, "War not found")) }
}

fn war(ask: &Ask<'_>) -> RouteResult {
    let id = war_id(ask)?;
    let declared = (id - FIRST) * 3_600 - 90 * 86_400;
    let finished = if id % 3 == 0 { Value::Null } else { json!(time(declared + 7 * 86_400)) };
    Ok(record(
        ask,
        &json!({
            "id": id, "declared": time(declared), "started": time(declared + 86_400), "finished": finished,
        }),
    ))
}

fn kills(ask: &Ask<'_>) -> RouteResult {
    let id = war_id(ask)?;
    let rows: Vec<_> = (0..amount(ask.world.chance(id.unsigned_abs()), 30))
        .map(|n| id * 100 + n)
        .map(|kill| json!({ "killmail_id": kill, "killmail_hash": digest(ask, kill) }))
        .collect();
    ask.list(&rows)
}

fn kill(ask: &Ask<'_>) -> RouteResult {
    let id = ask.id("killmail_id")?;
    if ask.params.get("killmail_hash") != Some(&digest(ask, id)) {
        return Err(AskRefusal::new(422, "Invalid killmail_id and/or killmail_hash"));
    }
    Ok(record(ask, &json!({ "killmail_id": id })))
}

/// The hash that goes with a kill.
pub fn digest(ask: &Ask<'_>, kill: i64) -> String {
    hash_of(ask.world.seed, kill)
}

/// The hash that goes with a kill in the world of this seed.
pub fn hash_of(seed: u64, kill: i64) -> String {
    let roll = mix(seed, kill.unsigned_abs());
    format!("{:016x}{:016x}{:08x}", mix(roll, 1), mix(roll, 2), roll >> 32)
}
