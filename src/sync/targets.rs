//! Which targets a dataset has: from the configuration, from an id list, from ids that stand in tables.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use crate::config::{RegionRef, Regions};
use crate::dataset::{Each, Ids, List};
use crate::datasets;
use crate::esi::{FetchError, Kind, PageSink, Priority, Reject, SetError, SetRequest, fetch_set};
use crate::rows::id_list;
use crate::store::{Commit, Selection, State, Store, StoreError, Target};

use super::attempt::{Failure, fail, report, succeed};
use super::{Context, Job, Outcome, guard, pairs};

/// The region whose market holds PLEX. It is not in the list of regions.
const PLEX_REGION: i64 = 19_000_001;
/// The dataset whose rows know the regions' names, and whose list knows their ids.
const REGIONS: &str = "universe_regions";

/// A region in the configuration that no region has as its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRegion {
    /// As the operator wrote it.
    pub name: String,
    /// The name it is closest to.
    pub suggestion: Option<String>,
}

/// Region names of the configuration that `universe_regions` does not know; none as long as that table is empty.
///
/// # Errors
/// If the database cannot be read.
pub async fn unknown_regions(store: &Store, regions: &Regions) -> Result<Vec<UnknownRegion>, StoreError> {
    Ok(resolve(store, regions).await?.1)
}

pub(super) async fn resolve(
    store: &Store,
    regions: &Regions,
) -> Result<(Vec<i64>, Vec<UnknownRegion>), StoreError> {
    let refs = match regions {
        Regions::All => {
            let listed = store.targets(REGIONS).await?;
            let mut ids: Vec<i64> = listed.iter().filter_map(|t| t.value().parse().ok()).collect();
            if !ids.is_empty() && !ids.contains(&PLEX_REGION) {
                ids.push(PLEX_REGION);
            }
            return Ok((ids, Vec::new()));
        }
        Regions::List(refs) => refs,
    };
    let mut known: Vec<(String, i64)> = Vec::new();
    if refs.iter().any(|r| matches!(r, RegionRef::Name(_))) {
        for row in store.query("SELECT region_id, name FROM universe_regions ORDER BY name", &[]).await? {
            if let (Some(id), Some(name)) = (row.int("region_id")?, row.text("name")?) {
                known.push((name, id));
            }
        }
    }
    let (mut ids, mut unknown) = (BTreeSet::new(), Vec::new());
    for region in refs {
        match region {
            RegionRef::Id(id) => drop(ids.insert(*id)),
            RegionRef::Name(wanted) => {
                match known.iter().find(|(n, _)| n.to_lowercase() == wanted.to_lowercase()) {
                    Some((_, id)) => drop(ids.insert(*id)),
                    None if known.is_empty() => {}
                    None => unknown
                        .push(UnknownRegion { suggestion: closest(wanted, &known), name: wanted.clone() }),
                }
            }
        }
    }
    Ok((ids.into_iter().collect(), unknown))
}

fn closest(wanted: &str, known: &[(String, i64)]) -> Option<String> {
    let wanted = wanted.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&wanted, &name.to_lowercase());
    let best = known.iter().max_by(|a, b| likeness(&a.0).total_cmp(&likeness(&b.0)))?;
    (likeness(&best.0) > 0.8).then(|| best.0.clone())
}

/// Brings the ledger's targets of a dataset up to date. What it returns is the outcome of asking for an id list;
/// `None` where no request was needed. `by_expiry`: see [`Store::due`].
pub(super) async fn refresh(
    ctx: &Context,
    job: &Job,
    by_expiry: bool,
) -> Result<Option<Outcome>, StoreError> {
    let dataset = job.dataset;
    let now = ctx.clock.now();
    match &dataset.each {
        Each::Once => {
            if ctx.store.target(dataset.name, "").await?.is_none() {
                let once = [String::new()];
                ctx.patiently(|| ctx.store.add(dataset.name, &once, now).boxed()).await?;
            }
        }
        Each::Regions => {
            let Some(regions) = &job.settings.regions else { return Ok(None) };
            let (ids, unknown) = resolve(&ctx.store, regions).await?;
            for region in unknown {
                let hint = region.suggestion.map(|s| format!("; did you mean {s:?}?")).unwrap_or_default();
                warn!(dataset = dataset.name, "no region is called {:?}{hint}", region.name);
            }
            if !ids.is_empty() {
                let wanted: Vec<String> = ids.into_iter().map(|id| job.target_text(id)).collect();
                select(ctx, job, &wanted).await?;
            }
        }
        Each::Listed(list) => {
            let listed = ctx.store.target(dataset.name, "").await?;
            let entry = listed.unwrap_or_else(|| Target::new(dataset.name, String::new(), now));
            let due = match (by_expiry && entry.last_error.is_none(), entry.expires_at) {
                (true, Some(expires_at)) => expires_at <= now,
                (true, None) => true,
                (false, _) => entry.due_at.is_none_or(|due| due <= now),
            };
            if due {
                if let Err(condition) = ctx.client.may_begin(list.path, dataset.ttl).await {
                    return Ok(Some(Outcome::Waiting(condition.reason)));
                }
                let began = Instant::now();
                let outcome = attempt_list(ctx, job, list, entry.clone()).await?;
                report(job, &entry, &outcome, began);
                return Ok(Some(outcome));
            }
        }
        Each::Seen(columns) => {
            let ids = distinct(&ctx.store, columns).await?;
            add_unknown(ctx, job, ids).await?;
        }
        Each::Pairs(pairs) => pairs::refresh(ctx, job, pairs).await?,
        Each::Named { .. } => {
            let ids = distinct(&ctx.store, &named_columns()).await?;
            add_unknown(ctx, job, ids).await?;
        }
    }
    Ok(None)
}

