//! The client: one per process, opened when the service starts and closed when it stops.

pub(crate) mod backoff;
mod body;
pub(in crate::esi) mod error;
pub(in crate::esi) mod expiry;
pub(in crate::esi) mod http;
pub(in crate::esi) mod reply;
pub(in crate::esi) mod request;
pub(in crate::esi) mod settings;
pub(in crate::esi) mod waits;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use reqwest::header::{HeaderMap, LOCATION, WARNING};
use reqwest::{Response, StatusCode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, trace, warn};
use url::Url;

use super::COMPATIBILITY_DATE;
use super::health::Health;
use super::health::condition::{Condition, PROBE};
use super::health::date_gate::{DateGate, is_about_date};
use super::limits::{Charge, Limits, Permit};
use crate::clock::Clock;
use crate::declare::Group;
use backoff::{RetryBudget, between_tries};
use error::{FetchError, FetchErrorKind};
use http::HttpClient;
use reply::{Meta, Reply};
use request::Request;
use settings::ClientSettings;

/// Tries of one request, the first included.
const TRIES: u32 = 3;
/// How long a closed client waits for replies under way. ESI has counted those requests; without their replies the next
/// run would ask again before they expire.
const LAST_REPLIES: Duration = Duration::from_secs(2);

/// A handle to the one ESI client; clones are the same client.
#[derive(Clone, Debug)]
pub struct Client(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub http: HttpClient,
    pub clock: Clock,
    pub limits: Limits,
    pub health: Mutex<Health>,
    pub date_gate: Mutex<DateGate>,
    pub condition: watch::Sender<Condition>,
    /// The last reply of `/status`. Locked while it is asked, so that the dataset and the probe share one request.
    pub status: tokio::sync::Mutex<Option<(Meta, Bytes)>>,
    pub retries: Mutex<RetryBudget>,
    /// What is logged only once: a route's `Warning`, a bucket's different limit.
    warned: Mutex<HashSet<String>>,
    /// Sets that wait for their next version, by path, and until when.
    pub(in crate::esi::client) sets_waiting: Mutex<BTreeMap<String, DateTime<Utc>>>,
    pub closed: CancellationToken,
    max_body: usize,
}

impl Client {
    /// Opens the client. Takes about 0.1 s, for the certificates.
    ///
    /// # Errors
    /// [`FetchErrorKind::Invalid`] if a setting cannot be sent as a header or TLS cannot be set up.
    pub fn open(settings: &ClientSettings, clock: Clock) -> Result<Self, FetchError> {
        let client = Self(Arc::new(Inner {
            http: HttpClient::open(settings)?,
            limits: Limits::new(settings, clock.clone()),
            health: Mutex::new(Health::new()),
            condition: watch::Sender::new(Condition::up(clock.now())),
            status: tokio::sync::Mutex::default(),
            clock,
            date_gate: Mutex::default(),
            retries: Mutex::new(RetryBudget::new()),
            warned: Mutex::default(),
            sets_waiting: Mutex::default(),
            closed: CancellationToken::new(),
            max_body: settings.max_body,
        }));
        info!(base_url = http::public(&settings.base_url), tenant = settings.tenant, "ESI client opened");
        Ok(client)
    }

    /// Sends nothing more and ends all waiting; requests in flight have two seconds to end. Later calls return
    /// [`FetchErrorKind::Closed`].
    pub fn close(&self) {
        if !self.0.closed.is_cancelled() {
            self.0.closed.cancel();
            info!("ESI client closed");
        }
    }

    /// The limits of this client, to save, restore and show them.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Sends the request after waiting for all limits, up to three times if a failure may be temporary. Dropping the future
    /// ends the request.
    ///
    /// # Errors
    /// Any reply except 2xx, and 304 to a request with a validator; see [`FetchErrorKind`].
    pub async fn fetch(&self, request: &Request<'_>) -> Result<Reply, FetchError> {
        let url = self.0.http.url(request)?;
        if self.0.closed.is_cancelled() {
            return Err(closed(&url));
        }
        // On the heap, so that a caller's future stays small even with many requests in it.
        Box::pin(self.tries(request, &url)).await
    }

    /// Waits until `when`.
    ///
    /// # Errors
    /// [`FetchErrorKind::Closed`] if the client is closed meanwhile.
    pub(super) async fn wait_until(
        &self,
        when: DateTime<Utc>,
        request: &Request<'_>,
    ) -> Result<(), FetchError> {
        let url = self.0.http.url(request)?;
        let _waits = self.set_waits(&request.path, when);
        self.unless_closed(&url, self.0.clock.sleep_until(when).map(Ok)).await
    }

