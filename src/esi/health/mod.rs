//! Whether ESI answers, and whether the game server behind it is up.
//!
//! When most recent requests failed, more requests only add load to a service that is down. Then the client sends only
//! `/status`, once a minute, until it has answered twice. During the daily downtime, and while the server is closed to
//! players (VIP mode), only new sets of live data wait. Sets that have begun are finished, and static routes go on unless
//! they fail too. The first caller after a minute sends the probe, so recovery does not depend on an enabled status
//! dataset.
//!
//! What a reader could still get wrong: an answer of `/status` just before 11:00 does not show that the downtime is over,
//! because it has not begun. Until 11:06 only a restarted server shows that.

pub(in crate::esi) mod condition;
pub(in crate::esi) mod date_gate;
mod downtime;
pub(in crate::esi) mod outcomes;
mod presence;
pub(in crate::esi) mod probe;

use chrono::{DateTime, TimeDelta, Utc};

use condition::{Condition, ConditionState};
use outcomes::{Evidence, Outcomes};

const PROBE_INTERVAL: TimeDelta = TimeDelta::seconds(60);
/// Answers of `/status` in a row that end an outage.
const ANSWERS_NEEDED: u32 = 2;
/// For this long after a downtime a gateway's error is an ordinary error, because the server has just answered.
const GRACE: TimeDelta = TimeDelta::minutes(5);

/// The circuit breaker: the recent outcomes, and the current trouble if there is one.
#[derive(Debug)]
pub(super) struct Health {
    outcomes: Outcomes,
    trouble: Option<Trouble>,
    /// Whether the daily downtime is expected by the clock.
    daily: bool,
    /// The last reply of `/status`.
    reading: Reading,
    /// No downtime begins before this time, because today's is over.
    not_before: DateTime<Utc>,
}

#[derive(Debug)]
struct Trouble {
    state: ConditionState,
    since: DateTime<Utc>,
    reason: String,
    next_probe: DateTime<Utc>,
    answers: u32,
    /// Whether only `/status` is asked.
    closed: bool,
}

/// What a caller is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intent {
    /// Ask `/status`.
    Status,
    /// Begin a set of live data.
    LiveSet,
    /// Anything else: a static route, or a page of a set that has begun.
    Other,
}

/// What may be sent now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// The caller may go on.
    Pass,
    /// The caller must ask `/status` first, and report the outcome to [`Health::probed`].
    Probe,
    /// The caller may send nothing before this time.
    Refuse(DateTime<Utc>),
}

/// What a request's outcome says about ESI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProbeAnswer {
    /// ESI answered; a refusal counts as an answer.
    Given,
    /// The request failed.
    Failed,
    /// A gateway says, in these words, that it cannot reach the server behind it (502, 503, 504).
    NobodyThere(String),
}

/// The server's state according to `/status`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub started: Option<DateTime<Utc>>,
    /// Whether the server is closed to players.
    pub vip: bool,
}

impl Health {
    pub fn new() -> Self {
        Self {
            outcomes: Outcomes::default(),
            trouble: None,
            daily: false,
            reading: Reading::default(),
            not_before: DateTime::UNIX_EPOCH,
        }
    }

    /// Expects the daily downtime by the clock from now on.
    pub fn expect_downtime(&mut self) {
        self.daily = true;
    }

    pub fn admit(&mut self, now: DateTime<Utc>, intent: Intent) -> Admission {
        if self.daily && self.trouble.is_none() && downtime::is_due(now) && now >= self.not_before {
            self.begin(ConditionState::Downtime, now, "the daily downtime is due");
        }
        let Some(trouble) = &mut self.trouble else { return Admission::Pass };
        // A clock that was set back must not prolong the trouble.
        trouble.since = trouble.since.min(now);
        trouble.next_probe = trouble.next_probe.min(now + PROBE_INTERVAL);
        if !trouble.closed && intent == Intent::Other {
            return Admission::Pass;
        }
        let is_status_dataset = !trouble.closed && intent == Intent::Status;
        if now < trouble.next_probe && !is_status_dataset {
            return Admission::Refuse(trouble.next_probe);
        }
        trouble.next_probe = now + PROBE_INTERVAL;
        Admission::Probe
    }

