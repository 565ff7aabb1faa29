//! Datasets that are read along a cursor.
//!
//! ESI orders the records by last modification, newest last, and sends two opaque tokens with every reply:
//! records after `after` are newer, records before `before` are older. We read the newest reply first and
//! keep its `after`. From then on we ask for new records `after` the stored token, and meanwhile walk the
//! past `before` by `before` until a reply is empty. Each reply's rows are committed together with its
//! tokens, so a restart continues from the last commit.
//!
//! A record may appear twice, because it moves to the end when it is modified. A record read by `after` is
//! newer than the stored one and replaces it. A record read by `before` may be older and does not.
//!
//! Ended records stay visible for a while (`tombstones`). After a longer absence we cannot know which records
//! ended, so we read everything again and mark the records that did not appear as gone. The keys that this
//! second walk has seen are only in memory: if the process ends, the walk begins again, because the ledger
//! still says how long we were away.
//!
//! A token that ESI no longer knows never becomes valid again. Then we read everything again as well; until
//! that is done the ledger says `rereading`, so that a restart knows that stored rows may be old.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use tracing::info;

use crate::declare::{Body, Retention, Source, TargetKey, percent_encoded};
use crate::esi::{FetchError, FetchErrorKind, Meta, Priority, Reply, Request, Set, SetError};
use crate::rows::{Page, Rows};
use crate::store::{Commit, StoreError, Target, TargetState};

use super::doubt::missing;
use super::doubt::shrink_guard;
use super::failure::{AttemptFailure, absent, fail};
use super::outcome::report;
use super::set::succeed;
use crate::sync::{Context, Job, Outcome};

/// Records in one reply: the most that ESI gives.
const LIMIT: u32 = 100;
/// Stands for an unreadable key among the keys of a walk. No real key is empty.
const UNREADABLE: &str = "";
/// In a reply with fewer records than this, a bad record is set aside and does not discredit the reply.
const MANY: usize = 20;

/// The keys that second walks have seen, by target.
#[derive(Debug, Default)]
pub(in crate::sync) struct Rewalks(Mutex<BTreeMap<TargetKey, HashSet<String>>>);

impl Rewalks {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<TargetKey, HashSet<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tokens of a reply.
#[derive(Debug, Default, Deserialize)]
struct Tokens {
    after: Option<String>,
    before: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Head {
    #[serde(default)]
    cursor: Tokens,
}

/// Where a reply lies relative to the stored records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The newest records, whatever is stored.
    Newest,
    After,
    Before,
}

/// Why reading along a cursor ended early.
enum End {
    Fetch(SetError),
    /// ESI does not know the token.
    Unknown(SetError),
    Refused(String),
    Store(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Follow<'a> {
    ctx: &'a Context,
    job: &'a Job,
    entry: Target,
    rows: u64,
    written: u64,
}

/// Makes one attempt at a target and records it: reads all new records, and the part of the past that is not
/// stored yet.
pub(in crate::sync) async fn attempt(ctx: &Context, job: &Job, target: Target) -> Outcome {
    let began = Instant::now();
    let mut follow = Follow { ctx, job, entry: target.clone(), rows: 0, written: 0 };
    let end = match follow.go().await {
        Ok(Some(set)) => follow.finish(&set).await,
        Ok(None) | Err(End::Fetch(SetError::Fetch(FetchError { kind: FetchErrorKind::Closed, .. }))) => {
            Ok(Outcome::Cancelled)
        }
        Err(End::Store(error)) => Err(error),
        Err(End::Refused(why)) => {
            let failure = AttemptFailure::because(why);
            fail(ctx, job, follow.entry, failure).await
        }
        Err(End::Fetch(error) | End::Unknown(error)) => {
            match absent(ctx, job, follow.entry.clone(), &error).await {
                Ok(None) => fail(ctx, job, follow.entry, AttemptFailure::of(&error, None)).await,
                Ok(Some(outcome)) => Ok(outcome),
                Err(error) => Err(error),
            }
        }
    };
    let outcome = end.unwrap_or_else(|error| match error {
        _ if ctx.stop.is_cancelled() => Outcome::Cancelled,
        error => Outcome::Unrecorded(error.to_string()),
    });
    report(job, &target, &outcome, began);
    outcome
}

impl Follow<'_> {
    /// Reads until nothing is left to read, from the beginning if need be; `None` if the process must stop
    /// first.
    async fn go(&mut self) -> Result<Option<Set>, End> {
        match self.read().await {
            Err(End::Unknown(error)) => {
                let (dataset, target) = (self.job.dataset.name, self.entry.target.as_str());
                info!(dataset, target, %error, "ESI no longer knows the cursor's token; reading everything again");
                self.job.rewalks.lock().insert(self.entry.target.clone(), HashSet::new());
                self.entry.rereading = true;
                (self.entry.cursor, self.entry.walk) = (None, None);
                self.read().await
            }
            other => other,
        }
    }

