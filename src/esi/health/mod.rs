//! Whether ESI answers at all, and whether the game server behind it is there.
//!
//! When most recent requests failed, asking everything again only adds load to a service that is down: then nothing is
//! sent but `/status`, once a minute, until it has answered twice. During the daily downtime, and while the server is
//! closed to players (VIP mode), only new sets of live data wait; what has begun is finished, and static routes go on,
//! unless they fail as well. The probe is sent on behalf of whoever asks first after a minute has passed, so that
//! recovery does not depend on a status dataset being enabled.
//!
//! What a reader could still get wrong: an answer of `/status` just before 11:00 is no sign that the downtime is over,
//! because it has not begun. Until 11:06 only a server that has restarted proves it.

pub(in crate::esi) mod condition;
pub(in crate::esi) mod date_gate;
mod downtime;
pub(in crate::esi) mod outcomes;
mod presence;
pub(in crate::esi) mod probe;

use chrono::{DateTime, TimeDelta, Utc};

use condition::{Condition, ConditionState};
use outcomes::{Outcomes, Shows};

const BETWEEN_PROBES: TimeDelta = TimeDelta::seconds(60);
const ANSWERS_WANTED: u32 = 2;
/// After a downtime, a gateway's error is an ordinary error for this long: the server was just seen to be there.
const SEEN_LATELY: TimeDelta = TimeDelta::minutes(5);

/// The circuit breaker: the outcomes of late, or the state of a known trouble.
#[derive(Debug)]
pub(super) struct Health {
    outcomes: Outcomes,
    trouble: Option<Trouble>,
    /// Whether the clock announces the daily downtime.
    daily: bool,
    /// What `/status` said last.
    reading: Reading,
    /// No downtime begins before: today's is over.
    not_before: DateTime<Utc>,
}

#[derive(Debug)]
struct Trouble {
    state: ConditionState,
    since: DateTime<Utc>,
    reason: String,
    next_probe: DateTime<Utc>,
    answers: u32,
    /// Nothing but `/status` is asked.
    closed: bool,
}

/// What somebody is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
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
    /// Anything.
    Pass,
    /// One `/status`, by whoever was told so; [`Health::probed`] wants to know how it went.
    Probe,
    /// Nothing before this time.
    Refuse(DateTime<Utc>),
}

/// How a request went, as far as it says something about ESI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProbeAnswer {
    /// ESI answered, if only to refuse.
    Given,
    /// It failed.
    Failed,
    /// A gateway says, in these words, that there is nothing behind it (502, 503, 504).
    NobodyThere(String),
}

/// What `/status` says of the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub started: Option<DateTime<Utc>>,
    /// Up, and closed to players.
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

    /// From now on the clock announces the daily downtime.
    pub fn expect_downtime(&mut self) {
        self.daily = true;
    }

    pub fn admit(&mut self, now: DateTime<Utc>, wants: Wants) -> Admission {
        if self.daily && self.trouble.is_none() && downtime::is_due(now) && now >= self.not_before {
            self.begin(ConditionState::Downtime, now, "the daily downtime is due");
        }
        let Some(trouble) = &mut self.trouble else { return Admission::Pass };
        // A clock that was set back must not prolong it.
        trouble.since = trouble.since.min(now);
        trouble.next_probe = trouble.next_probe.min(now + BETWEEN_PROBES);
        if !trouble.closed && wants == Wants::Other {
            return Admission::Pass;
        }
        let dataset_itself = !trouble.closed && wants == Wants::Status;
        if now < trouble.next_probe && !dataset_itself {
            return Admission::Refuse(trouble.next_probe);
        }
        trouble.next_probe = now + BETWEEN_PROBES;
        Admission::Probe
    }

    /// Notes how a request on `route` went. True if the route seems to be broken.
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
        let shows = self.outcomes.note(now, route, *answer != ProbeAnswer::Given);
        if shows == Shows::Outage {
            match &mut self.trouble {
                Some(trouble) if trouble.state == ConditionState::Downtime => trouble.closed = true,
                _ => {
                    self.begin(ConditionState::Outage, now, "most of the last requests failed");
                }
            }
        }
        shows == Shows::Route && self.trouble.is_none()
    }

    /// Notes how a probe went, or what any other reading of `/status` said; true if that ended a trouble.
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
                    ConditionState::Outage => trouble.answers >= ANSWERS_WANTED,
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
            self.not_before = today.unwrap_or(now).max(now + SEEN_LATELY);
        }
        true
    }

    /// The same, if the answer was that nothing has changed.
    pub fn unchanged(&mut self, now: DateTime<Utc>) -> bool {
        self.probed(now, Some(self.reading))
    }

    /// The known trouble, if there is one.
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

    /// When somebody should ask [`Health::admit`] again.
    pub fn next_look(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let probe = self.trouble.as_ref().map(|trouble| trouble.next_probe);
        let daily = self.daily.then(|| downtime::next(now));
        let rest = now + BETWEEN_PROBES;
        [probe, daily].into_iter().flatten().fold(rest, DateTime::min)
    }

    fn begin(&mut self, state: ConditionState, now: DateTime<Utc>, reason: &str) {
        self.outcomes.clear();
        self.trouble = Some(Trouble {
            state,
            since: now,
            reason: reason.to_owned(),
            next_probe: now + BETWEEN_PROBES,
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
