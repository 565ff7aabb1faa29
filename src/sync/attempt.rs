//! One attempt at one target: fetch, decode, doubt, commit.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use crate::dataset::{Class, Pages};
use crate::esi::{FetchError, Kind, PageSink, Reject, Set, SetError, SetRequest, backoff, fetch_set};
use crate::rows::{Batch, Decoder, Drift, Page, Rows, scope_cell};
use crate::store::{Commit, StoreError, Target};

use super::guard;
use super::memory::{Memory, Room};
use super::{Context, Job};

/// The first cool-down of an id that ESI does not know; it doubles up to [`LONGEST_ABSENCE`].
const ABSENCE: TimeDelta = TimeDelta::hours(1);
const LONGEST_ABSENCE: TimeDelta = TimeDelta::days(7);

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A complete set was stored; so many rows differed.
    Stored {
        /// Records in the set.
        rows: u64,
        /// Rows that had to be written or deleted.
        written: u64,
    },
    /// What we have is still current.
    Unchanged,
    /// The set is complete but suspicious; the old rows stay.
    Held(String),
    /// ESI does not know this id.
    Absent,
    /// It failed; the old rows stay. In words.
    Failed(String),
    /// Nothing was sent, or in vain, because ESI is out of reach or asked for a pause: the client has said so. In words.
    Waiting(String),
    /// The process is stopping; nothing was changed.
    Cancelled,
}

/// Decodes pages as they come, so that their bytes need not be kept, and holds the room that their rows take.
struct Sink<'a> {
    decoder: &'a Decoder,
    rows: Rows,
    memory: &'a Memory,
    room: Option<Room<'a>>,
    /// When the last of the pages expires that came, also of a set that failed.
    not_before: Option<DateTime<Utc>>,
}

impl PageSink for Sink<'_> {
    async fn expect(&mut self, pages: u32, first: usize) {
        self.room = None;
        self.room = self.memory.room_for(pages, first).await;
    }

    fn page(&mut self, page: u32, body: Bytes, expires_at: DateTime<Utc>) -> Result<(), Reject> {
        self.not_before = self.not_before.max(Some(expires_at));
        let decoded = self.decoder.page(&body).map_err(|error| Reject(format!("unreadable: {error}")))?;
        self.rows.put(page, decoded);
        Ok(())
    }

    fn drop_page(&mut self, page: u32) {
        self.rows.forget(page);
    }
}

/// Makes one attempt at a target and records it.
pub(super) async fn attempt(ctx: &Context, job: &Job, target: Target) -> Outcome {
    let began = Instant::now();
    let (read, sink) = fetch(ctx, job, &target).await;
    let outcome = match read {
        Ok(set) if set.not_modified => {
            drop(sink);
            unchanged(ctx, job, target.clone(), &set).await
        }
        Ok(set) => store(ctx, job, target.clone(), &set, sink).await,
        Err(SetError::Fetch(FetchError { kind: Kind::Closed, .. })) => return Outcome::Cancelled,
        Err(error) => refused(ctx, job, target.clone(), &error, sink.not_before).await,
    };
    let outcome = outcome.unwrap_or_else(|error| match error {
        _ if ctx.stop.is_cancelled() => Outcome::Cancelled,
        error => Outcome::Failed(error.to_string()),
    });
    report(job, &target, &outcome, began);
    outcome
}

/// Reads a target's set. What was read until then is there also when it failed.
async fn fetch<'a>(ctx: &'a Context, job: &'a Job, target: &Target) -> (Result<Set, SetError>, Sink<'a>) {
    let etag = target.etag.as_deref().filter(|_| target.pages == Some(1) && job.knows(target));
    let request = SetRequest {
        group: job.dataset.group,
        priority: job.priority(),
        ttl: job.dataset.ttl,
        cannot_fail: job.cannot_fail(),
        etag,
        ..SetRequest::new(job.dataset.path, job.path(target))
    };
    debug_assert!(job.dataset.pages == Pages::Numbered || !request.path.contains("page="));
    let mut sink = Sink {
        decoder: &job.decoder,
        rows: Rows::default(),
        memory: &ctx.memory,
        room: None,
        not_before: None,
    };
    let set = fetch_set(&ctx.client, &request, &mut sink).await;
    if let Ok(set) = &set {
        ctx.progress.count(job.dataset.name, |c| c.pages += u64::from(set.pages));
    }
    (set, sink)
}

async fn unchanged(ctx: &Context, job: &Job, mut entry: Target, set: &Set) -> Result<Outcome, StoreError> {
    succeed(ctx, job, &mut entry, set).await?;
    commit_entry(ctx, job, entry).await?;
    Ok(Outcome::Unchanged)
}

