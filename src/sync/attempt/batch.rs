//! One request for many targets: ids in the body of a POST.
//!
//! One id that ESI does not know fails the whole batch (404), and every failure burns the error limit that
//! all routes share. So each id carries a suspicion: a failed batch raises the suspicion of all its ids, and
//! suspected ids are asked for in ever smaller batches. A bad id is finally asked for alone, and then rests
//! for an hour, a day, a week. The suspicion is the ledger's count of failures, so it survives a restart. No
//! minute sees more than a few errors.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tracing::{debug, info};

use crate::declare::{Method, TargetKey};
use crate::esi::backoff;
use crate::esi::{FetchError, FetchErrorKind, Reply, Request, Set};
use crate::rows::{Cell, Page, Rows};
use crate::store::{Commit, StoreError, Target};

use super::doubt::missing;
use super::doubt::shrink_guard;
use super::failure::{ABSENT, OMITTED, absence};
use super::outcome::report;
use super::set::succeed;
use crate::sync::{Context, Job, Outcome};

/// A batch of this suspicion has `batch >> (3 * suspicion)` ids.
const SHRINK: u32 = 3;
/// Errors that a dataset's batches may cause within a [`RESPITE`].
const ERRORS: usize = 10;
/// An id missing from a reply is unknown to ESI. It rests for a day at once, as after this many failures.
const LEFT_OUT: i64 = 6;
/// The time within which [`ERRORS`] are counted.
const RESPITE: TimeDelta = TimeDelta::seconds(60);

/// When a dataset's batches recently caused errors.
#[derive(Debug, Default)]
pub(in crate::sync) struct Errors(Mutex<VecDeque<DateTime<Utc>>>);

impl Errors {
    fn lately(&self) -> MutexGuard<'_, VecDeque<DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an error.
    fn note(&self, now: DateTime<Utc>) {
        self.lately().push_back(now);
    }

    /// When the next batch may be sent: now, or when the oldest of too many errors has left the window.
    fn next(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let mut lately = self.lately();
        lately.retain(|&at| now - at < RESPITE && at <= now);
        if lately.len() < ERRORS { now } else { lately[lately.len() - ERRORS] + RESPITE }
    }
}

/// Asks for all these targets, in as few requests as their suspicion allows.
pub(in crate::sync) async fn attempt_batches(
    ctx: &Context,
    job: &Job,
    targets: Vec<Target>,
    batch: usize,
) -> Vec<Outcome> {
    let mut by_suspicion: BTreeMap<u32, Vec<Target>> = BTreeMap::new();
    for target in targets {
        let level = u32::try_from(target.failures).unwrap_or(0).min(suspicions(batch));
        by_suspicion.entry(level).or_default().push(target);
    }
    let mut outcomes = Vec::new();
    for (level, targets) in by_suspicion {
        let size = (batch >> (SHRINK * level)).max(1);
        for some in targets.chunks(size) {
            let done = if ctx.stop.is_cancelled() {
                Ok(Outcome::Cancelled)
            } else if job.errors.next(ctx.clock.now()) > ctx.clock.now() {
                postpone(ctx, job, some).await
            } else if let Err(condition) = ctx.client.may_begin(job.dataset.path, job.dataset.ttl).await {
                Ok(Outcome::Waiting(condition.reason))
            } else {
                attempt_batch(ctx, job, some).await
            };
            outcomes.push(done.unwrap_or_else(|error| Outcome::Unrecorded(error.to_string())));
        }
    }
    outcomes
}

/// How many times a batch must shrink until it holds one id.
fn suspicions(batch: usize) -> u32 {
    (usize::BITS - batch.leading_zeros()).div_ceil(SHRINK)
}

async fn attempt_batch(ctx: &Context, job: &Job, targets: &[Target]) -> Result<Outcome, StoreError> {
    debug_assert_eq!(job.dataset.method, Method::Post, "only POST routes take batches");
    let began = Instant::now();
    ctx.until_writable().await?;
    let ids: Vec<Cow<'_, str>> = targets.iter().map(|t| t.target.last()).collect();
    let request = Request {
        group: job.dataset.group,
        per_minute: job.dataset.per_minute,
        priority: job.priority(),
        ttl: job.dataset.ttl,
        ..Request::post(job.dataset.path, job.dataset.path, format!("[{}]", ids.join(",")))
    };
    let outcome = match ctx.client.fetch(&request).await {
        Ok(Reply::Body(meta, body)) => {
            let set = Set { etag: None, ..Set::of_one(&meta) };
            match job.decoder.page(&body) {
                Ok(page) => store(ctx, job, targets, &set, page).await?,
                Err(error) => fail(ctx, job, targets, &format!("unreadable: {error}"), None).await?,
            }
        }
        Ok(Reply::NotModified(_)) => {
            fail(ctx, job, targets, "304 although we sent no validator", None).await?
        }
        Err(FetchError { kind: FetchErrorKind::Closed, .. }) => return Ok(Outcome::Cancelled),
        Err(error) if matches!(error.kind, FetchErrorKind::NotFound | FetchErrorKind::Rejected) => {
            job.errors.note(ctx.clock.now());
            return suspect(ctx, job, targets, &error).await;
        }
        Err(error) if error.kind.is_waiting() => {
            let why = error.to_string();
            fail(ctx, job, targets, &why, error.retry_at).await?;
            Outcome::Waiting(why)
        }
        Err(error) => {
            job.errors.note(ctx.clock.now());
            fail(ctx, job, targets, &error.to_string(), error.retry_at).await?
        }
    };
    report(
        job,
        &Target { target: TargetKey::parse(format!("{} ids", targets.len())), ..targets[0].clone() },
        &outcome,
        began,
    );
    Ok(outcome)
}

