//! One task per dataset: it wakes, works off the due targets, and sleeps again.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::Notify;
use tracing::{debug, info, warn};

use crate::declare::{Class, Pages, Targets};
use crate::plan;
use crate::store::{Due, StoreError, Target};

use super::clock_rewind;
use super::game_build::next_daily_expiry;
use crate::sync::attempt::batch::attempt_batches;
use crate::sync::attempt::set::attempt;
use crate::sync::watch::route_status;
use crate::sync::{Context, Job, Outcome, targets};

/// Targets taken from the ledger at a time.
const AT_ONCE: i64 = 1_000;
/// Most page sets of one dataset that are read at the same time, since each has many requests of its own. The
/// same bound holds for targets of a route with a hidden limit, which allows few requests.
const SETS: usize = 4;
/// Most single-reply targets of one dataset in progress at once. The client's slots decide which request goes
/// first.
const SINGLES: usize = 16;
/// How long a driver that is fed by other tables waits for them to settle before it looks again.
const SETTLE: Duration = Duration::from_secs(30);
/// How long a driver waits after it could not read its ledger.
const LEDGER_RETRY: Duration = Duration::from_secs(2);
/// How long a driver waits after the database refused its work, so that it does not repeat requests that it
/// cannot record.
const REFUSED: Duration = Duration::from_mins(1);
/// The longest sleep of a driver, in case nobody wakes it.
const LONGEST_SLEEP: TimeDelta = TimeDelta::seconds(60);
/// How often a driver deletes rows beyond their retention.
const RETENTION_EVERY: TimeDelta = TimeDelta::hours(24);

/// What a driver did between waking and sleeping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Attempts made.
    pub attempts: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Failed attempts that the database did not even record.
    pub unrecorded: u64,
    /// Attempts whose complete set is not believed yet.
    pub held: u64,
}

impl Turn {
    pub(in crate::sync) fn note(&mut self, ctx: &Context, job: &Job, outcome: &Outcome) {
        let unrecorded = u64::from(matches!(outcome, Outcome::Unrecorded(_)));
        let failed = unrecorded + u64::from(matches!(outcome, Outcome::Failed(_) | Outcome::Waiting(_)));
        self.attempts += 1;
        self.failed += failed;
        self.unrecorded += unrecorded;
        self.held += u64::from(matches!(outcome, Outcome::Quarantined(_)));
        ctx.progress.count(job.dataset.name, |c| {
            c.done += 1;
            c.failed += failed;
        });
    }
}

/// Works off everything of a dataset that is due.
///
/// # Errors
/// If the ledger cannot be read or written; failed attempts are not an error.
pub async fn turn(ctx: &Context, job: &Job, due: Due) -> Result<Turn, StoreError> {
    let mut turn = Turn::default();
    ctx.turned();
    clock_rewind::follow(ctx, job).await?;
    if due == Due::ByCadence {
        route_status::skip_what_is_down(ctx, job, ctx.clock.now()).await?;
    }
    if let Some(outcome) = targets::refresh(ctx, job, due).await? {
        turn.note(ctx, job, &outcome);
    }
    skip_unchanged_build(ctx, job).await?;
    let ranked = job.dataset.pairs().is_some();
    while !ctx.stop.is_cancelled() {
        let now = ctx.clock.now();
        if due == Due::ByCadence {
            // Uses the same moment as the next line; otherwise a target that falls due in between would still
            // be asked.
            route_status::skip_what_is_down(ctx, job, now).await?;
        }
        let mut targets = ctx.store.due(job.dataset.name, ranked, due, now, AT_ONCE).await?;
        targets.retain(|target| target.last_error.is_none() || !ctx.rests(target, due, now));
        if targets.is_empty() {
            break;
        }
        let count = targets.len().div_ceil(job.dataset.batch().unwrap_or(1));
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        ctx.progress.count(job.dataset.name, |c| c.targets += count);
        let before = turn;
        if let Some(batch) = job.dataset.batch() {
            for outcome in attempt_batches(ctx, job, targets, batch).await {
                turn.note(ctx, job, &outcome);
            }
        } else {
            let width = match (job.dataset.per_minute, job.dataset.pages) {
                (Some(_), _) | (None, Pages::Numbered | Pages::Cursor) => SETS,
                (None, Pages::One | Pages::Walk(_)) => SINGLES,
            };
            let running = futures_util::stream::iter(targets)
                .take_until(ctx.stop.cancelled())
                .map(|target| in_turn(ctx, job, target, due == Due::ByCadence).boxed())
                .buffer_unordered(width);
            let mut running = std::pin::pin!(running);
            while let Some(outcome) = running.next().await {
                ctx.turned();
                turn.note(ctx, job, &outcome);
            }
        }
        // Targets of unrecorded attempts stay due, so the turn ends here and leaves them for later.
        if turn.unrecorded > 0 || turn.failed - before.failed >= turn.attempts - before.attempts {
            break;
        }
    }
    if turn.attempts > 1 && job.dataset.class == Class::Detail {
        debug!(dataset = job.dataset.name, attempts = turn.attempts, failed = turn.failed, "caught up");
    }
    Ok(turn)
}

