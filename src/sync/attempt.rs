//! One attempt at one target: fetch, decode, doubt, commit.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use crate::dataset::{Class, Complete, Dataset, Pages};
use crate::esi::{COMPATIBILITY_DATE, FetchError, Kind, Set, SetError, SetRequest, backoff, fetch_set};
use crate::rows::{Batch, Cell, Drift, Page, scope_cell, typed};
use crate::store::{Commit, PageChanges, State, StoreError, Target};

use super::guard;
use super::merge::{Merged, merge};
use super::pages::{self, Known};
use super::sink::Sink;
use super::{Context, Job, cursor};

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
    /// The database did not take what came of it; nothing is recorded, not even that ESI was asked. In words.
    Unrecorded(String),
    /// The process is stopping; nothing was changed.
    Cancelled,
}

/// Makes one attempt at a target and records it.
pub(super) async fn attempt(ctx: &Context, job: &Job, target: Target) -> Outcome {
    let began = Instant::now();
    if let Err(error) = ctx.until_writable().await {
        return Outcome::Unrecorded(error.to_string());
    }
    if job.dataset.pages == Pages::Cursor {
        return cursor::attempt(ctx, job, target).await;
    }
    let outcome = match pages::known(ctx, job, &target).await {
        Ok(known) => read(ctx, job, &target, known).await,
        Err(error) => Err(error),
    };
    let outcome = outcome.unwrap_or_else(|error| match error {
        _ if ctx.stop.is_cancelled() => Outcome::Cancelled,
        error => Outcome::Unrecorded(error.to_string()),
    });
    report(job, &target, &outcome, began);
    outcome
}

/// Reads a target's set and stores what came of it.
async fn read(ctx: &Context, job: &Job, target: &Target, known: Known) -> Result<Outcome, StoreError> {
    let (read, sink) = fetch(ctx, job, target, known).await;
    match read {
        Ok(set) if set.not_modified => {
            drop(sink);
            unchanged(ctx, job, target.clone(), &set).await
        }
        Ok(set) => store(ctx, job, target.clone(), &set, sink).await,
        Err(SetError::Fetch(FetchError { kind: Kind::Closed, .. })) => Ok(Outcome::Cancelled),
        Err(error) => {
            if matches!(error, SetError::Unproven { .. }) && sink.known.held.is_some() {
                job.proof.failed(job.dataset.name);
            }
            refused(ctx, job, target.clone(), &error, sink.not_before).await
        }
    }
}

/// Reads a target's set. What was read until then is there also when it failed.
async fn fetch<'a>(
    ctx: &'a Context,
    job: &'a Job,
    target: &Target,
    known: Known,
) -> (Result<Set, SetError>, Sink<'a>) {
    let etag = target.etag.as_deref().filter(|_| target.pages == Some(1) && job.knows(target));
    let held = known.held.clone();
    let request = SetRequest {
        group: job.dataset.group,
        per_minute: job.dataset.per_minute,
        priority: job.priority(),
        ttl: job.dataset.ttl,
        cannot_fail: job.cannot_fail(),
        etag: etag.filter(|_| pages::key(job.dataset).is_none()),
        held: held.as_ref(),
        ..SetRequest::new(job.dataset.path, job.path(target))
    };
    debug_assert!(job.dataset.pages == Pages::Numbered || !request.path.contains("page="));
    let mut sink = Sink::new(ctx, job, known);
    let set = fetch_set(&ctx.client, &request, &mut sink).await;
    if let Ok(set) = &set {
        if !set.kept.is_empty() && set.pages > 1 {
            job.proof.held();
        }
        ctx.progress.count(job.dataset.name, |c| c.pages += u64::from(set.pages));
    }
    (set, sink)
}

