//! One pass: works off everything that has expired, in the order of dependencies, and ends.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;

use crate::config::{RegionRef, Regions};
use crate::datasets;
use crate::datasets::well_known::{NAMES, REGIONS};
use crate::declare::{Class, Dataset, TableIds, Targets};
use crate::store::{Due, StoreError};

use super::adoption::adopt;
use super::clock_rewind;
use super::driver::{Turn, turn};
use crate::sync::{Context, Job, targets};

/// Datasets that are worked on at the same time.
const AT_ONCE: usize = 8;
/// Depths of datasets that feed each other.
const LAYERS: usize = 4;
/// The pass repeats while new targets appear, at most this many times.
const ROUNDS: usize = 20;

/// A dataset in a pass.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The dataset.
    pub job: Arc<Job>,
    /// Whether the details of a backfill are wanted too; otherwise only its id list is read.
    pub details: bool,
    /// Whether the operator named it: then our own rests after failures do not count.
    pub named: bool,
}

/// Works until no selected target is left that had expired at the beginning or has become known since. The
/// result is per dataset, in the order of the jobs.
///
/// # Errors
/// If the database cannot be read or written.
pub async fn pass(ctx: &Context, plan: &[Planned]) -> Result<Vec<(&'static Dataset, Turn)>, StoreError> {
    let jobs: Vec<Arc<Job>> = plan.iter().map(|planned| Arc::clone(&planned.job)).collect();
    adopt(ctx, &jobs).await?;
    let by = ctx.clock.now();
    let mut totals: Vec<(&'static Dataset, Turn)> =
        plan.iter().map(|p| (p.job.dataset, Turn::default())).collect();
    for _ in 0..ROUNDS {
        let (mut attempts, mut failed, mut unrecorded) = (0, 0, 0);
        for layer in layers(plan) {
            let mut running = futures_util::stream::iter(layer)
                .map(|at| async move { (at, one(ctx, &plan[at], by).await) })
                .buffer_unordered(AT_ONCE);
            while let Some((at, done)) = running.next().await {
                let done = done?;
                attempts += done.attempts;
                failed += done.failed;
                totals[at].1.attempts += done.attempts;
                totals[at].1.failed += done.failed;
                totals[at].1.held += done.held;
                unrecorded += done.unrecorded;
            }
        }
        // If every attempt failed, no new target has become known.
        if failed >= attempts || unrecorded > 0 || ctx.stop.is_cancelled() {
            break;
        }
    }
    Ok(totals)
}

async fn one(ctx: &Context, planned: &Planned, by: DateTime<Utc>) -> Result<Turn, StoreError> {
    let job = &planned.job;
    let due = if planned.named { Due::Named { by } } else { Due::Expired { by } };
    if planned.details || job.dataset.class == Class::Live {
        return turn(ctx, job, due).await;
    }
    clock_rewind::follow(ctx, job).await?;
    let mut turn = Turn::default();
    if let Some(outcome) = targets::refresh(ctx, job, due).await? {
        turn.note(ctx, job, &outcome);
    }
    Ok(turn)
}

/// The jobs by depth: a job comes after the jobs that fill the tables its targets come from.
fn layers(plan: &[Planned]) -> Vec<Vec<usize>> {
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); LAYERS];
    for (at, planned) in plan.iter().enumerate() {
        layers[depth(&planned.job)].push(at);
    }
    layers
}

fn depth(job: &Job) -> usize {
    match &job.dataset.targets {
        Targets::Regions(_) if job.settings.regions.as_ref().is_some_and(needs_region_names) => 1,
        Targets::Once | Targets::Listed(_) | Targets::Regions(_) => 0,
        Targets::FromTables(seen) | Targets::Batched { ids: seen, .. } if is_fed_by_names(seen) => 3,
        Targets::FromTables(_) | Targets::Batched { .. } | Targets::Pairs(_) => 1,
        Targets::Named { .. } => 2,
    }
}

/// Whether the dataset takes its ids from the table of names, which knows the kind of every id.
fn is_fed_by_names(seen: &TableIds) -> bool {
    seen.ids.iter().any(|ids| ids.table == NAMES)
}

fn needs_region_names(regions: &Regions) -> bool {
    match regions {
        Regions::All => true,
        Regions::List(refs) => refs.iter().any(|r| matches!(r, RegionRef::Name(_))),
    }
}

/// The datasets that must have been synced before the targets of `dataset` are known. Each is added only if
/// it was never synced.
#[must_use]
pub fn sources(dataset: &Dataset, regions: Option<&Regions>) -> Vec<&'static Dataset> {
    let tables: BTreeSet<&str> = match &dataset.targets {
        Targets::FromTables(seen) | Targets::Batched { ids: seen, .. } => {
            seen.ids.iter().map(|ids| ids.table).filter(|table| *table != NAMES).collect()
        }
        Targets::Pairs(pairs) => BTreeSet::from([pairs.orders]),
        Targets::Regions(_) if regions.is_some_and(needs_region_names) => BTreeSet::from([REGIONS]),
        _ => BTreeSet::new(),
    };
    tables.into_iter().filter_map(datasets::filling).map(|(dataset, _)| dataset).collect()
}
