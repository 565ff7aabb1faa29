//! Whether ESI still serves the compatibility date that we send.
//!
//! When ESI gives up an old date it refuses every request that carries it, and each refusal is an error that counts. So
//! after the first one nothing is sent for an hour, then one request finds out whether it is still so. It ends only with
//! a newer program, which the log says once a day.

use chrono::{DateTime, TimeDelta, Utc};

/// How long nothing is sent after a refusal.
const REST: TimeDelta = TimeDelta::hours(1);
/// How long the others wait for the one that finds out.
const FINDING_OUT: TimeDelta = TimeDelta::seconds(60);
/// How often it is said.
const SAY_EVERY: TimeDelta = TimeDelta::hours(24);

/// The gate: open, or shut after a refusal.
#[derive(Debug, Default)]
pub(in crate::esi) struct Dated {
    shut_until: Option<DateTime<Utc>>,
    said_at: Option<DateTime<Utc>>,
}

impl Dated {
    /// Lets a request pass, or says when to come back. After the rest one passes, and is told so (`true`); the others
    /// wait for what it finds.
    pub(in crate::esi) fn admit(&mut self, now: DateTime<Utc>) -> Result<bool, DateTime<Utc>> {
        let Some(until) = &mut self.shut_until else { return Ok(false) };
        // A clock that was set back must not prolong the rest.
        *until = (*until).min(now + REST);
        if now < *until {
            return Err(*until);
        }
        *until = now + FINDING_OUT;
        Ok(true)
    }

    /// When to come back, where the gate was shut meanwhile.
    pub(in crate::esi) fn shut(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.shut_until.filter(|until| now < *until)
    }

    /// Notes that our date was refused. Returns when to come back, and whether it is time to say so.
    pub(in crate::esi) fn refused(&mut self, now: DateTime<Utc>) -> (DateTime<Utc>, bool) {
        let until = now + REST;
        self.shut_until = Some(until);
        let say = self.said_at.is_none_or(|at| now - at >= SAY_EVERY || at > now);
        if say {
            self.said_at = Some(now);
        }
        (until, say)
    }

    /// Notes that ESI took our date; true if it had refused it before.
    pub(in crate::esi) fn served(&mut self) -> bool {
        self.shut_until.take().is_some()
    }
}

/// Whether a refusal is about the date. What exactly ESI says is documented nowhere.
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
        let mut dated = Dated::default();
        assert_eq!(dated.admit(at(0)), Ok(false));
        assert_eq!(dated.refused(at(1)), (at(3601), true));
        assert_eq!(dated.refused(at(2)), (at(3602), false), "said once");
        assert_eq!((dated.admit(at(3)), dated.shut(at(3))), (Err(at(3602)), Some(at(3602))));
        assert_eq!(dated.admit(at(3602)), Ok(true));
        assert_eq!(dated.admit(at(3602)), Err(at(3662)), "one finds out for all");
        assert!(!dated.refused(at(3603)).1, "said today");
        assert!(dated.refused(at(90_000)).1, "and again tomorrow");
        assert!(dated.served());
        assert_eq!((dated.admit(at(90_001)), dated.served()), (Ok(false), false));
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_it() {
        let mut dated = Dated::default();
        dated.refused(at(100_000));
        assert_eq!(dated.admit(at(10)), Err(at(3610)));
        assert_eq!(dated.admit(at(3000)), Err(at(3610)));
        assert_eq!(dated.admit(at(3610)), Ok(true));
    }

    #[test]
    fn a_refusal_is_recognised() {
        assert!(is_about_date("Invalid X-Compatibility-Date: 2020-01-01"));
        assert!(is_about_date("The compatibility date is too old"));
        assert!(!is_about_date("date must be a date") && !is_about_date("incompatible type"));
    }
}