    async fn unless_closed<T>(
        &self,
        url: &Url,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        tokio::select! {
            biased;
            () = self.0.closed.cancelled() => Err(closed(url)),
            outcome = work => outcome,
        }
    }

    /// The outcome of a request that was sent, unless the client is closed and the reply takes too long.
    async fn unless_cut_off<T>(
        &self,
        url: &Url,
        work: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        tokio::select! {
            biased;
            outcome = work => outcome,
            () = async {
                self.0.closed.cancelled().await;
                tokio::time::sleep(LAST_REPLIES).await;
            } => Err(closed(url)),
        }
    }

    async fn tries(&self, request: &Request<'_>, url: &Url) -> Result<Reply, FetchError> {
        for attempt in 1.. {
            let tests_date = self.pass_date_gate(request, url)?;
            let is_probe = self.admit(request, url).await?;
            let outcome = match request.route {
                PROBE => self.status(request, url).await,
                _ => self.send(request, url, tests_date).await,
            };
            match outcome.map_err(|error| self.in_downtime(error)) {
                Err(error)
                    if error.is_transient()
                        && !is_probe
                        && attempt < TRIES
                        && lock(&self.0.retries).take() =>
                {
                    let wait = between_tries(attempt);
                    debug!(%error, attempt, wait_ms = wait.as_millis(), "asking ESI again");
                    self.unless_closed(url, self.0.clock.sleep(wait).map(Ok)).await?;
                }
                outcome => return outcome,
            }
        }
        unreachable!("the last try returns")
    }

    /// Lets a request pass while ESI serves our compatibility date. True if this request tests whether ESI does.
    fn pass_date_gate(&self, request: &Request<'_>, url: &Url) -> Result<bool, FetchError> {
        if request.date.is_some() {
            return Ok(true);
        }
        let admitted = lock(&self.0.date_gate).admit(self.0.clock.now());
        admitted.map_err(|until| outdated(url, "").retry_at(until))
    }

    fn recheck_date_gate(&self, request: &Request<'_>, url: &Url) -> Result<(), FetchError> {
        let shut = lock(&self.0.date_gate).shut_until(self.0.clock.now()).filter(|_| request.date.is_none());
        shut.map_or(Ok(()), |until| Err(outdated(url, "").retry_at(until)))
    }

    /// Shuts the date gate, because ESI refused the date that we send with every request.
    fn shut_date_gate(&self, url: &Url, words: &str) -> FetchError {
        let (until, is_news) = lock(&self.0.date_gate).shut(self.0.clock.now());
        if is_news {
            error!(reason = words, "{}", too_old());
        }
        outdated(url, words).retry_at(until)
    }

    /// Waits for the limits, then sends the request.
    async fn send(&self, request: &Request<'_>, url: &Url, tests_date: bool) -> Result<Reply, FetchError> {
        let permit = self.permit(request, url).await?;
        if !tests_date {
            // ESI may have refused the date while this request waited.
            self.recheck_date_gate(request, url)?;
        }
        if self.condition().closed {
            // The outage began while this request waited.
            return Err(self.unavailable(url));
        }
        let outcome = self.once(request, url, permit).await;
        self.note(request, &outcome);
        outcome
    }

    pub(super) async fn permit(&self, request: &Request<'_>, url: &Url) -> Result<Permit, FetchError> {
        let permit = async {
            self.0.limits.acquire(request).await.map_err(|pause| {
                let message = format!("ESI asked for a pause of {}", pause.what);
                FetchError::new(FetchErrorKind::Paused, http::public(url), &message).retry_at(pause.until)
            })
        };
        self.unless_closed(url, permit).await
    }

    /// One exchange. Its cost is settled however it ends.
    pub(super) async fn once(
        &self,
        request: &Request<'_>,
        url: &Url,
        mut permit: Permit,
    ) -> Result<Reply, FetchError> {
        permit.sent();
        self.unless_cut_off(url, self.exchange(request, url, &mut permit)).await
    }

    async fn exchange(
        &self,
        request: &Request<'_>,
        url: &Url,
        permit: &mut Permit,
    ) -> Result<Reply, FetchError> {
        trace!(%url, route = request.route, "asking ESI");
        let sent = self.0.http.send(url, request).await;
        let now = self.0.clock.now();
        let response = sent.map_err(|error| match error.kind {
            FetchErrorKind::Certificate => error.retry_at(now + TimeDelta::minutes(15)),
            _ => error,
        })?;
        let (status, headers) = (response.status(), response.headers());
        let charge = Charge::read(status, headers);
        permit.charge(&charge);
        self.note_limit(request, &charge);
        let meta = Meta::read(status, headers, now, request.ttl);
        debug!(%url, status = meta.status, tokens = charge.tokens, expires_at = %meta.expires_at, "ESI answered");
        self.warn_once(request, headers);
        if status == StatusCode::NOT_MODIFIED && request.etag.is_some() {
            return Ok(Reply::NotModified(meta));
        }
        if !status.is_success() {
            return Err(self.refusal(request, url, response, &charge).await);
        }
        let request_id = meta.request_id.clone();
        let body: Result<Bytes, FetchError> = body::data(response, url, self.0.max_body).await;
        let body = body.map_err(|error| FetchError { status: Some(status.as_u16()), request_id, ..error })?;
        Ok(Reply::Body(meta, body))
    }