/// Makes an attempt if ESI is there. With `spread`, a target of a bucket in heavy use waits for its place in
/// the queue.
async fn in_turn(ctx: &Context, job: &Job, target: Target, spread: bool) -> Outcome {
    if let Some(group) = job.dataset.group.filter(|_| spread) {
        let now = ctx.clock.now();
        let pages = target.pages.and_then(|n| u32::try_from(n).ok()).unwrap_or(job.dataset.size.pages);
        let is_first = target.last_success_at.is_none();
        let start = ctx.spread.place(group.name, f64::from(pages) * plan::PAGE, is_first, now);
        let longest = start - now;
        loop {
            let now = ctx.clock.now();
            // A clock that was set back must not prolong the wait.
            if now >= start || start - now > longest {
                break;
            }
            // A task that waits for its place is alive.
            ctx.turned();
            tokio::select! {
                () = ctx.clock.sleep_until(start.min(now + LONGEST_SLEEP)) => {}
                () = ctx.stop.cancelled() => return Outcome::Cancelled,
            }
        }
    }
    match ctx.client.may_begin(job.dataset.path, job.dataset.ttl).await {
        Ok(()) => attempt(ctx, job, target).await,
        Err(condition) => Outcome::Waiting(condition.reason),
    }
}

/// Skips static content whose build has not changed.
async fn skip_unchanged_build(ctx: &Context, job: &Job) -> Result<(), StoreError> {
    if !job.dataset.with_build {
        return Ok(());
    }
    let Some(version) = ctx.server_version().await? else { return Ok(()) };
    let now = ctx.clock.now();
    let until = next_daily_expiry(now);
    let name = job.dataset.name;
    if ctx.store.expired_of_build(name, &version, now).await? > 0 {
        let store = &ctx.store;
        ctx.patiently(|| store.postpone_unchanged_build(name, &version, now, until).boxed()).await?;
    }
    Ok(())
}

/// A dataset's task: runs until the context's `stop`, then finishes the attempts in progress. While ESI is
/// away it begins nothing and records no failure: the targets stay due.
pub async fn drive(ctx: Arc<Context>, job: Arc<Job>, bell: Arc<Notify>) {
    let fed = !matches!(job.dataset.targets, Targets::Once | Targets::Listed(_));
    let mut changes = ctx.changes.subscribe();
    let mut expired_at = None;
    let mut esi = ctx.client.conditions();
    while !ctx.stop.is_cancelled() {
        if esi.borrow_and_update().stops(job.dataset.path, job.dataset.ttl) {
            tokio::select! {
                _ = esi.changed() => {}
                () = ctx.stop.cancelled() => {}
            }
            continue;
        }
        changes.mark_unchanged();
        let pause = match turn(&ctx, &job, Due::ByCadence).await {
            _ if ctx.stop.is_cancelled() => return,
            Ok(turn) if turn.unrecorded == 0 => None,
            Ok(_) => Some(REFUSED),
            Err(error) => {
                warn!(dataset = job.dataset.name, %error, "cannot read the ledger; trying again");
                Some(if error.is_transient() { LEDGER_RETRY } else { REFUSED })
            }
        };
        if let Some(pause) = pause {
            tokio::select! {
                () = tokio::time::sleep(pause) => continue,
                () = ctx.stop.cancelled() => return,
            }
        }
        expire(&ctx, &job, &mut expired_at).await;
        let now = ctx.clock.now();
        let due = ctx.store.next_due(job.dataset.name).await.ok().flatten();
        let wake = due.map_or(now + LONGEST_SLEEP, |due| due.min(now + LONGEST_SLEEP));
        tokio::select! {
            () = ctx.clock.sleep_until(wake) => {}
            () = bell.notified() => {}
            () = settled(&ctx, &mut changes), if fed => {}
            () = ctx.stop.cancelled() => {}
        }
    }
}

/// Once a day, deletes the rows of a time series that are older than `keep`.
async fn expire(ctx: &Context, job: &Job, last: &mut Option<DateTime<Utc>>) {
    let now = ctx.clock.now();
    let Some(keep) = job.settings.max_age.and_then(|keep| TimeDelta::from_std(keep).ok()) else { return };
    if last.is_some_and(|last| now - last < RETENTION_EVERY) {
        return;
    }
    match ctx.store.expire(job.dataset, now - keep).await {
        Ok(rows) => {
            *last = Some(now);
            if rows > 0 {
                info!(dataset = job.dataset.name, rows, "deleted rows older than `keep`");
            }
        }
        Err(error) => {
            debug!(dataset = job.dataset.name, %error, "cannot delete old rows; trying again later");
        }
    }
}

/// Waits for a change of other tables, and then until they have settled.
async fn settled(ctx: &Context, changes: &mut tokio::sync::watch::Receiver<u64>) {
    if changes.changed().await.is_ok() {
        ctx.clock.sleep(SETTLE).await;
    } else {
        std::future::pending::<()>().await;
    }
}
