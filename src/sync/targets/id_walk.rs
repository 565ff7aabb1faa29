//! Id lists that are walked backwards, newest first, and never arrive whole.
//!
//! The walk asks for two things. Whenever the list expires, it asks for the *newest* ids, from the newest
//! back to one that is known. These are committed together, because a part of them would hide the missing ids
//! before it. If the operator wants it, it also asks for the *past*, from the oldest known id back until
//! nothing new appears. The past may take hours, so the ledger stores its progress with its ids, and a
//! restart continues there. It is documented nowhere whether a reply includes the parameter's own id; both
//! parts work either way.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::declare::{IdList, TargetKey};
use crate::esi::{FetchError, FetchErrorKind, Priority, Reply, Request, Set, SetError};
use crate::rows::id_list;
use crate::store::{Commit, Due, StoreError, Target};

use crate::sync::attempt::failure::{AttemptFailure, fail};
use crate::sync::attempt::outcome::report;
use crate::sync::attempt::set::succeed;
use crate::sync::{Context, Job, Outcome};

/// Steps back into the past that one attempt makes.
const STEPS: usize = 20;

/// A list that is walked by way of a parameter.
struct Walk<'a> {
    ctx: &'a Context,
    job: &'a Job,
    list: &'a IdList,
    param: &'a str,
    known: BTreeSet<i64>,
    entry: Target,
    added: u64,
    /// When the replies of a failed walk expire.
    not_before: Option<DateTime<Utc>>,
}

/// One reply of the walk.
struct Stride {
    ids: Vec<i64>,
    new: Vec<i64>,
    set: Set,
}

/// Asks for the newest ids if the list is due, and for more of its past if that is wanted.
pub(in crate::sync) async fn refresh(
    ctx: &Context,
    job: &Job,
    list: &IdList,
    param: &str,
    due: Due,
) -> Result<Option<Outcome>, StoreError> {
    let (began, now) = (Instant::now(), ctx.clock.now());
    let listed = ctx.store.target(job.dataset.name, "").await?;
    let entry = listed.unwrap_or_else(|| Target::list(job.dataset.name, now));
    let cooling = entry.last_error.is_some() && ctx.rests(&entry, due, now);
    let expired = entry.expires_at.is_none_or(|at| at <= now);
    let newest = expired && due.has_come(entry.expires_at, entry.due_at, now);
    let past = job.settings.backfill && !entry.walk_ended;
    if cooling || !(newest || past) {
        return Ok(None);
    }
    if let Err(condition) = ctx.client.may_begin(list.path, job.dataset.ttl).await {
        return Ok(Some(Outcome::Waiting(condition.reason)));
    }
    ctx.until_writable().await?;
    let targets = ctx.store.targets(job.dataset.name).await?;
    let known = targets.iter().filter_map(|t| t.target.last().parse().ok()).collect();
    let mut walk = Walk { ctx, job, list, param, known, entry: entry.clone(), added: 0, not_before: None };
    let mut walked = Ok(());
    if newest {
        walked = walk.newest().await?;
    }
    if walked.is_ok() && past {
        walked = walk.past().await?;
    }
    let outcome = match walked {
        Ok(()) => Outcome::Stored { rows: walk.added, written: 0 },
        Err(SetError::Fetch(FetchError { kind: FetchErrorKind::Closed, .. })) => Outcome::Cancelled,
        Err(error) => {
            let failure = AttemptFailure::of_route(&error, walk.not_before, &walk.entry, ctx.clock.now());
            fail(ctx, job, walk.entry, failure).await?
        }
    };
    report(job, &entry, &outcome, began);
    Ok(Some(outcome))
}

