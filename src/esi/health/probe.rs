//! Asking `/status`, understanding it, and saying what came of it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tracing::{debug, info, warn};

pub(in crate::esi) use super::Reading;
use super::condition::{Condition, ConditionState, PROBE};
use crate::declare::{Group, Ttl};
use crate::esi::client::request::Request;

const GROUP: Group = Group { name: "status", tokens: 600 };

/// The probe.
pub(in crate::esi) fn request() -> Request<'static> {
    Request { group: Some(GROUP), ttl: Ttl::Seconds(30), cannot_fail: true, ..Request::get(PROBE, PROBE) }
}

/// What the reply says. A server that answers in other words is up all the same.
pub(in crate::esi) fn reading(body: &[u8]) -> Reading {
    #[derive(Default, Deserialize)]
    struct Status {
        start_time: Option<DateTime<Utc>>,
        #[serde(default)]
        vip: bool,
    }
    let status: Status = serde_json::from_slice(body).unwrap_or_default();
    Reading { started: status.start_time, vip: status.vip }
}

/// One line for each change.
pub(in crate::esi) fn tell(before: &Condition, now: &Condition) {
    let reason = now.reason.as_str();
    match now.state {
        state if state == before.state => {
            debug!(state = state.name(), closed = now.closed, "ESI is as it was");
        }
        ConditionState::Up => {
            let seconds = (now.since - before.since).num_seconds();
            info!(was = before.state.name(), seconds, "ESI answers again");
        }
        ConditionState::Downtime => {
            info!(reason, "downtime: live data waits, /status is asked once a minute");
        }
        ConditionState::Vip => info!(reason, "live data waits until the server is open"),
        ConditionState::Outage => warn!(
            reason,
            "ESI is out of reach or out of order: only /status is asked, until it answers twice; what is stored stays"
        ),
        ConditionState::ErrorLimited => {
            let until = now.until.map(|until| until.to_string());
            warn!(reason, until, "everything waits");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_asks_for_little() {
        let started = "2026-11-20T11:02:00Z".parse().ok();
        let body =
            br#"{"players": 1, "server_version": "3", "start_time": "2026-11-20T11:02:00Z", "vip": true}"#;
        assert_eq!(reading(body), Reading { started, vip: true });
        for other in [&b"{}"[..], b"[1]", b"{\"start_time\": 7}", b"<html>"] {
            assert_eq!(reading(other), Reading::default());
        }
    }
}