async fn store(
    ctx: &Context,
    job: &Job,
    targets: &[Target],
    set: &Set,
    page: Page,
) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    let missing = missing::names(job.dataset, std::iter::once(&page));
    let mut rows = Rows::default();
    rows.put(1, page);
    let observed = job.observed_at(set);
    let page = rows.finish(job.dataset.tables, &TargetKey::empty(), observed.timestamp());
    let answered = answered(&page);
    let mut entries = targets.to_vec();
    let missing = missing::judge(ctx, job, &targets[0], &missing, &page).await?;
    let held =
        entries.iter_mut().filter_map(|entry| shrink_guard::hold(entry, &missing.lost, set.received_at));
    if let Some(why) = held.last() {
        for entry in &mut entries {
            entry.last_attempt_at = Some(now);
            entry.due_at = Some(now + backoff(2));
            entry.last_error = Some(why.clone());
        }
        ctx.commit(Commit::new(job.dataset, &entries, now)).await?;
        return Ok(Outcome::Quarantined(why));
    }
    let odd = page.drift.count() > 0 || entries.iter().any(|entry| entry.drift > 0);
    for entry in &mut entries {
        if answered.contains(entry.target.last().as_ref()) {
            succeed(ctx, job, entry, set).await?;
            entry.rows = 1;
            entry.drift = i64::try_from(page.drift.count()).unwrap_or(i64::MAX);
        } else {
            entry.failures += 1;
            entry.last_attempt_at = Some(now);
            entry.due_at = Some(now + absence(entry.failures.max(LEFT_OUT)));
            entry.last_error = Some(OMITTED.to_owned());
        }
    }
    let commit = Commit {
        batches: Some(&page.batches),
        drift: odd.then_some(&page.drift),
        observed: Some(observed),
        ..Commit::new(job.dataset, &entries, now)
    };
    let written = ctx.commit(commit).await?.total();
    let rows = u64::try_from(page.records).unwrap_or(u64::MAX);
    ctx.progress.count(job.dataset.name, |c| {
        c.pages += 1;
        c.rows += rows;
        c.written += written;
    });
    Ok(Outcome::Stored { rows, written })
}

/// The ids in a reply: the first column of the main table's key.
fn answered(page: &Page) -> HashSet<String> {
    let Some(main) = page.batches.first() else { return HashSet::new() };
    let column = &main.columns[main.table.key_positions()[0]];
    let ids = (0..main.rows()).filter_map(|row| match column.get(row) {
        Cell::Int(id) => Some(id.to_string()),
        _ => None,
    });
    ids.collect()
}

/// ESI refused a batch because it holds an unknown id. A lone id rests for a while; other ids are asked again
/// in a smaller batch.
async fn suspect(
    ctx: &Context,
    job: &Job,
    targets: &[Target],
    error: &FetchError,
) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    let alone = targets.len() == 1;
    let mut entries = targets.to_vec();
    for entry in &mut entries {
        entry.failures += 1;
        entry.last_attempt_at = Some(now);
        entry.due_at = Some(now);
        entry.last_error =
            Some("ESI refused a batch with this id; it is asked again in a smaller batch".to_owned());
        if alone {
            let batch = job.dataset.batch().unwrap_or(1);
            let times = entry.failures - i64::from(suspicions(batch));
            entry.due_at = Some(now + absence(times.max(1)));
            entry.last_error = Some(format!("{ABSENT}: {}", error.message));
        }
    }
    ctx.commit(Commit::new(job.dataset, &entries, now)).await?;
    if alone {
        debug!(dataset = job.dataset.name, target = %targets[0].target, "ESI does not know this id");
    } else {
        info!(
            dataset = job.dataset.name,
            ids = targets.len(),
            "ESI does not know an id of this batch; asking in smaller batches"
        );
    }
    Ok(Outcome::Absent)
}

async fn fail(
    ctx: &Context,
    job: &Job,
    targets: &[Target],
    why: &str,
    retry_at: Option<DateTime<Utc>>,
) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    let mut entries = targets.to_vec();
    for entry in &mut entries {
        entry.last_attempt_at = Some(now);
        entry.last_error = Some(why.to_owned());
        entry.due_at = Some(retry_at.unwrap_or(now + backoff(2)));
    }
    ctx.commit(Commit::new(job.dataset, &entries, now)).await?;
    Ok(Outcome::Failed(why.to_owned()))
}

async fn postpone(ctx: &Context, job: &Job, targets: &[Target]) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    let mut entries = targets.to_vec();
    for entry in &mut entries {
        entry.due_at = Some(job.errors.next(now));
        entry.last_error =
            Some("waiting: this dataset's batches caused too many errors within a minute".to_owned());
    }
    ctx.commit(Commit::new(job.dataset, &entries, now)).await?;
    Ok(Outcome::Unchanged)
}