    async fn read(&mut self) -> Result<Option<Set>, End> {
        let mut newest = None;
        if self.entry.cursor.is_none() || self.must_begin_anew() {
            let (meta, _) = self.step(Way::Newest, None).await?;
            newest = Some(Set::of_one(&meta));
        }
        loop {
            let now = self.ctx.clock.now();
            let expired = newest.as_ref().map_or(self.entry.expires_at, |set: &Set| Some(set.expires_at));
            if expired.is_none_or(|at| at <= now) && self.entry.cursor.is_some() {
                newest = Some(self.catch_up().await?);
            }
            let Some(before) = self.entry.walk.clone() else { break };
            if self.ctx.stop.is_cancelled() {
                return Ok(None);
            }
            self.step(Way::Before, Some(before)).await?;
        }
        Ok(newest.or_else(|| self.unexpired()))
    }

    /// Asks for new records until a reply has none.
    async fn catch_up(&mut self) -> Result<Set, End> {
        loop {
            let after = self.entry.cursor.clone();
            let (meta, records) = self.step(Way::After, after.clone()).await?;
            if records == 0 || self.entry.cursor == after {
                return Ok(Set::of_one(&meta));
            }
        }
    }

    /// The newest reply's facts from the ledger, if it has not expired yet.
    fn unexpired(&self) -> Option<Set> {
        let expires_at = self.entry.expires_at?;
        let received_at = self.ctx.clock.now();
        Some(Set {
            last_modified: self.entry.last_modified,
            received_at,
            expires_at,
            etag: None,
            kept: BTreeSet::new(),
            etags: BTreeMap::new(),
            pages: 1,
            requests: 0,
            not_modified: true,
            request_id: None,
            clock_skew: None,
        })
    }

    /// Whether the stored records can no longer be brought up to date along the cursor.
    fn must_begin_anew(&self) -> bool {
        let away = self.entry.last_success_at.map_or(TimeDelta::zero(), |at| self.ctx.clock.now() - at);
        let too_long = self.job.dataset.tombstones.is_some_and(|t| away > TimeDelta::seconds(t.into()));
        // The fingerprint is stored only when the first walk is done.
        let is_first = self.entry.fingerprint.is_none() && self.entry.last_success_at.is_none();
        let is_current = is_first || self.job.knows(&self.entry);
        if !too_long && is_current && !self.entry.rereading {
            return false;
        }
        let mut rewalks = self.job.rewalks.lock();
        let begins = !rewalks.contains_key(&self.entry.target);
        if begins {
            info!(
                dataset = self.job.dataset.name,
                target = %self.entry.target,
                days = away.num_days(),
                "reading everything again: the cursor is too old or unknown, or the program reads more than before"
            );
            rewalks.insert(self.entry.target.clone(), HashSet::new());
        }
        begins
    }