async fn store(
    ctx: &Context,
    job: &Job,
    mut entry: Target,
    set: &Set,
    sink: Sink<'_>,
) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    let version = set.last_modified.unwrap_or(set.received_at);
    let params: Vec<(&str, &str)> = entry.values().collect();
    let page = sink.rows.finish(job.dataset.tables, &params, job.observed_at(set).timestamp());
    let rows = i64::try_from(page.batches.first().map_or(0, Batch::rows)).unwrap_or(i64::MAX);
    entry.expires_at = Some(set.expires_at);
    if let Some(why) = distrust(job, &entry, &page) {
        let failure = Failure {
            why,
            retry_at: None,
            not_before: Some(set.expires_at),
            page: Some(&page),
            waiting: false,
        };
        return fail(ctx, job, entry, failure).await;
    }
    if let Some(why) = guard::hold(&mut entry, rows, version) {
        entry.last_attempt_at = Some(now);
        entry.due_at = Some(job.due_at(set.expires_at, now));
        entry.last_error = Some(why.clone());
        entry.etag = None;
        commit_entry(ctx, job, entry).await?;
        return Ok(Outcome::Held(why));
    }
    warn_of_drift(job, &entry, &page.drift);
    let before = entry.last_modified.or(entry.last_success_at);
    succeed(ctx, job, &mut entry, set).await?;
    entry.drift = i64::try_from(page.drift.count()).unwrap_or(i64::MAX);
    let targets = [entry];
    let commit = Commit {
        scope: scope_cell(job.dataset.tables, targets[0].value()),
        before,
        batches: Some(&page.batches),
        rejects: Some(&page.rejects),
        ..Commit::new(job.dataset, &targets, now)
    };
    let written = ctx.commit(commit).await?.total();
    let rows = u64::try_from(rows).unwrap_or_default();
    ctx.progress.count(job.dataset.name, |c| {
        c.rows += rows;
        c.written += written;
    });
    Ok(Outcome::Stored { rows, written })
}

/// Why a complete set is not believed, if so.
fn distrust(job: &Job, entry: &Target, page: &Page) -> Option<String> {
    if guard::unreadable(page.records, page.rejects.len()) {
        let first = page.rejects.first().map(|r| r.reason.as_str()).unwrap_or_default();
        return Some(format!("{} of {} records unreadable: {first}", page.rejects.len(), page.records));
    }
    let scope = scope_cell(job.dataset.tables, entry.value());
    let name = job.dataset.param()?;
    let main = page.batches.first()?;
    let column = main.table.position(name).filter(|_| main.table.key.first() == Some(&name))?;
    let foreign = (0..main.rows()).any(|row| main.columns[column].get(row) != scope);
    foreign.then(|| format!("the reply speaks of another {name} than the one asked for"))
}

/// Notes a success in the entry: the facts of the reply, and when to ask again.
pub(super) async fn succeed(
    ctx: &Context,
    job: &Job,
    entry: &mut Target,
    set: &Set,
) -> Result<(), StoreError> {
    let now = ctx.clock.now();
    let expires_at = job.expires_at(set.expires_at, now);
    entry.last_success_at = Some(now);
    entry.last_attempt_at = Some(now);
    entry.expires_at = Some(expires_at);
    entry.due_at = Some(job.due_at(expires_at, now));
    entry.failures = 0;
    entry.last_error = None;
    entry.fingerprint = Some(job.fingerprint.clone());
    if job.dataset.with_build {
        entry.server_version = ctx.server_version().await?;
    }
    if !set.not_modified {
        entry.last_modified = set.last_modified;
        entry.pages = Some(set.pages.into());
        entry.etag.clone_from(&set.etag);
    }
    Ok(())
}

async fn commit_entry(ctx: &Context, job: &Job, entry: Target) -> Result<(), StoreError> {
    let now = ctx.clock.now();
    ctx.commit(Commit::new(job.dataset, &[entry], now)).await.map(drop)
}

async fn refused(
    ctx: &Context,
    job: &Job,
    mut entry: Target,
    error: &SetError,
    not_before: Option<DateTime<Utc>>,
) -> Result<Outcome, StoreError> {
    if let SetError::Fetch(FetchError { kind: Kind::NotFound | Kind::Rejected, message, .. }) = error
        && job.dataset.class == Class::Backfill
    {
        let now = ctx.clock.now();
        entry.failures += 1;
        entry.last_attempt_at = Some(now);
        entry.last_error = Some(format!("ESI does not know it: {message}"));
        entry.due_at = error.retry_at().max(Some(now + absence(entry.failures)));
        commit_entry(ctx, job, entry).await?;
        return Ok(Outcome::Absent);
    }
    fail(ctx, job, entry, Failure::of(error, not_before)).await
}

