//! Id lists: the list operation whose ids become the targets of its detail route.
//!
//! The ledger has a list as an entry of kind `list`, with validators of its own. A list arrives whole, so an id
//! that leaves it takes its target along. (`id_walk` reads lists that never arrive whole.)

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::time::Instant;

use crate::declare::{Gone, IdList, Pages, TargetKey};
use crate::esi::{
    FetchError, FetchErrorKind, PageRefused, PageSink, Priority, SetError, SetRequest, fetch_set,
};
use crate::rows::id_list;
use crate::store::{Commit, Due, Selection, StoreError, Target, TargetState};

use crate::sync::attempt::doubt::doubts::{Doubts, PageShape};
use crate::sync::attempt::doubt::shrink_guard;
use crate::sync::attempt::failure::{AttemptFailure, fail};
use crate::sync::attempt::outcome::report;
use crate::sync::attempt::set::succeed;
use crate::sync::{Context, Job, Outcome};

/// Asks for a dataset's id list if it is due.
pub(in crate::sync) async fn refresh(
    ctx: &Context,
    job: &Job,
    list: &IdList,
    due: Due,
) -> Result<Option<Outcome>, StoreError> {
    let now = ctx.clock.now();
    let listed = ctx.store.target(job.dataset.name, "").await?;
    let entry = listed.unwrap_or_else(|| Target::list(job.dataset.name, now));
    let failed = entry.last_error.is_some();
    let rests = failed && ctx.rests(&entry, due, now);
    let has_come =
        failed && !matches!(due, Due::Named { .. }) || due.has_come(entry.expires_at, entry.due_at, now);
    if rests || !has_come {
        return Ok(None);
    }
    if let Err(condition) = ctx.client.may_begin(list.path, job.dataset.ttl).await {
        return Ok(Some(Outcome::Waiting(condition.reason)));
    }
    let began = Instant::now();
    let outcome = attempt(ctx, job, list, entry.clone()).await?;
    report(job, &entry, &outcome, began);
    Ok(Some(outcome))
}

/// Collects the ids of a list, page by page.
struct ListedIds<'a> {
    job: &'a Job,
    list: &'a IdList,
    pages: BTreeMap<u32, Vec<TargetKey>>,
    not_before: Option<DateTime<Utc>>,
}

impl PageSink for ListedIds<'_> {
    fn page(&mut self, page: u32, body: Bytes, expires_at: DateTime<Utc>) -> Result<(), PageRefused> {
        self.not_before = self.not_before.max(Some(expires_at));
        let ids = ids(self.list, &body).map_err(|why| PageRefused(format!("not a list of ids: {why}")))?;
        self.pages.insert(page, ids.into_iter().map(|id| self.job.target_of(&[id])).collect());
        Ok(())
    }

    fn passed(&mut self, expires_at: DateTime<Utc>) {
        self.not_before = self.not_before.max(Some(expires_at));
    }

    fn records(&self, page: u32) -> Option<usize> {
        self.pages.get(&page).map(Vec::len)
    }

    fn drop_page(&mut self, page: u32) {
        self.pages.remove(&page);
    }
}

/// The ids in a reply.
fn ids(list: &IdList, body: &[u8]) -> Result<Vec<String>, String> {
    let Some((field, id)) = list.field else {
        let ids = id_list(body).map_err(|e| e.to_string())?;
        return Ok(ids.into_iter().map(|id| id.to_string()).collect());
    };
    let reply: Value = serde_json::from_slice(body).map_err(|e| e.to_string())?;
    let records = reply[field].as_array().ok_or_else(|| format!("the field {field} is not a list"))?;
    let text = |record: &Value| match &record[id] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_i64().map(|id| id.to_string()),
        _ => None,
    };
    records.iter().map(|record| text(record).ok_or_else(|| format!("a record has no {id}"))).collect()
}

async fn attempt(ctx: &Context, job: &Job, list: &IdList, mut entry: Target) -> Result<Outcome, StoreError> {
    ctx.until_writable().await?;
    let etag = entry.etag.clone().filter(|_| entry.pages == Some(1) && job.knows(&entry));
    let request = SetRequest {
        priority: Priority::List,
        ttl: job.dataset.ttl,
        cannot_fail: true,
        group: job.dataset.group,
        etag: etag.as_deref(),
        numbered: (list.pages == Pages::Numbered).then(|| entry.stored_size()),
        ..SetRequest::new(list.path, list.path)
    };
    let mut found = ListedIds { job, list, pages: BTreeMap::new(), not_before: None };
    let set = match fetch_set(&ctx.client, &request, &mut found).await {
        Ok(set) => set,
        Err(SetError::Fetch(FetchError { kind: FetchErrorKind::Closed, .. })) => {
            return Ok(Outcome::Cancelled);
        }
        Err(error) => {
            let failure = AttemptFailure::of_route(&error, found.not_before, &entry, ctx.clock.now());
            return fail(ctx, job, entry, failure).await;
        }
    };
    let now = ctx.clock.now();
    ctx.progress.count(job.dataset.name, |c| c.pages += u64::from(set.pages));
    if set.not_modified {
        succeed(ctx, job, &mut entry, &set).await?;
        ctx.commit(Commit::new(job.dataset, &[entry], now)).await?;
        return Ok(Outcome::Unchanged);
    }
    let shapes = page_shapes(&found.pages);
    let wanted: BTreeSet<TargetKey> = found.pages.into_values().flatten().collect();
    let wanted: Vec<TargetKey> = wanted.into_iter().collect();
    let rows = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    entry.expires_at = Some(set.expires_at);
    let mut doubts = shrink_guard::size(&entry, rows);
    doubts.extend(Doubts::of_pages(&shapes));
    if let Some(why) = shrink_guard::hold(&mut entry, &doubts, set.last_modified.unwrap_or(set.received_at)) {
        entry.due_at = Some(job.held_until(set.expires_at, now));
        entry.last_attempt_at = Some(now);
        entry.last_error = Some(why.clone());
        entry.etag = None;
        ctx.commit(Commit::new(job.dataset, &[entry], now)).await?;
        return Ok(Outcome::Quarantined(why));
    }
    succeed(ctx, job, &mut entry, &set).await?;
    entry.rows = rows;
    let targets = [entry];
    let selecting = |others| Some(Selection { dataset: job.dataset.name, wanted: &wanted, others });
    let commit = Commit::new(job.dataset, &targets, now);
    let commit = match list.gone {
        Gone::Stays => Commit { added: &wanted, ..commit },
        Gone::Retires => Commit { selection: selecting(TargetState::Retired), ..commit },
        Gone::LastLook => Commit { selection: selecting(TargetState::Leaving), ..commit },
    };
    ctx.commit(commit).await?;
    Ok(Outcome::Stored { rows: rows.unsigned_abs(), written: 0 })
}

/// The counts of the list's pages. An id that appears twice is repeated.
fn page_shapes(pages: &BTreeMap<u32, Vec<TargetKey>>) -> BTreeMap<u32, PageShape> {
    let mut times: BTreeMap<&TargetKey, usize> = BTreeMap::new();
    for id in pages.values().flatten() {
        *times.entry(id).or_default() += 1;
    }
    let shape = |ids: &Vec<TargetKey>| PageShape {
        records: ids.len(),
        rejects: 0,
        repeated: ids.iter().filter(|id| times[id] > 1).count(),
    };
    pages.iter().map(|(&number, ids)| (number, shape(ids))).collect()
}
