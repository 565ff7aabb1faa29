//! Whether ESI answers at all.
//!
//! When half of the recent requests failed, asking everything again only adds load to a service that is down. Then
//! nothing is sent but `/status`, once a minute, until it has answered twice. The probe is sent on behalf of whoever
//! asks first after a minute has passed, so that recovery does not depend on a status dataset being enabled.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

const MEMORY: TimeDelta = TimeDelta::seconds(60);
const BETWEEN_PROBES: TimeDelta = TimeDelta::seconds(60);
const ENOUGH_TO_JUDGE: usize = 20;
const ANSWERS_WANTED: u32 = 2;

/// The circuit breaker: the outcomes of the last minute, or the state of a known outage.
#[derive(Debug, Default)]
pub(super) struct Health {
    recent: VecDeque<(DateTime<Utc>, bool)>,
    failed: usize,
    outage: Option<Outage>,
}

#[derive(Debug)]
struct Outage {
    next_probe: DateTime<Utc>,
    answers: u32,
}

/// What may be sent now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Anything.
    Pass,
    /// One `/status`, by whoever was told so; [`Health::probed`] wants to know how it went.
    Probe,
    /// Nothing before this time.
    Refuse(DateTime<Utc>),
}

impl Health {
    pub(super) fn admit(&mut self, now: DateTime<Utc>) -> Admission {
        let Some(outage) = &mut self.outage else { return Admission::Pass };
        // A clock that was set back must not prolong the outage.
        outage.next_probe = outage.next_probe.min(now + BETWEEN_PROBES);
        if now < outage.next_probe {
            return Admission::Refuse(outage.next_probe);
        }
        outage.next_probe = now + BETWEEN_PROBES;
        Admission::Probe
    }

    /// Notes how a request went; true if that made it an outage.
    pub(super) fn record(&mut self, now: DateTime<Utc>, failed: bool) -> bool {
        if self.outage.is_some() {
            return false;
        }
        self.recent.push_back((now, failed));
        self.failed += usize::from(failed);
        while let Some(&(when, failed)) = self.recent.front() {
            if now - MEMORY < when && when <= now {
                break;
            }
            self.failed -= usize::from(failed);
            self.recent.pop_front();
        }
        let down = self.recent.len() >= ENOUGH_TO_JUDGE && self.failed * 2 >= self.recent.len();
        if down {
            self.recent.clear();
            self.failed = 0;
            self.outage = Some(Outage { next_probe: now + BETWEEN_PROBES, answers: 0 });
        }
        down
    }

    /// Notes how a probe went; true if that ended the outage.
    pub(super) fn probed(&mut self, answered: bool) -> bool {
        let Some(outage) = &mut self.outage else { return false };
        outage.answers = if answered { outage.answers + 1 } else { 0 };
        let over = outage.answers >= ANSWERS_WANTED;
        if over {
            self.outage = None;
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn half_of_twenty_failing_is_an_outage() {
        let mut health = Health::default();
        for n in 0..19 {
            assert!(!health.record(at(1), n % 2 == 0), "too few to judge");
        }
        assert!(health.record(at(1), true));
        assert_eq!(health.admit(at(2)), Admission::Refuse(at(61)));
    }

    #[test]
    fn old_failures_are_forgotten() {
        let mut health = Health::default();
        for _ in 0..19 {
            health.record(at(0), true);
        }
        for _ in 0..30 {
            assert!(!health.record(at(61), false));
        }
        assert_eq!(health.admit(at(61)), Admission::Pass);
    }

    #[test]
    fn two_answers_a_minute_apart_end_it() {
        let mut health = Health::default();
        for _ in 0..20 {
            health.record(at(0), true);
        }
        assert_eq!(health.admit(at(60)), Admission::Probe);
        assert_eq!(health.admit(at(60)), Admission::Refuse(at(120)), "one probe at a time");
        assert!(!health.probed(true));
        assert_eq!(health.admit(at(120)), Admission::Probe);
        assert!(!health.probed(false), "a failure starts the count again");
        assert_eq!(health.admit(at(180)), Admission::Probe);
        assert!(!health.probed(true));
        assert_eq!(health.admit(at(240)), Admission::Probe);
        assert!(health.probed(true));
        assert_eq!(health.admit(at(241)), Admission::Pass);
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_it() {
        let mut health = Health::default();
        for _ in 0..20 {
            health.record(at(7200), true);
        }
        assert_eq!(health.admit(at(3600)), Admission::Refuse(at(3660)));
    }
}