async fn unchanged(ctx: &Context, job: &Job, mut entry: Target, set: &Set) -> Result<Outcome, StoreError> {
    succeed(ctx, job, &mut entry, set).await?;
    if entry.state != State::Retired && job.dataset.is_asked_when_moved() {
        entry.state = State::Complete;
    }
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
    let fresh = pages::key(job.dataset).map(|key| sink.rows.by_page(key));
    let mut page = sink.rows.finish(job.dataset.tables, &params, job.observed_at(set).timestamp());
    let merged = fresh.map(|fresh| merge(&sink.known.stored, set, fresh));
    if let Some(merged) = &merged {
        page.records += merged.kept;
    }
    let rows = merged.as_ref().map_or(page.batches.first().map_or(0, Batch::rows), |merged| merged.rows);
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    entry.expires_at = Some(set.expires_at);
    if let Some(why) = distrust(&entry, &page) {
        let failure = Failure {
            why,
            retry_at: None,
            not_before: Some(set.expires_at),
            page: Some(&page),
            waiting: false,
            read_whole: false,
        };
        return fail(ctx, job, entry, failure).await;
    }
    if let Some(why) = guard::hold(&mut entry, rows, version) {
        entry.last_attempt_at = Some(now);
        entry.due_at = Some(job.due_at(set.expires_at, now));
        entry.last_error = Some(why.clone());
        entry.etag = None;
        let forgotten = PageChanges::default();
        let pages = merged.is_some().then_some(&forgotten);
        ctx.commit(Commit { pages, ..Commit::new(job.dataset, &[entry], now) }).await?;
        return Ok(Outcome::Held(why));
    }
    warn_of_drift(job, &entry, &page.drift);
    let before = entry.last_modified.or(entry.last_success_at);
    let drift = (page.drift.count() > 0 || entry.drift > 0).then_some(&page.drift);
    succeed(ctx, job, &mut entry, set).await?;
    if entry.state != State::Retired && is_complete(job.dataset, &page, now) {
        entry.state = State::Complete;
    }
    let odd = merged.as_ref().map_or(page.drift.count(), |merged| merged.drift);
    entry.drift = i64::try_from(odd).unwrap_or(i64::MAX);
    let targets = [entry];
    let commit = Commit {
        scope: scope_cell(job.dataset.tables, targets[0].value()),
        before,
        batches: Some(&page.batches),
        part: merged.as_ref().filter(|_| !set.kept.is_empty()).map(Merged::part),
        pages: merged.as_ref().map(|merged| &merged.changes),
        rejects: Some(&page.rejects),
        drift,
        observed: Some(job.observed_at(set)),
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

/// Whether these rows are the last word about their target.
fn is_complete(dataset: &Dataset, page: &Page, now: DateTime<Utc>) -> bool {
    match dataset.complete {
        Complete::Once => true,
        Complete::When(name) => page.batches.first().is_some_and(|main| {
            let column = main.table.position(name).filter(|_| main.rows() > 0);
            column.is_some_and(|c| matches!(main.columns[c].get(0), Cell::Time(at) if at <= now.timestamp()))
        }),
        Complete::Never => dataset.is_asked_when_moved(),
    }
}

/// Why a complete set is not believed, if so.
fn distrust(entry: &Target, page: &Page) -> Option<String> {
    if guard::unreadable(page.records, page.rejects.len()) {
        let first = page.rejects.first().map(|r| r.reason.as_str()).unwrap_or_default();
        return Some(format!("{} of {} records unreadable: {first}", page.rejects.len(), page.records));
    }
    let main = page.batches.first()?;
    let is_foreign = |&(name, value): &(&str, &str)| {
        main.table.position(name).filter(|_| main.table.key.contains(&name)).is_some_and(|column| {
            let asked = typed(main.table.columns[column].ty, value);
            (0..main.rows()).any(|row| main.columns[column].get(row) != asked)
        })
    };
    let (name, _) = entry.values().find(is_foreign)?;
    Some(format!("the reply speaks of another {name} than the one asked for"))
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
    if entry.state == State::Leaving {
        entry.state = State::Retired;
    }
    entry.fingerprint = Some(job.fingerprint.clone());
    if job.dataset.with_build {
        entry.server_version = ctx.server_version().await?;
    }
    if set.not_modified {
        // The version that was confirmed is the newest that held these rows.
        entry.last_modified = set.last_modified.or(entry.last_modified);
    } else {
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
    entry: Target,
    error: &SetError,
    not_before: Option<DateTime<Utc>>,
) -> Result<Outcome, StoreError> {
    if job.cannot_fail() {
        let failure = Failure::of_route(error, not_before, &entry, ctx.clock.now());
        return fail(ctx, job, entry, failure).await;
    }
    match absent(ctx, job, entry.clone(), error).await? {
        Some(outcome) => Ok(outcome),
        None => fail(ctx, job, entry, Failure::of(error, not_before)).await,
    }
}

/// Records that ESI does not know an id, if the error says so: the id is left alone for a while, or for good if it was
/// about to leave anyway. `None`: it is an error of another kind.
pub(super) async fn absent(
    ctx: &Context,
    job: &Job,
    mut entry: Target,
    error: &SetError,
) -> Result<Option<Outcome>, StoreError> {
    let SetError::Fetch(FetchError { kind, message, .. }) = error else { return Ok(None) };
    let unknown = matches!(kind, Kind::NotFound | Kind::Rejected | Kind::Forbidden);
    if !unknown || job.dataset.class != Class::Backfill && entry.state != State::Leaving {
        return Ok(None);
    }
    let now = ctx.clock.now();
    entry.failures += 1;
    entry.last_attempt_at = Some(now);
    entry.last_error = Some(format!("ESI does not know it: {message}"));
    entry.due_at = error.retry_at().max(Some(now + absence(entry.failures)));
    if entry.state == State::Leaving {
        entry.state = State::Retired;
    }
    commit_entry(ctx, job, entry).await?;
    Ok(Some(Outcome::Absent))
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
    /// The pages did not agree: validators are forgotten, and the next set is read whole.
    pub read_whole: bool,
}

impl Failure<'_> {
    /// What became of a set that could not be read.
    pub fn of(error: &SetError, not_before: Option<DateTime<Utc>>) -> Self {
        let waiting = matches!(error, SetError::Fetch(e) if e.kind.is_waiting());
        let read_whole = matches!(error, SetError::Unproven { .. } | SetError::Changed { .. });
        Self {
            why: error.to_string(),
            retry_at: error.retry_at(),
            not_before,
            page: None,
            waiting,
            read_whole,
        }
    }

    /// The same for a route that takes no id of ours: where ESI does not find it, it is not served under our date. Such
    /// a route is asked again in an hour, in two, in four, and then daily.
    pub fn of_route(
        error: &SetError,
        not_before: Option<DateTime<Utc>>,
        entry: &Target,
        now: DateTime<Utc>,
    ) -> Self {
        let mut failure = Self::of(error, not_before);
        if matches!(error, SetError::Fetch(FetchError { kind: Kind::NotFound, .. })) {
            let why = "this route is not served under compatibility date";
            failure.why = format!("{error}; {why} {COMPATIBILITY_DATE}: look for a newer esi-syncd");
            failure.retry_at = Some(now + absence(entry.failures + 1).min(TimeDelta::days(1)));
        }
        failure
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
    let forgotten = PageChanges::default();
    let pages = failure.read_whole.then_some(&forgotten);
    if failure.read_whole {
        entry.etag = None;
    }
    let targets = [entry];
    let rejects = failure.page.map(|p| p.rejects.as_slice());
    ctx.commit(Commit { pages, rejects, ..Commit::new(job.dataset, &targets, now) }).await?;
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
        Outcome::Failed(error) | Outcome::Unrecorded(error) => {
            warn!(dataset, target, error, duration_ms, "failed");
        }
        Outcome::Waiting(why) => debug!(dataset, target, why, "waiting"),
        Outcome::Cancelled => debug!(dataset, target, "cancelled"),
    }
}

impl Job {
    /// When the set was built. Without `Last-Modified` the time of receipt, cut to the cache period, so that the
    /// same cached reply gets the same time.
    pub(super) fn observed_at(&self, set: &Set) -> DateTime<Utc> {
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