    /// Records the outcome of a request on `route`. True if the route seems to be broken.
    pub fn record(&mut self, now: DateTime<Utc>, route: &str, answer: &ProbeAnswer) -> bool {
        if self.trouble.as_ref().is_some_and(|trouble| trouble.closed) {
            return false;
        }
        if let ProbeAnswer::NobodyThere(words) = answer
            && self.trouble.is_none()
            && downtime::is_likely(now)
            && now >= self.not_before
        {
            self.begin(ConditionState::Downtime, now, &format!("ESI says: {words}"));
            self.probe_at(now);
        }
        let evidence = self.outcomes.note(now, route, *answer != ProbeAnswer::Given);
        if evidence == Evidence::Outage {
            match &mut self.trouble {
                Some(trouble) if trouble.state == ConditionState::Downtime => trouble.closed = true,
                _ => {
                    self.begin(ConditionState::Outage, now, "most of the last requests failed");
                }
            }
        }
        evidence == Evidence::Route && self.trouble.is_none()
    }

    /// Records a reading of `/status`, or `None` if asking failed. True if it ended a trouble.
    pub fn probed(&mut self, now: DateTime<Utc>, reading: Option<Reading>) -> bool {
        let Some(reading) = reading else {
            if let Some(trouble) = &mut self.trouble {
                trouble.answers = 0;
            }
            return false;
        };
        self.reading = reading;
        let over = match &mut self.trouble {
            None => true,
            Some(trouble) => {
                trouble.answers += 1;
                match trouble.state {
                    ConditionState::Outage => trouble.answers >= ANSWERS_NEEDED,
                    ConditionState::Downtime => downtime::is_over(trouble.since, reading.started, now),
                    _ => true,
                }
            }
        };
        let was = self.trouble.as_ref().map(|trouble| trouble.state);
        if reading.vip && (over || was == Some(ConditionState::Downtime)) {
            if was != Some(ConditionState::Vip) {
                self.begin(ConditionState::Vip, now, "the server is up and closed to players (VIP mode)");
            }
            return false;
        }
        if !over || was.is_none() {
            return false;
        }
        self.trouble = None;
        self.outcomes.clear();
        if was != Some(ConditionState::Outage) {
            let today = Some(downtime::ends(now)).filter(|_| downtime::is_due(now));
            self.not_before = today.unwrap_or(now).max(now + GRACE);
        }
        true
    }

    /// The same as [`Health::probed`], after a reply that nothing has changed (304).
    pub fn unchanged(&mut self, now: DateTime<Utc>) -> bool {
        self.probed(now, Some(self.reading))
    }

    /// The current trouble, if there is one.
    pub fn trouble(&self) -> Option<Condition> {
        self.trouble.as_ref().map(|trouble| Condition {
            state: trouble.state,
            since: trouble.since,
            until: Some(downtime::ends(trouble.since))
                .filter(|&ends| trouble.state == ConditionState::Downtime && trouble.since < ends),
            reason: trouble.reason.clone(),
            closed: trouble.closed,
        })
    }

    /// When to call [`Health::admit`] again.
    pub fn next_look(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let probe = self.trouble.as_ref().map(|trouble| trouble.next_probe);
        let daily = self.daily.then(|| downtime::next(now));
        let rest = now + PROBE_INTERVAL;
        [probe, daily].into_iter().flatten().fold(rest, DateTime::min)
    }

    fn begin(&mut self, state: ConditionState, now: DateTime<Utc>, reason: &str) {
        self.outcomes.clear();
        self.trouble = Some(Trouble {
            state,
            since: now,
            reason: reason.to_owned(),
            next_probe: now + PROBE_INTERVAL,
            answers: 0,
            closed: state == ConditionState::Outage,
        });
    }

    fn probe_at(&mut self, when: DateTime<Utc>) {
        if let Some(trouble) = &mut self.trouble {
            trouble.next_probe = when;
        }
    }
}

#[cfg(test)]
mod tests;