    /// Asks for one reply, decodes it, and commits it with its tokens.
    async fn step(&mut self, way: Way, token: Option<String>) -> Result<(Meta, usize), End> {
        let (meta, body) = self.ask(way, token.as_deref()).await?;
        let unreadable = |error: serde_json::Error| End::Refused(format!("unreadable: {error}"));
        let Head { cursor } = serde_json::from_slice(&body).map_err(unreadable)?;
        let (body, keys, seen) = self.without_seen(way, body).map_err(unreadable)?;
        let page = self.job.decoder.page(&body).map_err(unreadable)?;
        if page.records >= MANY && shrink_guard::unreadable(page.records, page.rejects.len()) {
            let first = page.rejects.first().map(|r| r.reason.as_str()).unwrap_or_default();
            let (bad, all) = (page.rejects.len(), page.records);
            return Err(End::Refused(format!("{bad} of {all} records unreadable: {first}")));
        }
        let version = meta.last_modified.unwrap_or(meta.received_at);
        if let Some(why) = missing::hold(self.ctx, self.job, &mut self.entry, &page, version).await? {
            return Err(End::Refused(why));
        }
        let records = page.records + seen;
        if records >= LIMIT as usize && cursor.after.is_none() && cursor.before.is_none() {
            return Err(End::Refused("the reply is full but lacks the tokens for the next one".to_owned()));
        }
        self.advance(way, token.as_deref(), cursor, records);
        self.commit(way, &meta, page).await?;
        if let Some(seen) = self.job.rewalks.lock().get_mut(&self.entry.target) {
            seen.extend(keys);
        }
        Ok((meta, records))
    }

    async fn ask(&self, way: Way, token: Option<&str>) -> Result<(Meta, Bytes), End> {
        let path = self.job.path(&self.entry);
        let joint = if path.contains('?') { '&' } else { '?' };
        let place = match (way, token) {
            (Way::After, Some(token)) => format!("&after={}", percent_encoded(token)),
            (Way::Before, Some(token)) => format!("&before={}", percent_encoded(token)),
            _ => String::new(),
        };
        let request = Request {
            group: self.job.dataset.group,
            priority: if way == Way::Before { Priority::Detail } else { self.job.priority() },
            ttl: self.job.dataset.ttl,
            cannot_fail: self.job.cannot_fail(),
            ..Request::get(self.job.dataset.path, format!("{path}{joint}limit={LIMIT}{place}"))
        };
        match self.ctx.client.fetch(&request).await {
            Ok(Reply::Body(meta, body)) => Ok((meta, body)),
            Ok(Reply::NotModified(_)) => Err(End::Refused("304 although we sent no validator".to_owned())),
            Err(error) if error.kind == FetchErrorKind::Rejected && token.is_some() => {
                Err(End::Unknown(error.into()))
            }
            Err(error) => Err(End::Fetch(error.into())),
        }
    }

    /// Updates the ledger's tokens. A missing token means that nothing lies there; the stored token stays
    /// valid.
    fn advance(&mut self, way: Way, token: Option<&str>, found: Tokens, records: usize) {
        if way != Way::Before && records > 0 && found.after.is_some() {
            self.entry.cursor = found.after;
        }
        if way != Way::After {
            self.entry.walk = found.before.filter(|before| records > 0 && Some(before.as_str()) != token);
        }
    }

    /// Records that a second walk has already seen are newer than those read by `before`. Returns the reply
    /// without them, the keys that are new to the walk, and how many records were left out.
    fn without_seen(&self, way: Way, body: Bytes) -> Result<(Bytes, Vec<String>, usize), serde_json::Error> {
        let rewalks = self.job.rewalks.lock();
        let (Some(seen), Body::Envelope(list)) = (rewalks.get(&self.entry.target), self.job.dataset.body)
        else {
            return Ok((body, Vec::new(), 0));
        };
        let key = self.job.key_field();
        let mut keys = Vec::new();
        let mut reply: Value = serde_json::from_slice(&body)?;
        let Some(records) = reply[list].as_array_mut() else { return Ok((body, keys, 0)) };
        let before = records.len();
        records.retain(|record| {
            let text = match &record[key] {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => {
                    keys.push(UNREADABLE.to_owned());
                    return true;
                }
            };
            let is_new = !seen.contains(&text);
            if is_new {
                keys.push(text);
            }
            is_new || way != Way::Before
        });
        let seen = before - records.len();
        Ok((if seen == 0 { body } else { serde_json::to_vec(&reply)?.into() }, keys, seen))
    }