impl Walk<'_> {
    /// Reads from the newest id back to a known one; the first time, one reply only.
    async fn newest(&mut self) -> Result<Result<(), SetError>, StoreError> {
        let first_time = self.known.is_empty();
        let mut new = Vec::new();
        let mut stride = match self.step(None).await {
            Ok(stride) => stride,
            Err(error) => return Ok(Err(error)),
        };
        let set = stride.set;
        loop {
            let meets = stride.new.len() < stride.ids.len();
            let below = stride.ids.iter().min().copied();
            let is_end = stride.new.is_empty();
            self.known.extend(&stride.new);
            new.append(&mut stride.new);
            if first_time || meets || is_end {
                break;
            }
            stride = match self.step(below).await {
                Ok(stride) => stride,
                Err(error) => {
                    // The ids are dropped here; they are asked for again, with the rest, after this expiry.
                    self.not_before = Some(set.expires_at);
                    return Ok(Err(error));
                }
            };
        }
        succeed(self.ctx, self.job, &mut self.entry, &set).await?;
        self.keep(&new).await?;
        Ok(Ok(()))
    }

    /// Reads from the oldest id back, until nothing new appears.
    async fn past(&mut self) -> Result<Result<(), SetError>, StoreError> {
        for _ in 0..STEPS {
            if self.ctx.stop.is_cancelled() {
                break;
            }
            let reached = self.entry.walk.as_deref().and_then(|id| id.parse().ok());
            let Some(below) = reached.or(self.known.first().copied()) else { break };
            let stride = match self.step(Some(below)).await {
                Ok(stride) => stride,
                Err(error) => return Ok(Err(error)),
            };
            self.known.extend(&stride.new);
            let smallest = stride.ids.iter().min().filter(|_| !stride.new.is_empty());
            let unfinished = smallest.is_some();
            self.entry.walk = smallest.map(ToString::to_string).or(self.entry.walk.take());
            self.entry.walk_ended = !unfinished;
            if unfinished {
                // The rest of the past is asked for at once, even if the newest part is not due.
                self.entry.due_at = Some(self.ctx.clock.now());
            } else {
                self.entry.due_at = self.entry.expires_at.map(|at| self.job.due_at(at, self.ctx.clock.now()));
            }
            (self.entry.failures, self.entry.last_error) = (0, None);
            self.keep(&stride.new).await?;
            if !unfinished {
                break;
            }
        }
        Ok(Ok(()))
    }

    async fn step(&self, below: Option<i64>) -> Result<Stride, SetError> {
        let query = below.map(|id| format!("?{}={id}", self.param)).unwrap_or_default();
        let path = format!("{}{query}", self.list.path);
        let request = Request {
            group: self.job.dataset.group,
            priority: if below.is_some() { Priority::Detail } else { Priority::List },
            ttl: self.job.dataset.ttl,
            cannot_fail: true,
            ..Request::get(self.list.path, path.clone())
        };
        let unreadable = |reason: String| SetError::Rejected { path: path.clone(), page: 1, reason };
        let (meta, body) = match self.ctx.client.fetch(&request).await? {
            Reply::Body(meta, body) => (meta, body),
            Reply::NotModified(_) => {
                return Err(unreadable("304 although we sent no validator".to_owned()));
            }
        };
        let ids = id_list(&body).map_err(|e| unreadable(format!("not a list of ids: {e}")))?;
        self.ctx.progress.count(self.job.dataset.name, |c| c.pages += 1);
        let new = ids.iter().copied().filter(|id| !self.known.contains(id)).collect();
        Ok(Stride { ids, new, set: Set { etag: None, ..Set::of_one(&meta) } })
    }

    /// Commits the new ids together with the progress of the walk.
    async fn keep(&mut self, new: &[i64]) -> Result<(), StoreError> {
        self.added += new.len() as u64;
        self.entry.rows = i64::try_from(self.known.len()).unwrap_or(i64::MAX);
        let added: Vec<TargetKey> = new.iter().map(|id| self.job.target_of(&[id.to_string()])).collect();
        let entry = [self.entry.clone()];
        let commit = Commit::new(self.job.dataset, &entry, self.ctx.clock.now());
        self.ctx.commit(Commit { added: &added, ..commit }).await?;
        Ok(())
    }
}
