//! The probe: the request to `/status`, its reply, and the log lines about ESI's condition.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use tracing::{debug, info, warn};

pub(in crate::esi) use super::Reading;
use super::condition::{Condition, ConditionState, PROBE};
use crate::declare::{Group, Ttl};
use crate::esi::client::request::Request;

const GROUP: Group = Group { name: "status", tokens: 600 };

/// The request to `/status`.
pub(in crate::esi) fn request() -> Request<'static> {
    Request { group: Some(GROUP), ttl: Ttl::Seconds(30), cannot_fail: true, ..Request::get(PROBE, PROBE) }
}

/// Parses the reply. A reply in an unknown form still means that the server is up.
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

/// Logs one line for each change of the condition.
pub(in crate::esi) fn tell(before: &Condition, now: &Condition) {
    let reason = now.reason.as_str();
    match now.state {
        state if state == before.state => {
            debug!(
                state = state.name(),
                closed = now.closed,
                "ESI's condition is unchanged, its details are not"
            );
        }
        ConditionState::Up => {
            let seconds = (now.since - before.since).num_seconds();
            info!(was = before.state.name(), seconds, "ESI answers again");
        }
        ConditionState::Downtime => {
            info!(reason, "daily downtime: live data waits, and /status is asked once a minute");
        }
        ConditionState::Vip => info!(reason, "live data waits until the server opens to players"),
        ConditionState::Outage => warn!(
            reason,
            "ESI is down: only /status is asked, until it answers twice; stored data stays as it is"
        ),
        ConditionState::ErrorLimited => {
            let until = now.until.map(|until| until.to_string());
            warn!(reason, until, "ESI's error limit was hit; all requests wait");
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