    async fn commit(&mut self, way: Way, meta: &Meta, page: Page) -> Result<(), StoreError> {
        let (ctx, job) = (self.ctx, self.job);
        let now = ctx.clock.now();
        let mut rows = Rows::default();
        let rejects = (!page.rejects.is_empty()).then(|| page.rejects.clone());
        self.entry.drift = i64::try_from(page.drift.count()).unwrap_or(i64::MAX);
        self.entry.last_attempt_at = Some(now);
        if way != Way::Before {
            self.entry.expires_at = Some(meta.expires_at);
            self.entry.last_modified = meta.last_modified;
        }
        rows.put(1, page);
        let observed = meta.last_modified.unwrap_or(meta.received_at);
        let entry = [self.entry.clone()];
        let page = rows.finish(job.dataset.tables, &entry[0].target, observed.timestamp());
        let first_walk = way == Way::Before && !job.rewalks.lock().contains_key(&entry[0].target);
        let commit = Commit {
            retention: Some(if first_walk { Retention::Append } else { Retention::Upsert }),
            batches: Some(&page.batches),
            rejects: rejects.as_deref(),
            ..Commit::new(job.dataset, &entry, now)
        };
        let written = ctx.commit(commit).await?.total();
        let records = u64::try_from(page.records).unwrap_or(u64::MAX);
        self.rows += records;
        self.written += written;
        ctx.progress.count(job.dataset.name, |c| {
            c.pages += 1;
            c.rows += records;
            c.written += written;
        });
        Ok(())
    }

    /// Everything has been read: notes that in the ledger, and marks the rows that a second walk did not see.
    async fn finish(mut self, set: &Set) -> Result<Outcome, StoreError> {
        let (ctx, job) = (self.ctx, self.job);
        let dataset = job.dataset;
        let last_seen = self.entry.last_success_at;
        if self.entry.state == TargetState::Shrunk {
            (self.entry.state, self.entry.quarantined_version) = (TargetState::Active, None);
        }
        succeed(ctx, job, &mut self.entry, set).await?;
        self.entry.etag = None;
        let seen = job.rewalks.lock().remove(&self.entry.target);
        // A record with an unreadable key may be any row that the walk has not seen, so no row is marked.
        let seen = seen.filter(|seen| !seen.contains(UNREADABLE));
        if let (Some(seen), Some(last_seen)) = (seen, last_seen.filter(|_| dataset.tombstones.is_some())) {
            let gone = ctx.store.mark_absent(dataset, &self.entry.target, &seen, last_seen).await?;
            info!(dataset = dataset.name, seen = seen.len(), gone, "read everything again");
            self.written += gone;
        }
        if self.written > 0 || self.entry.rows == 0 {
            self.entry.rows = ctx.store.count_rows(dataset, &self.entry.target).await?;
        }
        ctx.commit(Commit::new(dataset, &[self.entry], ctx.clock.now())).await?;
        if self.rows == 0 {
            return Ok(Outcome::Unchanged);
        }
        Ok(Outcome::Stored { rows: self.rows, written: self.written })
    }
}

impl Job {
    /// The field that holds a record's id: the first key column that is not a parameter of the target.
    fn key_field(&self) -> &'static str {
        let is_parameter = |name: &str| self.dataset.path_params().any(|parameter| parameter == name);
        let main = self.dataset.tables.first();
        let id = main.and_then(|t| {
            let name = t.key.iter().find(|name| !is_parameter(name))?;
            t.columns.iter().find(|c| c.name == *name)
        });
        match id.map(|c| c.source) {
            Some(Source::Field(field)) => field,
            _ => "id",
        }
    }
}