    /// The error of a status other than 2xx, and when to try again.
    async fn refusal(
        &self,
        request: &Request<'_>,
        url: &Url,
        response: Response,
        charge: &Charge,
    ) -> FetchError {
        let status = charge.status;
        let request_id = reply::request_id(response.headers());
        let location = response.headers().get(LOCATION).and_then(|l| l.to_str().ok()).map(str::to_owned);
        // The pause must begin before the body is read, because other requests go out meanwhile.
        let paused = match status.as_u16() {
            420 => Some(self.0.limits.error_limited(charge.errors_reset)),
            429 => Some(self.0.limits.throttled(request, charge.retry_after, charge.is_by_game_server())),
            _ => None,
        };
        self.publish();
        let words = body::words(response).await;
        let now = self.0.clock.now();
        if matches!(status.as_u16(), 400 | 422) && request.date.is_none() && is_about_date(&words) {
            let error = self.shut_date_gate(url, &words);
            return FetchError { status: Some(status.as_u16()), request_id, ..error };
        }
        let after = |time: TimeDelta| Some(now + time);
        let (kind, retry_at) = match status.as_u16() {
            304 => (FetchErrorKind::Status, None),
            300..=399 => (FetchErrorKind::Redirect, after(TimeDelta::minutes(15))),
            400 | 422 => (FetchErrorKind::Rejected, after(TimeDelta::days(1))),
            401 => (FetchErrorKind::Unauthorized, after(TimeDelta::minutes(5))),
            403 => (FetchErrorKind::Forbidden, after(TimeDelta::hours(1))),
            404 => (FetchErrorKind::NotFound, after(TimeDelta::hours(1))),
            420 => (FetchErrorKind::ErrorLimited, paused),
            429 => (FetchErrorKind::Throttled, paused),
            500 | 520 if is_throttle(&words) => {
                (FetchErrorKind::Throttled, Some(self.0.limits.throttled(request, charge.retry_after, true)))
            }
            500..=599 => (FetchErrorKind::Server, None),
            _ => (FetchErrorKind::Status, None),
        };
        let message =
            location.filter(|_| kind == FetchErrorKind::Redirect).map_or(words, |to| format!("to {to}"));
        FetchError {
            status: Some(status.as_u16()),
            request_id,
            retry_at,
            ..FetchError::new(kind, http::public(url), &message)
        }
    }

    /// Limits change without a new compatibility date. The client follows ESI's headers, and logs one line for each bucket.
    fn note_limit(&self, request: &Request<'_>, charge: &Charge) {
        let (Some(group), Some((tokens, window))) = (request.group, charge.limit) else { return };
        if (tokens, window) != (group.tokens, Group::WINDOW)
            && lock(&self.0.warned).insert(format!("limit of {}", group.name))
        {
            info!(
                group = group.name,
                tokens,
                window_s = window.as_secs(),
                expected = group.tokens,
                "ESI announces another limit than its specification; the announced limit is used"
            );
        }
    }

    /// Logs ESI's `Warning` about coming changes of a route, once for each route.
    fn warn_once(&self, request: &Request<'_>, headers: &HeaderMap) {
        let Some(warning) = reply::text(headers, &WARNING) else { return };
        if lock(&self.0.warned).insert(request.route.to_owned()) {
            warn!(route = request.route, warning = error::excerpt(&warning), "ESI warns about this route");
        }
    }
}

fn closed(url: &Url) -> FetchError {
    FetchError::new(FetchErrorKind::Closed, http::public(url), "")
}

fn too_old() -> String {
    format!("ESI no longer serves compatibility date {COMPATIBILITY_DATE}: install a newer esi-syncd")
}

/// The error of a refused date. `words` is ESI's reply, or empty if an earlier reply shut the date gate.
fn outdated(url: &Url, words: &str) -> FetchError {
    let words = if words.is_empty() { String::new() } else { format!(" ({words})") };
    FetchError::new(FetchErrorKind::Outdated, http::public(url), &format!("{}{words}", too_old()))
}

/// Whether an error of another status is a throttle of the game servers, by its words.
fn is_throttle(words: &str) -> bool {
    words.contains("429") || words.contains("StopSpamming") || words.to_ascii_lowercase().contains("throttl")
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
