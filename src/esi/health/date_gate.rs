//! Whether ESI still serves the compatibility date that we send.
//!
//! When ESI drops an old date, it refuses every request with that date, and each refusal counts as an error. So after the
//! first refusal nothing is sent for an hour; then one request tests whether ESI still refuses. Only a newer program ends
//! this, and the log says so once a day.

use chrono::{DateTime, TimeDelta, Utc};

/// How long nothing is sent after a refusal.
const REST: TimeDelta = TimeDelta::hours(1);
/// How long the other requests wait for the one that tests the date.
const TEST_TIME: TimeDelta = TimeDelta::seconds(60);
/// The time between two log lines about a refused date.
const LOG_INTERVAL: TimeDelta = TimeDelta::hours(24);

/// The gate: open, or shut after a refusal.
#[derive(Debug, Default)]
pub(in crate::esi) struct DateGate {
    shut_until: Option<DateTime<Utc>>,
    logged_at: Option<DateTime<Utc>>,
}

impl DateGate {
    /// `Ok` if a request may pass; else when to come back. After the rest one request passes as the test of the date
    /// (`true`), and the others wait for its outcome.
    pub(in crate::esi) fn admit(&mut self, now: DateTime<Utc>) -> Result<bool, DateTime<Utc>> {
        let Some(until) = &mut self.shut_until else { return Ok(false) };
        // A clock that was set back must not prolong the rest.
        *until = (*until).min(now + REST);
        if now < *until {
            return Err(*until);
        }
        *until = now + TEST_TIME;
        Ok(true)
    }

    /// When to come back, if the gate is shut.
    pub(in crate::esi) fn shut_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.shut_until.filter(|until| now < *until)
    }

    /// Shuts the gate because ESI refused our date. Returns when to come back, and whether to log it.
    pub(in crate::esi) fn shut(&mut self, now: DateTime<Utc>) -> (DateTime<Utc>, bool) {
        let until = now + REST;
        self.shut_until = Some(until);
        let is_news = self.logged_at.is_none_or(|at| now - at >= LOG_INTERVAL || at > now);
        if is_news {
            self.logged_at = Some(now);
        }
        (until, is_news)
    }

    /// Opens the gate because ESI accepted our date. True if the gate was shut.
    pub(in crate::esi) fn open(&mut self) -> bool {
        self.shut_until.take().is_some()
    }
}

/// Whether a refusal is about the date. ESI does not document its exact words.
pub(in crate::esi) fn is_about_date(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("compatib") && words.contains("date")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn after_a_refusal_one_request_an_hour() {
        let mut gate = DateGate::default();
        assert_eq!(gate.admit(at(0)), Ok(false));
        assert_eq!(gate.shut(at(1)), (at(3601), true));
        assert_eq!(gate.shut(at(2)), (at(3602), false), "logged once");
        assert_eq!((gate.admit(at(3)), gate.shut_until(at(3))), (Err(at(3602)), Some(at(3602))));
        assert_eq!(gate.admit(at(3602)), Ok(true));
        assert_eq!(gate.admit(at(3602)), Err(at(3662)), "one request tests the date for all");
        assert!(!gate.shut(at(3603)).1, "already logged today");
        assert!(gate.shut(at(90_000)).1, "and again tomorrow");
        assert!(gate.open());
        assert_eq!((gate.admit(at(90_001)), gate.open()), (Ok(false), false));
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_it() {
        let mut gate = DateGate::default();
        gate.shut(at(100_000));
        assert_eq!(gate.admit(at(10)), Err(at(3610)));
        assert_eq!(gate.admit(at(3000)), Err(at(3610)));
        assert_eq!(gate.admit(at(3610)), Ok(true));
    }

    #[test]
    fn a_refusal_is_recognised() {
        assert!(is_about_date("Invalid X-Compatibility-Date: 2020-01-01"));
        assert!(is_about_date("The compatibility date is too old"));
        assert!(!is_about_date("date must be a date") && !is_about_date("incompatible type"));
    }
}
