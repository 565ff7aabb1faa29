//! Whether ESI is there, as the client finds out and tells: it lets requests pass or not, asks `/status` meanwhile, and
//! publishes each change of [`Condition`].
//!
//! What a reader could still get wrong: `/status` is a dataset as well. It is asked by one at a time, and while its last
//! reply has not expired both get that, because ESI counts who asks too early.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tracing::{info, warn};
use url::Url;

use super::condition::{Condition, ConditionState, PROBE, is_live};
use super::probe;
use super::{Admission, ProbeAnswer, Wants};
use crate::declare::Ttl;
use crate::esi::COMPATIBILITY_DATE;
use crate::esi::client::error::{FetchError, FetchErrorKind};
use crate::esi::client::http;
use crate::esi::client::reply::{Meta, Reply};
use crate::esi::client::request::Request;
use crate::esi::client::{Client, lock};

impl Client {
    /// From now on the daily downtime is expected by the clock, and not only learned from ESI's errors.
    pub fn expect_downtime(&self) {
        lock(&self.0.health).expect_downtime();
    }

    /// In what condition ESI is, as far as it is known.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.0.condition.borrow().clone()
    }

    /// The same, for those who want to see it change.
    #[must_use]
    pub fn conditions(&self) -> watch::Receiver<Condition> {
        self.0.condition.subscribe()
    }

    /// Asks whether a new set may be begun on `route`, whose replies live for `ttl`. If it is time for that, `/status` is
    /// asked first.
    ///
    /// # Errors
    /// Why not.
    pub async fn may_begin(&self, route: &str, ttl: Ttl) -> Result<(), Condition> {
        let wants = if is_live(route, ttl) { Wants::LiveSet } else { Wants::Other };
        let mut admission = self.admission(wants);
        if admission == Admission::Probe {
            // What it found is known; that it was not sent is no answer.
            let _ = self.probe().await;
            admission = self.admission(wants);
        }
        if admission == Admission::Pass { Ok(()) } else { Err(self.condition()) }
    }

    /// Looks after ESI on behalf of all: sends a probe if one is due. Returns when to look again.
    pub async fn look(&self) -> DateTime<Utc> {
        // Whether something may begin is of no interest here.
        let _ = self.may_begin("", Ttl::Uncached).await;
        let now = self.0.clock.now();
        let next = lock(&self.0.health).next_look(now);
        self.condition().until.filter(|&until| until > now).map_or(next, |until| next.min(until))
    }

    /// Lets a request pass while ESI answers. During a trouble it may first be made to probe. True if the request itself
    /// is the probe.
    pub(in crate::esi) async fn admit(&self, request: &Request<'_>, url: &Url) -> Result<bool, FetchError> {
        let wants = if request.route == PROBE { Wants::Status } else { Wants::Other };
        let mut admission = self.admission(wants);
        if admission == Admission::Probe && wants != Wants::Status {
            self.probe().await?;
            admission = self.admission(wants);
        }
        match admission {
            Admission::Refuse(_) => Err(self.unavailable(url)),
            Admission::Pass => Ok(false),
            Admission::Probe => Ok(wants == Wants::Status),
        }
    }

    fn admission(&self, wants: Wants) -> Admission {
        let admission = lock(&self.0.health).admit(self.0.clock.now(), wants);
        self.publish();
        admission
    }

    /// Asks `/status` on behalf of all.
    async fn probe(&self) -> Result<(), FetchError> {
        let probe = probe::request();
        let url = self.0.http.url(&probe)?;
        // How it went is known to all.
        let _ = self.status(&probe, &url).await;
        Ok(())
    }

    /// Asks `/status` once, unless its last reply has not expired. Whoever waits for another's question gets that answer.
    pub(in crate::esi) async fn status(&self, request: &Request<'_>, url: &Url) -> Result<Reply, FetchError> {
        let mut last = self.0.status.lock().await;
        let now = self.0.clock.now();
        // Where the clock was set back, what was received in the future is old.
        let holds = |meta: &Meta| meta.received_at <= now && now < meta.expires_at;
        if let Some((meta, body)) = last.as_ref().filter(|(meta, _)| holds(meta)) {
            let reply = Ok(Reply::Body(meta.clone(), body.clone()));
            self.note(request, &reply);
            return reply;
        }
        let permit = self.permit(request, url).await?;
        let outcome = self.once(request, url, permit).await;
        match &outcome {
            Ok(Reply::Body(meta, body)) => *last = Some((meta.clone(), body.clone())),
            Ok(Reply::NotModified(meta)) => {
                *last = last.take().map(|(_, body)| (meta.clone(), body));
            }
            Err(_) => {}
        }
        self.note(request, &outcome);
        outcome
    }

    /// Why nothing is sent, and when `/status` is asked next.
    pub(in crate::esi) fn unavailable(&self, url: &Url) -> FetchError {
        let until = lock(&self.0.health).next_look(self.0.clock.now());
        FetchError::new(FetchErrorKind::Unavailable, http::public(url), &self.condition().reason)
            .retry_at(until)
    }

    /// Tells the circuit breaker and the retry budget how a request went.
    pub(in crate::esi) fn note(&self, request: &Request<'_>, outcome: &Result<Reply, FetchError>) {
        if outcome.as_ref().is_err_and(|error| error.kind == FetchErrorKind::Closed) {
            return;
        }
        if outcome.is_ok() {
            lock(&self.0.retries).succeeded();
            if lock(&self.0.dated).served() {
                info!("ESI serves compatibility date {COMPATIBILITY_DATE} again");
            }
        }
        let now = self.0.clock.now();
        let mut health = lock(&self.0.health);
        let (mut is_broken, mut ended) = (false, false);
        if request.route == PROBE {
            ended = match outcome {
                Ok(Reply::Body(_, body)) => health.probed(now, Some(probe::reading(body))),
                Ok(Reply::NotModified(_)) => health.unchanged(now),
                Err(_) => health.probed(now, None),
            };
        }
        if !ended {
            is_broken = health.record(now, request.route, &answer(outcome));
        }
        drop(health);
        if is_broken {
            let until = self.0.limits.throttled(request, None, true);
            warn!(route = request.route, %until, "most requests on this route failed; it rests");
        }
        if ended {
            self.0.limits.start_ramp();
        }
        self.publish();
    }

    /// A failure that the downtime explains: its target is not to blame, and is asked again after the next probe.
    pub(in crate::esi) fn in_downtime(&self, error: FetchError) -> FetchError {
        let now = self.0.clock.now();
        let until = lock(&self.0.health).next_look(now);
        if error.is_outage() && self.condition().state == ConditionState::Downtime {
            FetchError {
                kind: FetchErrorKind::Downtime,
                ..error.retry_at(until.max(now + TimeDelta::seconds(1)))
            }
        } else {
            error
        }
    }

    /// Makes known in what condition ESI is, and says so once.
    pub(in crate::esi) fn publish(&self) {
        let trouble = lock(&self.0.health).trouble();
        let limited = self.0.limits.all_paused_until();
        let now = self.0.clock.now();
        let mut before = None;
        self.0.condition.send_if_modified(|known| {
            let same = |state: ConditionState| if known.state == state { known.since } else { now };
            let next = match (trouble, limited) {
                (Some(trouble), _) => trouble,
                (None, Some(until)) => Condition {
                    state: ConditionState::ErrorLimited,
                    until: Some(until),
                    reason: "ESI asked for a pause of everything (420)".to_owned(),
                    ..Condition::up(same(ConditionState::ErrorLimited))
                },
                (None, None) => Condition::up(same(ConditionState::Up)),
            };
            let changed = *known != next;
            if changed {
                before = Some(std::mem::replace(known, next));
            }
            changed
        });
        if let Some(before) = before {
            probe::tell(&before, &self.condition());
        }
    }
}

/// What an outcome says about ESI.
fn answer(outcome: &Result<Reply, FetchError>) -> ProbeAnswer {
    match outcome {
        Err(error) if matches!(error.status, Some(502..=504)) && error.kind == FetchErrorKind::Server => {
            ProbeAnswer::NobodyThere(error.message.clone())
        }
        Err(error) if error.is_outage() => ProbeAnswer::Failed,
        _ => ProbeAnswer::Given,
    }
}
