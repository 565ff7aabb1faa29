//! One attempt at one target: fetch, decode, doubt, commit.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;
use tracing::info;

use crate::declare::{Column, Complete, Dataset, Pages};
use crate::esi::{FetchError, FetchErrorKind, Set, SetError, SetRequest, fetch_set};
use crate::rows::{Batch, Cell, Drift, Page, PageRows, RowScope, Rows};
use crate::store::{Commit, PageChanges, StoreError, StoredPage, Target, TargetState};

use super::cursor;
use super::doubt::doubts::{Doubts, PageShape};
use super::doubt::missing;
use super::doubt::shrink_guard;
use super::doubt::unread::Unread;
use super::failure::{AttemptFailure, fail, refused};
use super::merge_pages::{Merged, distinct, merge};
use super::outcome::report;
use super::page_sink::Sink;
use super::stored_pages;
use super::stored_pages::TargetPages;
use crate::sync::{Context, Job, Outcome};

/// Makes one attempt at a target and records it.
pub(in crate::sync) async fn attempt(ctx: &Context, job: &Job, target: Target) -> Outcome {
    let began = Instant::now();
    if let Err(error) = ctx.until_writable().await {
        return Outcome::Unrecorded(error.to_string());
    }
    if job.dataset.pages == Pages::Cursor {
        return cursor::attempt(ctx, job, target).await;
    }
    let outcome = match stored_pages::stored_pages(ctx, job, &target).await {
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

/// Reads a target's set, and stores it or the failure.
async fn read(ctx: &Context, job: &Job, target: &Target, known: TargetPages) -> Result<Outcome, StoreError> {
    let (read, sink) = fetch(ctx, job, target, known).await;
    match read {
        Ok(set) if set.not_modified => {
            drop(sink);
            unchanged(ctx, job, target.clone(), &set).await
        }
        Ok(set) => store(ctx, job, target.clone(), &set, sink).await,
        Err(SetError::Fetch(FetchError { kind: FetchErrorKind::Closed, .. })) => Ok(Outcome::Cancelled),
        Err(error) => {
            if matches!(error, SetError::Unproven { not_modified: true, .. }) && sink.known.held.is_some() {
                job.proof.failed(job.dataset.name);
            }
            refused(ctx, job, target.clone(), &error, sink.not_before).await
        }
    }
}

/// Reads a target's set. The sink keeps what arrived even if the set failed.
async fn fetch<'a>(
    ctx: &'a Context,
    job: &'a Job,
    target: &Target,
    known: TargetPages,
) -> (Result<Set, SetError>, Sink<'a>) {
    let etag = target.etag.as_deref().filter(|_| target.pages == Some(1) && job.knows(target));
    let held = known.held.clone();
    let request = SetRequest {
        group: job.dataset.group,
        per_minute: job.dataset.per_minute,
        priority: job.priority(),
        ttl: job.dataset.ttl,
        cannot_fail: job.cannot_fail(),
        etag: etag.filter(|_| stored_pages::key(job.dataset).is_none()),
        numbered: (job.dataset.pages == Pages::Numbered).then(|| target.stored_size()),
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
    if entry.state != TargetState::Retired && job.dataset.is_asked_when_moved() {
        entry.state = TargetState::Complete;
    }
    ctx.commit(Commit::new(job.dataset, &[entry], ctx.clock.now())).await?;
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
    let unread = Unread::of(ctx, job, &entry, &sink.rows).await?;
    let mut fresh = stored_pages::key(job.dataset).map(|key| sink.rows.by_page(key));
    if let Some(fresh) = &mut fresh {
        unread.add_to(fresh);
    }
    let missing = missing::names(job.dataset, sink.rows.pages().map(|(_, page)| page));
    let shapes = page_shapes(job.dataset, &sink.rows, fresh.as_ref());
    let mut page = sink.rows.finish(job.dataset.tables, &entry.target, job.observed_at(set).timestamp());
    let merged = fresh.map(|fresh| merge(&sink.known.stored, set, fresh));
    if let Some(merged) = &merged {
        page.records += merged.kept;
    }
    let read = page.batches.first().map_or(0, Batch::rows) + unread.count();
    let rows = merged.as_ref().map_or(read, |merged| merged.rows);
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    entry.expires_at = Some(set.expires_at);
    if let Some(why) = distrust(job.dataset, &entry, &page) {
        let failure = AttemptFailure {
            why,
            retry_at: None,
            not_before: Some(set.expires_at),
            page: Some(&page),
            waiting: false,
            read_whole: false,
        };
        return fail(ctx, job, entry, failure).await;
    }
    let missing = missing::judge(ctx, job, &entry, &missing, &page).await?;
    let mut doubts = shrink_guard::size(&entry, rows);
    doubts.extend(Doubts::of_pages(&whole_shapes(shapes, &sink.known.stored, set, merged.as_ref())));
    doubts.extend(missing.lost);
    let settled = missing.unknown.is_empty() || shrink_guard::remembers(&entry, &missing.unknown);
    if let Some(why) = shrink_guard::hold(&mut entry, &doubts, version) {
        entry.last_attempt_at = Some(now);
        entry.due_at = Some(job.held_until(set.expires_at, now));
        entry.last_error = Some(why.clone());
        entry.etag = None;
        let forgotten = PageChanges::default();
        let pages = merged.is_some().then_some(&forgotten);
        let rejects = (!page.rejects.is_empty()).then_some(page.rejects.as_slice());
        ctx.commit(Commit { pages, rejects, ..Commit::new(job.dataset, &[entry], now) }).await?;
        return Ok(Outcome::Quarantined(why));
    }
    warn_of_drift(job, &entry, &page.drift);
    let before = entry.last_modified.or(entry.last_success_at);
    let drift = (page.drift.count() > 0 || entry.drift > 0).then_some(&page.drift);
    succeed(ctx, job, &mut entry, set).await?;
    if entry.state != TargetState::Retired && is_complete(job.dataset, &page, now) {
        if settled {
            entry.state = TargetState::Complete;
        } else {
            shrink_guard::remember(&mut entry, &missing.unknown, version);
        }
    }
    let odd = merged.as_ref().map_or(page.drift.count(), |merged| merged.drift);
    entry.drift = i64::try_from(odd).unwrap_or(i64::MAX);
    let targets = [entry];
    let commit = Commit {
        before,
        batches: Some(&page.batches),
        part: merged.as_ref().filter(|_| !set.kept.is_empty()).map(Merged::part),
        spare: unread.spare.as_ref(),
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

/// Whether these rows are final for their target.
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

/// The counts of the pages that were read.
fn page_shapes(
    dataset: &Dataset,
    rows: &Rows,
    fresh: Option<&BTreeMap<u32, PageRows>>,
) -> BTreeMap<u32, PageShape> {
    let mut shapes = BTreeMap::new();
    if dataset.pages != Pages::Numbered {
        return shapes;
    }
    let repeated = if fresh.is_none() { rows.repeated() } else { BTreeMap::new() };
    for (number, page) in rows.pages() {
        let twice = fresh.and_then(|fresh| fresh.get(&number)).map_or(0, |page| page.twice);
        let repeated = twice + repeated.get(&number).copied().unwrap_or(0);
        shapes.insert(number, PageShape { records: page.records, rejects: page.rejects.len(), repeated });
    }
    shapes
}

/// The counts of all pages of the set, unchanged ones included.
fn whole_shapes(
    mut shapes: BTreeMap<u32, PageShape>,
    stored: &BTreeMap<u32, StoredPage>,
    set: &Set,
    merged: Option<&Merged>,
) -> BTreeMap<u32, PageShape> {
    for number in &set.kept {
        let records = stored.get(number).map_or(0, |page| distinct(std::iter::once(page)).unwrap_or(0));
        shapes.insert(*number, PageShape { records, ..PageShape::default() });
    }
    for (number, shared) in merged.iter().flat_map(|merged| &merged.shared) {
        if let Some(shape) = shapes.get_mut(number) {
            shape.repeated += shared;
        }
    }
    shapes
}

/// Why a complete set is not believed; `None` if it is.
fn distrust(dataset: &Dataset, entry: &Target, page: &Page) -> Option<String> {
    if missing::is_no_object(dataset, page) {
        let error = page.drift.unknown.contains_key("error");
        let instead = if error { ", but an `error`" } else { "" };
        return Some(format!("the reply is a success but has none of its fields{instead}"));
    }
    if shrink_guard::unreadable(page.records, page.rejects.len()) {
        let first = page.rejects.first().map(|r| r.reason.as_str()).unwrap_or_default();
        return Some(format!("{} of {} records unreadable: {first}", page.rejects.len(), page.records));
    }
    let main = page.batches.first()?;
    let scope = match RowScope::of(main.table, &entry.target) {
        Ok(scope) => scope,
        Err(why) => return Some(why),
    };
    let is_foreign = |(column, asked): &(&Column, &Cell<'_>)| {
        let column = main.table.position(column.name);
        column.is_some_and(|c| (0..main.rows()).any(|row| main.columns[c].get(row) != **asked))
    };
    let (column, _) = scope.cells().find(is_foreign)?;
    Some(format!("the reply has another {} than the one asked for", column.name))
}

/// Writes a success into the entry: the facts of the reply, and when to ask again.
pub(in crate::sync) async fn succeed(
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
    if entry.state == TargetState::Leaving {
        entry.state = TargetState::Retired;
    }
    entry.fingerprint = Some(job.fingerprint.clone());
    (entry.rank, entry.rereading) = (None, false);
    if job.dataset.with_build {
        entry.server_version = ctx.server_version().await?;
    }
    if set.not_modified {
        // The confirmed version is the newest that has these rows.
        entry.last_modified = set.last_modified.or(entry.last_modified);
    } else {
        entry.last_modified = set.last_modified;
        entry.pages = Some(set.pages.into());
        entry.etag.clone_from(&set.etag);
    }
    Ok(())
}

fn warn_of_drift(job: &Job, entry: &Target, drift: &Drift) {
    let count = i64::try_from(drift.count()).unwrap_or(i64::MAX);
    if count > 0 && entry.drift == 0 {
        let unknown = drift.unknown.keys().cloned().collect::<Vec<_>>().join(" ");
        let missing = drift.missing.keys().cloned().collect::<Vec<_>>().join(" ");
        info!(
            dataset = job.dataset.name,
            target = %entry.target,
            unknown,
            missing,
            "ESI's reply differs from its specification; known fields are stored"
        );
    }
}

impl Job {
    /// When the set was built. Without `Last-Modified` the time of receipt, cut to the cache period, so that the
    /// same cached reply gets the same time.
    pub(in crate::sync) fn observed_at(&self, set: &Set) -> DateTime<Utc> {
        set.last_modified.unwrap_or_else(|| {
            let period = i64::try_from(self.period().as_secs()).unwrap_or(1).max(1);
            let seconds = set.received_at.timestamp();
            DateTime::from_timestamp_secs(seconds - seconds.rem_euclid(period)).unwrap_or(set.received_at)
        })
    }

    /// ESI's expiry. Replies that ESI computes per call last as long as our own cadence.
    pub(in crate::sync) fn expires_at(&self, theirs: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        match (self.dataset.ttl, self.dataset.every) {
            (crate::declare::Ttl::Uncached, Some(every)) => now + TimeDelta::seconds(every.into()),
            _ => theirs,
        }
    }
}
