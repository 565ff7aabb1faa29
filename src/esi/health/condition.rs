//! In what condition ESI is, for those who want to know before they ask, and for readers of the database.

use chrono::{DateTime, Utc};

use super::downtime;
use crate::declare::Ttl;

/// The route that tells whether the game server is there.
pub(in crate::esi) const PROBE: &str = "/status";

/// What ESI is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionState {
    /// It answers.
    Up,
    /// The game server restarts, as it does every day: live data waits.
    Downtime,
    /// Most of what is asked fails: nothing but `/status` is asked.
    Outage,
    /// It asked for a pause of everything (420).
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
    /// What ESI is good for.
    pub state: ConditionState,
    /// When that was noticed.
    pub since: DateTime<Utc>,
    /// When it is over at the earliest, where that is known.
    pub until: Option<DateTime<Utc>>,
    /// In words; empty while ESI is up.
    pub reason: String,
    /// Whether only `/status` is asked, and not merely no new set of live data.
    pub closed: bool,
}

impl Condition {
    pub(in crate::esi) fn up(since: DateTime<Utc>) -> Self {
        Self { state: ConditionState::Up, since, until: None, reason: String::new(), closed: false }
    }

    /// Whether nothing new is to be begun on this route. A pause of everything does not count: it is waited for, or
    /// told, request by request.
    #[must_use]
    pub fn stops(&self, route: &str, ttl: Ttl) -> bool {
        match self.state {
            ConditionState::Up | ConditionState::ErrorLimited => false,
            ConditionState::Outage => true,
            ConditionState::Downtime | ConditionState::Vip => self.closed || is_live(route, ttl),
        }
    }
}

/// Whether a route has nothing worth keeping while the game server is away. Static and daily replies are there all
/// the same, and what ESI says of itself; and `/status` is how one learns that it is back.
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
