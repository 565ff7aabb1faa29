//! The client's side of the circuit breaker: it admits or refuses requests, asks `/status` during a trouble, and publishes
//! each change of [`Condition`].
//!
//! What a reader could still get wrong: `/status` is also a dataset. The dataset and the probe share one request and its
//! reply until it expires, because ESI counts requests that come too early.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tracing::{info, warn};
use url::Url;

use super::condition::{Condition, ConditionState, PROBE, is_live};
use super::probe;
use super::{Admission, Intent, ProbeAnswer};
use crate::declare::Ttl;
use crate::esi::COMPATIBILITY_DATE;
use crate::esi::client::error::{FetchError, FetchErrorKind};
use crate::esi::client::http;
use crate::esi::client::reply::{Meta, Reply};
use crate::esi::client::request::Request;
use crate::esi::client::{Client, lock};

impl Client {
    /// Expects the daily downtime by the clock from now on, and does not wait for ESI's errors to show it.
    pub fn expect_downtime(&self) {
        lock(&self.0.health).expect_downtime();
    }

    /// The current condition of ESI.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.0.condition.borrow().clone()
    }

    /// The condition of ESI, as a channel that reports changes.
    #[must_use]
    pub fn conditions(&self) -> watch::Receiver<Condition> {
        self.0.condition.subscribe()
    }

    /// Whether a new set may begin on `route`, whose replies live for `ttl`. If a probe is due, this asks `/status` first.
    ///
    /// # Errors
    /// The condition that forbids it.
    pub async fn may_begin(&self, route: &str, ttl: Ttl) -> Result<(), Condition> {
        let intent = if is_live(route, ttl) { Intent::LiveSet } else { Intent::Other };
        let mut admission = self.admission(intent);
        if admission == Admission::Probe {
            // The probe records its own outcome; if it was not sent, nothing was learned.
            let _ = self.probe().await;
            admission = self.admission(intent);
        }
        if admission == Admission::Pass { Ok(()) } else { Err(self.condition()) }
    }

    /// Sends a probe if one is due. Returns when to call this again.
    pub async fn look(&self) -> DateTime<Utc> {
        // Only the probe matters here, not whether a set may begin.
        let _ = self.may_begin("", Ttl::Uncached).await;
        let now = self.0.clock.now();
        let next = lock(&self.0.health).next_look(now);
        self.condition().until.filter(|&until| until > now).map_or(next, |until| next.min(until))
    }

    /// Lets a request pass while ESI answers. During a trouble the request may have to send a probe first. True if the
    /// request itself is the probe.
    pub(in crate::esi) async fn admit(&self, request: &Request<'_>, url: &Url) -> Result<bool, FetchError> {
        let intent = if request.route == PROBE { Intent::Status } else { Intent::Other };
        let mut admission = self.admission(intent);
        if admission == Admission::Probe && intent != Intent::Status {
            self.probe().await?;
            admission = self.admission(intent);
        }
        match admission {
            Admission::Refuse(_) => Err(self.unavailable(url)),
            Admission::Pass => Ok(false),
            Admission::Probe => Ok(intent == Intent::Status),
        }
    }

    fn admission(&self, intent: Intent) -> Admission {
        let admission = lock(&self.0.health).admit(self.0.clock.now(), intent);
        self.publish();
        admission
    }

    /// Asks `/status` for the whole client.
    async fn probe(&self) -> Result<(), FetchError> {
        let probe = probe::request();
        let url = self.0.http.url(&probe)?;
        // `status` records the outcome.
        let _ = self.status(&probe, &url).await;
        Ok(())
    }

    /// Asks `/status` once, unless its last reply is still current. Concurrent callers share one request.
    pub(in crate::esi) async fn status(&self, request: &Request<'_>, url: &Url) -> Result<Reply, FetchError> {
        let mut last = self.0.status.lock().await;
        let now = self.0.clock.now();
        // A reply from the future means that the clock was set back; it does not count as current.
        let is_current = |meta: &Meta| meta.received_at <= now && now < meta.expires_at;
        if let Some((meta, body)) = last.as_ref().filter(|(meta, _)| is_current(meta)) {
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

    /// The error of a request that is not sent: why, and when `/status` is asked next.
    pub(in crate::esi) fn unavailable(&self, url: &Url) -> FetchError {
        let until = lock(&self.0.health).next_look(self.0.clock.now());
        FetchError::new(FetchErrorKind::Unavailable, http::public(url), &self.condition().reason)
            .retry_at(until)
    }

    /// Reports a request's outcome to the circuit breaker and the retry budget.
    pub(in crate::esi) fn note(&self, request: &Request<'_>, outcome: &Result<Reply, FetchError>) {
        if outcome.as_ref().is_err_and(|error| error.kind == FetchErrorKind::Closed) {
            return;
        }
        if outcome.is_ok() {
            lock(&self.0.retries).succeeded();
            if lock(&self.0.date_gate).open() {
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
            warn!(route = request.route, %until, "most requests on this route failed; the route is paused");
        }
        if ended {
            self.0.limits.start_ramp();
        }
        self.publish();
    }

    /// Marks a failure that the downtime explains: it does not count against its target, which is asked again after the
    /// next probe.
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

    /// Publishes the condition of ESI, and logs it if it changed.
    pub(in crate::esi) fn publish(&self) {
        let trouble = lock(&self.0.health).trouble();
        let limited = self.0.limits.all_paused_until();
        let now = self.0.clock.now();
        let mut before = None;
        self.0.condition.send_if_modified(|current| {
            let since = |state: ConditionState| if current.state == state { current.since } else { now };
            let next = match (trouble, limited) {
                (Some(trouble), _) => trouble,
                (None, Some(until)) => Condition {
                    state: ConditionState::ErrorLimited,
                    until: Some(until),
                    reason: "ESI asked for a pause of everything (420)".to_owned(),
                    ..Condition::up(since(ConditionState::ErrorLimited))
                },
                (None, None) => Condition::up(since(ConditionState::Up)),
            };
            let changed = *current != next;
            if changed {
                before = Some(std::mem::replace(current, next));
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
