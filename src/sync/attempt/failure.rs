//! Failed attempts: what the ledger stores, and when the next attempt may be made.

use chrono::{DateTime, TimeDelta, Utc};

use crate::declare::Class;
use crate::esi::backoff;
use crate::esi::{COMPATIBILITY_DATE, FetchError, FetchErrorKind, SetError};
use crate::rows::Page;
use crate::store::{Commit, PageChanges, StoreError, Target, TargetState};
use crate::sync::{Context, Job, Outcome};

/// How the ledger's error begins for an id that ESI does not know. It is not a failure, neither ours nor ESI's.
pub const ABSENT: &str = "ESI does not know this id";
/// The ledger's error for an id that ESI leaves out of its reply to a batch.
pub const OMITTED: &str = "ESI left this id out of its reply";
/// The first pause of an id that ESI does not know; it doubles up to [`LONGEST_ABSENCE`].
const ABSENCE: TimeDelta = TimeDelta::hours(1);
const LONGEST_ABSENCE: TimeDelta = TimeDelta::days(7);

/// Records that a set could not be read: an id that ESI does not know, or a failure.
pub(in crate::sync) async fn refused(
    ctx: &Context,
    job: &Job,
    entry: Target,
    error: &SetError,
    not_before: Option<DateTime<Utc>>,
) -> Result<Outcome, StoreError> {
    if job.cannot_fail() {
        let failure = AttemptFailure::of_route(error, not_before, &entry, ctx.clock.now());
        return fail(ctx, job, entry, failure).await;
    }
    match absent(ctx, job, entry.clone(), error).await? {
        Some(outcome) => Ok(outcome),
        None => fail(ctx, job, entry, AttemptFailure::of(error, not_before)).await,
    }
}

/// Records that ESI does not know an id, if the error says so. The id then rests for a while, or for good if
/// it was about to leave. Returns `None` for any other error.
pub(in crate::sync) async fn absent(
    ctx: &Context,
    job: &Job,
    mut entry: Target,
    error: &SetError,
) -> Result<Option<Outcome>, StoreError> {
    let SetError::Fetch(FetchError { kind, message, .. }) = error else { return Ok(None) };
    let unknown =
        matches!(kind, FetchErrorKind::NotFound | FetchErrorKind::Rejected | FetchErrorKind::Forbidden);
    if !unknown || job.dataset.class != Class::Detail && entry.state != TargetState::Leaving {
        return Ok(None);
    }
    let now = ctx.clock.now();
    entry.failures += 1;
    entry.last_attempt_at = Some(now);
    entry.last_error = Some(format!("{ABSENT}: {message}"));
    entry.due_at = error.retry_at().max(Some(now + absence(entry.failures)));
    if entry.state == TargetState::Leaving {
        entry.state = TargetState::Retired;
    }
    ctx.commit(Commit::new(job.dataset, &[entry], now)).await?;
    Ok(Some(Outcome::Absent))
}

/// How long an id rests after ESI did not know it `times` times in a row.
pub(in crate::sync) fn absence(times: i64) -> TimeDelta {
    let doublings = u32::try_from(times - 1).unwrap_or(0).min(8);
    (ABSENCE * 2_i32.pow(doublings)).min(LONGEST_ABSENCE)
}

/// Why an attempt failed, and when the next one may be made.
pub(in crate::sync) struct AttemptFailure<'a> {
    /// In words.
    pub why: String,
    /// When to try again, where the policy says so.
    pub retry_at: Option<DateTime<Utc>>,
    /// The latest expiry of the replies that did arrive: none of them may be asked for before.
    pub not_before: Option<DateTime<Utc>>,
    /// A complete set that was not believed; its rejected records are kept for inspection.
    pub page: Option<&'a Page>,
    /// ESI is out of reach or asked for a pause, so nothing was sent or the request was lost. The client has
    /// already logged it. It does not count as a failure of the target.
    pub waiting: bool,
    /// The pages did not agree: validators are dropped, and the next set is read whole.
    pub read_whole: bool,
}

impl AttemptFailure<'_> {
    /// A reply that arrived and is refused; the target's own back-off says when the next may be asked for.
    pub fn because(why: String) -> Self {
        Self { why, retry_at: None, not_before: None, page: None, waiting: false, read_whole: false }
    }

    /// The failure of a set that could not be read.
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

    /// The same for a route without an id of ours. If ESI answers 404, it does not serve the route under our
    /// date. The route is asked again after one, two and four hours, and then daily.
    pub fn of_route(
        error: &SetError,
        not_before: Option<DateTime<Utc>>,
        entry: &Target,
        now: DateTime<Utc>,
    ) -> Self {
        let mut failure = Self::of(error, not_before);
        if matches!(error, SetError::Fetch(FetchError { kind: FetchErrorKind::NotFound, .. })) {
            let why = "this route is not served under compatibility date";
            failure.why = format!("{error}; {why} {COMPATIBILITY_DATE}: look for a newer esi-syncd");
            failure.retry_at = Some(now + absence(entry.failures + 1).min(TimeDelta::days(1)));
        }
        failure
    }
}

/// Records a failure; rows stay as they are.
pub(in crate::sync) async fn fail(
    ctx: &Context,
    job: &Job,
    mut entry: Target,
    failure: AttemptFailure<'_>,
) -> Result<Outcome, StoreError> {
    let now = ctx.clock.now();
    entry.failures += i64::from(!failure.waiting);
    entry.last_attempt_at = Some(now);
    entry.last_error = Some(failure.why.clone());
    let own = now + backoff(u32::try_from(entry.failures).unwrap_or(u32::MAX));
    entry.due_at = failure.not_before.max(Some(failure.retry_at.unwrap_or(own)));
    // Whoever ignores our rest must not ask for those replies before they expire.
    entry.expires_at = entry.expires_at.max(failure.not_before);
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