async fn select(ctx: &Context, job: &Job, wanted: &[String]) -> Result<(), StoreError> {
    let known = ctx.store.targets(job.dataset.name).await?;
    let active = |t: &&Target| matches!(t.state, State::Active | State::Shrunk);
    let current: BTreeSet<&str> = known.iter().filter(active).map(|t| t.target.as_str()).collect();
    if current == wanted.iter().map(String::as_str).collect() {
        return Ok(());
    }
    let selection = Selection { dataset: job.dataset.name, wanted, others: State::Deselected };
    let now = ctx.clock.now();
    let added = ctx.patiently(|| ctx.store.select(&selection, now).boxed()).await?;
    info!(dataset = job.dataset.name, selected = wanted.len(), added, "targets selected");
    Ok(())
}

/// All columns whose ids have names in `entity_names`.
fn named_columns() -> Vec<Ids> {
    let mut named = Vec::new();
    for table in datasets::all().flat_map(|d| d.tables) {
        for column in table.columns {
            if let Some((low, high)) = column.named {
                named.push(Ids { table: table.name, column: column.name, low, high });
            }
        }
    }
    named
}

/// The different ids in some columns, each between its bounds.
async fn distinct(store: &Store, columns: &[Ids]) -> Result<BTreeSet<i64>, StoreError> {
    let mut ids = BTreeSet::new();
    for &Ids { table, column, low, high } in columns {
        let sql = format!("SELECT DISTINCT {column} AS id FROM {table} WHERE {column} BETWEEN $1 AND $2");
        for row in store.query(&sql, &[low.into(), high.into()]).await? {
            ids.extend(row.int("id")?);
        }
    }
    Ok(ids)
}

async fn add_unknown(ctx: &Context, job: &Job, mut ids: BTreeSet<i64>) -> Result<(), StoreError> {
    let sql = "SELECT target FROM sync_targets WHERE dataset = $1 AND target <> ''";
    for row in ctx.store.query(sql, &[job.dataset.name.into()]).await? {
        let target = row.text("target")?.unwrap_or_default();
        if let Some(id) = target.split_once('=').and_then(|(_, id)| id.parse().ok()) {
            ids.remove(&id);
        }
    }
    if !ids.is_empty() {
        debug!(dataset = job.dataset.name, ids = ids.len(), "new ids");
        let targets: Vec<String> = ids.into_iter().map(|id| job.target_text(id)).collect();
        let now = ctx.clock.now();
        ctx.patiently(|| ctx.store.add(job.dataset.name, &targets, now).boxed()).await?;
    }
    Ok(())
}

/// Collects the ids of a list, page by page.
#[derive(Default)]
struct ListedIds {
    pages: BTreeMap<u32, Vec<i64>>,
    not_before: Option<DateTime<Utc>>,
}

impl PageSink for ListedIds {
    fn page(&mut self, page: u32, body: Bytes, expires_at: DateTime<Utc>) -> Result<(), Reject> {
        self.not_before = self.not_before.max(Some(expires_at));
        let ids = id_list(&body).map_err(|e| Reject(format!("no list of ids: {e}")))?;
        self.pages.insert(page, ids);
        Ok(())
    }

    fn drop_page(&mut self, page: u32) {
        self.pages.remove(&page);
    }
}

async fn attempt_list(
    ctx: &Context,
    job: &Job,
    list: &List,
    mut entry: Target,
) -> Result<Outcome, StoreError> {
    let etag = entry.etag.clone().filter(|_| entry.pages == Some(1) && job.knows(&entry));
    let request = SetRequest {
        priority: Priority::List,
        ttl: job.dataset.ttl,
        cannot_fail: true,
        group: job.dataset.group,
        etag: etag.as_deref(),
        ..SetRequest::new(list.path, list.path)
    };
    let mut ids = ListedIds::default();
    let set = match fetch_set(&ctx.client, &request, &mut ids).await {
        Ok(set) => set,
        Err(SetError::Fetch(FetchError { kind: Kind::Closed, .. })) => return Ok(Outcome::Cancelled),
        Err(error) => {
            return fail(ctx, job, entry, Failure::of(&error, ids.not_before)).await;
        }
    };
    let now = ctx.clock.now();
    ctx.progress.count(job.dataset.name, |c| c.pages += u64::from(set.pages));
    if set.not_modified {
        succeed(ctx, job, &mut entry, &set).await?;
        ctx.commit(Commit::new(job.dataset, &[entry], now)).await?;
        return Ok(Outcome::Unchanged);
    }
    let ids: BTreeSet<i64> = ids.pages.into_values().flatten().collect();
    let rows = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    entry.expires_at = Some(set.expires_at);
    if let Some(why) = guard::hold(&mut entry, rows, set.last_modified.unwrap_or(set.received_at)) {
        entry.due_at = Some(job.due_at(set.expires_at, now));
        entry.last_attempt_at = Some(now);
        entry.last_error = Some(why.clone());
        entry.etag = None;
        ctx.commit(Commit::new(job.dataset, &[entry], now)).await?;
        return Ok(Outcome::Held(why));
    }
    succeed(ctx, job, &mut entry, &set).await?;
    entry.rows = rows;
    let wanted: Vec<String> = ids.into_iter().map(|id| job.target_text(id)).collect();
    let targets = [entry];
    let selection = Selection { dataset: job.dataset.name, wanted: &wanted, others: State::Retired };
    ctx.commit(Commit { selection: Some(selection), ..Commit::new(job.dataset, &targets, now) }).await?;
    Ok(Outcome::Stored { rows: rows.unsigned_abs(), written: 0 })
}