/// How long an id is left alone that ESI did not know `times` times in a row.
pub(super) fn absence(times: i64) -> TimeDelta {
    let doublings = u32::try_from(times - 1).unwrap_or(0).min(8);
    (ABSENCE * 2_i32.pow(doublings)).min(LONGEST_ABSENCE)
}

/// Why an attempt failed, and when the next one may be made.
pub(super) struct Failure<'a> {
    /// In words.
    pub why: String,
    /// When to try again, where the policy says so.
    pub retry_at: Option<DateTime<Utc>>,
    /// When the last of the replies expires that came all the same: none may be asked for again before.
    pub not_before: Option<DateTime<Utc>>,
    /// A set that was complete but not believed; its rejected records are kept for looking at.
    pub page: Option<&'a Page>,
    /// Nothing was sent, or in vain: ESI is out of reach or asked for a pause, which the client has said already. That is
    /// no failure of the target.
    pub waiting: bool,
}

impl Failure<'_> {
    /// What became of a set that could not be read.
    pub fn of(error: &SetError, not_before: Option<DateTime<Utc>>) -> Self {
        let waiting = matches!(error, SetError::Fetch(e) if matches!(e.kind, Kind::Unavailable | Kind::Paused | Kind::Downtime));
        Self { why: error.to_string(), retry_at: error.retry_at(), not_before, page: None, waiting }
    }
}

/// Records a failure; rows stay as they are.
pub(super) async fn fail(
    ctx: &Context,
    job: &Job,
    mut entry: Target,
    failure: Failure<'_>,
) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    entry.failures += i64::from(!failure.waiting);
    entry.last_attempt_at = Some(now);
    entry.last_error = Some(failure.why.clone());
    let own = now + backoff(u32::try_from(entry.failures).unwrap_or(u32::MAX));
    entry.due_at = failure.not_before.max(Some(failure.retry_at.unwrap_or(own)));
    let targets = [entry];
    let rejects = failure.page.map(|p| p.rejects.as_slice());
    ctx.commit(Commit { rejects, ..Commit::new(job.dataset, &targets, now) }).await?;
    Ok(if failure.waiting { Outcome::Waiting(failure.why) } else { Outcome::Failed(failure.why) })
}

fn warn_of_drift(job: &Job, entry: &Target, drift: &Drift) {
    let count = i64::try_from(drift.count()).unwrap_or(i64::MAX);
    if count > 0 && entry.drift == 0 {
        let unknown = drift.unknown.keys().cloned().collect::<Vec<_>>().join(" ");
        let missing = drift.missing.keys().cloned().collect::<Vec<_>>().join(" ");
        info!(
            dataset = job.dataset.name,
            target = entry.target,
            unknown,
            missing,
            "ESI's reply differs from its specification; known fields are stored"
        );
    }
}

pub(super) fn report(job: &Job, target: &Target, outcome: &Outcome, began: Instant) {
    let (dataset, target) = (job.dataset.name, target.target.as_str());
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Outcome::Stored { rows, written } if job.dataset.class == Class::Live => {
            info!(dataset, target, rows, written, duration_ms, "stored");
        }
        Outcome::Stored { rows, written } => {
            debug!(dataset, target, rows, written, duration_ms, "stored");
        }
        Outcome::Unchanged => debug!(dataset, target, duration_ms, "unchanged"),
        Outcome::Held(why) => warn!(dataset, target, why, "held"),
        Outcome::Absent => debug!(dataset, target, "ESI does not know this id"),
        Outcome::Failed(error) => warn!(dataset, target, error, duration_ms, "failed"),
        Outcome::Waiting(why) => debug!(dataset, target, why, "waiting"),
        Outcome::Cancelled => debug!(dataset, target, "cancelled"),
    }
}

impl Job {
    /// When the set was built. Without `Last-Modified` the time of receipt, cut to the cache period, so that the
    /// same cached reply gets the same time.
    fn observed_at(&self, set: &Set) -> DateTime<Utc> {
        set.last_modified.unwrap_or_else(|| {
            let period = i64::try_from(self.period().as_secs()).unwrap_or(1).max(1);
            let seconds = set.received_at.timestamp();
            DateTime::from_timestamp_secs(seconds - seconds.rem_euclid(period)).unwrap_or(set.received_at)
        })
    }

    /// ESI's expiry; replies that are computed per call last as long as our own cadence.
    pub(super) fn expires_at(&self, theirs: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        match (self.dataset.ttl, self.dataset.every) {
            (crate::dataset::Ttl::Uncached, Some(every)) => now + TimeDelta::seconds(every.into()),
            _ => theirs,
        }
    }
}
