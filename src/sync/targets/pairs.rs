//! Pairs of region and type: selects those of a million possible ones that are worth a request a day.
//!
//! A pair is worth a request if somebody trades it, and the open orders show that. The pairs with most orders
//! come first. A chosen pair stays chosen, so that its history has no holes. A new pair gets a rank, and the
//! ledger returns pairs that were never asked in order of rank: the first fill, which may take days, begins
//! with the busiest pairs, and a restart continues there.

use std::collections::BTreeSet;

use futures_util::FutureExt as _;
use tracing::info;

use crate::declare::{Choice, Pairs, TargetKey};
use crate::store::{Selection, Store, StoreError, Target, TargetState};

use super::resolve;
use crate::sync::{Context, Job};

/// Updates the ledger's pairs from the configuration and the open orders.
pub(in crate::sync) async fn refresh(ctx: &Context, job: &Job, pairs: &Pairs) -> Result<(), StoreError> {
    let Some(regions) = &job.settings.regions else { return Ok(()) };
    let known = ctx.store.targets(job.dataset.name).await?;
    let current = known.iter().filter(|t| is_current(t)).count();
    let most = most(job, pairs);
    let (regions, _) = resolve(&ctx.store, regions, Choice::Market).await?;
    let mut wanted: BTreeSet<TargetKey> = keep(known, &regions, most).into_iter().collect();
    let ranked = ranked(ctx, pairs, &regions, most).await?;
    let mut fresh: Vec<TargetKey> = Vec::new();
    for pair in ranked {
        if wanted.len() >= most {
            break;
        }
        if wanted.insert(pair.clone()) {
            fresh.push(pair);
        }
    }
    if fresh.is_empty() && current == wanted.len() {
        return Ok(());
    }
    let wanted: Vec<TargetKey> = wanted.into_iter().collect();
    let selection = Selection { dataset: job.dataset.name, wanted: &wanted, others: TargetState::Deselected };
    let now = ctx.clock.now();
    ctx.patiently(|| ctx.store.add_ranked(job.dataset.name, &fresh, now).boxed()).await?;
    ctx.patiently(|| ctx.store.select(&selection, now).boxed()).await?;
    info!(dataset = job.dataset.name, pairs = wanted.len(), new = fresh.len(), "pairs chosen by open orders");
    Ok(())
}

/// The pairs that these regions still select.
pub(in crate::sync) async fn kept(
    store: &Store,
    job: &Job,
    pairs: &Pairs,
    regions: &[i64],
) -> Result<Vec<TargetKey>, StoreError> {
    Ok(keep(store.targets(job.dataset.name).await?, regions, most(job, pairs)))
}

fn most(job: &Job, pairs: &Pairs) -> usize {
    usize::try_from(job.settings.max_pairs.unwrap_or(pairs.most)).unwrap_or(usize::MAX)
}

fn is_current(target: &Target) -> bool {
    matches!(target.state, TargetState::Active | TargetState::Shrunk)
}

/// The known pairs that stay chosen; if there are too many, those with a history.
fn keep(mut known: Vec<Target>, regions: &[i64], most: usize) -> Vec<TargetKey> {
    let selected = |t: &Target| {
        t.target.get("region_id").and_then(|id| id.parse().ok()).is_some_and(|id: i64| regions.contains(&id))
    };
    known.retain(|t| is_current(t) && selected(t));
    known.sort_by_key(|t| (t.last_success_at.is_none(), t.rank, t.due_at));
    known.truncate(most);
    known.into_iter().map(|target| target.target).collect()
}

async fn ranked(
    ctx: &Context,
    pairs: &Pairs,
    regions: &[i64],
    most: usize,
) -> Result<Vec<TargetKey>, StoreError> {
    if regions.is_empty() {
        return Ok(Vec::new());
    }
    let list = regions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT region_id, type_id, COUNT(*) AS n FROM {} WHERE region_id IN ({list}) AND type_id IS NOT NULL \
         GROUP BY region_id, type_id ORDER BY n DESC, region_id, type_id LIMIT $1",
        ctx.store.qualified(pairs.orders)
    );
    let rows = ctx.store.query(&sql, &[i64::try_from(most).unwrap_or(i64::MAX).into()]).await?;
    let pair = |row: &crate::store::Row| {
        let (region, ty) = (row.int("region_id")?.unwrap_or(0), row.int("type_id")?.unwrap_or(0));
        Ok(TargetKey::new([("region_id", region.to_string()), ("type_id", ty.to_string())]))
    };
    rows.iter().map(pair).collect()
}
