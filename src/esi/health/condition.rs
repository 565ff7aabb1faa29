//! The condition of ESI: datasets consult it before they ask, and readers of the database see it.

use chrono::{DateTime, Utc};

use super::downtime;
use crate::declare::Ttl;

/// The route that shows whether the game server is up.
pub(in crate::esi) const PROBE: &str = "/status";

/// Whether ESI answers, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionState {
    /// ESI answers.
    Up,
    /// The game server is in its daily restart: live data waits.
    Downtime,
    /// Most requests fail: nothing but `/status` is asked.
    Outage,
    /// ESI asked for a pause of everything (420).
    ErrorLimited,
    /// The game server is up and closed to players: live data waits.
    Vip,
}

impl ConditionState {
    /// The word in the column `state` of `sync_esi`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Downtime => "downtime",
            Self::Outage => "outage",
            Self::ErrorLimited => "error_limited",
            Self::Vip => "vip",
        }
    }
}

/// A state, since when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Whether ESI answers, and if not, why.
    pub state: ConditionState,
    /// When the client noticed the state.
    pub since: DateTime<Utc>,
    /// The earliest end of the state, where it is known.
    pub until: Option<DateTime<Utc>>,
    /// The reason in words; empty while ESI is up.
    pub reason: String,
    /// Whether only `/status` is asked. If false, a state other than `Up` stops only new sets of live data.
    pub closed: bool,
}

impl Condition {
    pub(in crate::esi) fn up(since: DateTime<Utc>) -> Self {
        Self { state: ConditionState::Up, since, until: None, reason: String::new(), closed: false }
    }

    /// Whether this condition forbids a new set on `route`. A pause of everything does not count: each request waits for
    /// it or is refused by itself.
    #[must_use]
    pub fn stops(&self, route: &str, ttl: Ttl) -> bool {
        match self.state {
            ConditionState::Up | ConditionState::ErrorLimited => false,
            ConditionState::Outage => true,
            ConditionState::Downtime | ConditionState::Vip => self.closed || is_live(route, ttl),
        }
    }
}

/// Whether a route's data depends on the running game server. Static and daily replies do not, nor what ESI reports about
/// itself. `/status` is excluded too, because it shows when the server is back.
pub(in crate::esi) fn is_live(route: &str, ttl: Ttl) -> bool {
    route != PROBE
        && !route.starts_with("/meta/")
        && match ttl {
            Ttl::Daily => false,
            Ttl::Seconds(seconds) => seconds < downtime::DAY,
            Ttl::Uncached => true,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_routes_and_the_probe_go_on_in_a_downtime() {
        let stops = |state, closed, route, ttl| {
            Condition { state, closed, ..Condition::up(DateTime::UNIX_EPOCH) }.stops(route, ttl)
        };
        for state in [ConditionState::Downtime, ConditionState::Vip] {
            assert!(stops(state, false, "/incursions", Ttl::Seconds(300)));
            assert!(stops(state, false, "/universe/names", Ttl::Uncached));
            assert!(!stops(state, false, "/universe/types/{type_id}", Ttl::Daily));
            assert!(!stops(state, false, "/killmails/{id}/{hash}", Ttl::Seconds(2_592_000)));
            assert!(!stops(state, false, PROBE, Ttl::Seconds(30)));
            assert!(!stops(state, false, "/meta/status", Ttl::Seconds(60)));
            assert!(stops(state, true, "/universe/types/{type_id}", Ttl::Daily), "when those fail as well");
        }
        assert!(stops(ConditionState::Outage, true, "/universe/types/{type_id}", Ttl::Daily));
        assert!(!stops(ConditionState::Up, false, "/incursions", Ttl::Seconds(300)));
        assert!(!stops(ConditionState::ErrorLimited, false, "/incursions", Ttl::Seconds(300)));
    }
}
