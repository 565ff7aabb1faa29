//! Remote control of the standalone binary under `/_sim/`. The counters do not count its requests.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;

use super::exchange::ask::AskRefusal;
use super::exchange::outcome::DraftReply;
use super::exchange::visit::Visit;
use super::fault::Fault;
use super::hub::Hub;

#[derive(Deserialize)]
struct Step {
    seconds: i64,
}

/// Answers a request to `/_sim/..`.
#[must_use]
pub fn answer(hub: &Hub, visit: &Visit) -> DraftReply {
    match (visit.method.as_str(), visit.path.as_str()) {
        ("GET", "/_sim/counters") => json_of(&hub.tally().counters),
        ("GET", "/_sim/requests") => json_of(&hub.tally().log()),
        ("GET", "/_sim/orders") => orders(hub),
        ("POST", "/_sim/fault") => with::<Fault>(visit, |fault| hub.faults().add(fault)),
        ("POST", "/_sim/clear-faults") => done(|| hub.faults().clear()),
        ("POST", "/_sim/step") => with::<Step>(visit, |step| {
            hub.clock.step(TimeDelta::try_seconds(step.seconds).unwrap_or_default());
        }),
        ("POST", "/_sim/next-version") => done(|| hub.next_version()),
        ("POST", "/_sim/reset") => done(|| {
            hub.faults().clear();
            hub.tally().reset();
        }),
        _ => AskRefusal::new(404, "the simulator has no such control").into(),
    }
}

/// The number of orders now, by region.
fn orders(hub: &Hub) -> DraftReply {
    let now = hub.clock.now();
    let regions = hub.world.orders.markets().iter().map(|market| market.region);
    let rows = regions.map(|region| (region.to_string(), json!(hub.world.orders_in(region, now))));
    json_of(&rows.collect::<serde_json::Map<_, _>>())
}

fn with<T: for<'de> Deserialize<'de>>(visit: &Visit, act: impl FnOnce(T)) -> DraftReply {
    match serde_json::from_slice(&visit.body) {
        Ok(body) => done(|| act(body)),
        Err(e) => AskRefusal::new(400, format!("cannot parse the body: {e}")).into(),
    }
}

fn done(act: impl FnOnce()) -> DraftReply {
    act();
    DraftReply::json(200, json!({ "done": true }).to_string())
}

fn json_of(value: &impl serde::Serialize) -> DraftReply {
    match serde_json::to_vec(value) {
        Ok(body) => DraftReply::json(200, body),
        Err(e) => AskRefusal::new(500, e.to_string()).into(),
    }
}
