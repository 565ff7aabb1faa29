//! Which targets a dataset has: from the configuration, from an id list, or from ids in tables.

pub(super) mod id_list;
pub(super) mod id_walk;
pub(super) mod pairs;
pub(super) mod table_ids;

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use tracing::warn;

use crate::config::{Ids, RegionRef, Regions};
use crate::datasets::well_known::REGIONS;
use crate::declare::{Choice, IdList, Pages, TargetKey, Targets};
use crate::store::{Due, Selection, Store, StoreError, TargetState};
use crate::suggest;

use super::{Context, Job, Outcome};

/// The region whose market holds PLEX. It is not in the list of regions.
const PLEX_REGION: i64 = 19_000_001;

/// A region in the configuration whose name does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRegion {
    /// As the operator wrote it.
    pub name: String,
    /// The name it is closest to.
    pub suggestion: Option<String>,
}

impl fmt::Display for UnknownRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no region is called {:?}", self.name)?;
        self.suggestion.as_ref().map_or(Ok(()), |name| write!(f, "; did you mean {name:?}?"))
    }
}

/// Region names of the configuration that `universe_regions` does not have; empty while that table is empty.
///
/// # Errors
/// If the database cannot be read.
pub async fn unknown_regions(store: &Store, regions: &Regions) -> Result<Vec<UnknownRegion>, StoreError> {
    Ok(resolve(store, regions, Choice::Market).await?.1)
}

pub(super) async fn resolve(
    store: &Store,
    regions: &Regions,
    choice: Choice,
) -> Result<(Vec<i64>, Vec<UnknownRegion>), StoreError> {
    let refs = match regions {
        Regions::All => {
            let listed = store.targets(REGIONS).await?;
            let mut ids: Vec<i64> = listed.iter().filter_map(|t| t.target.last().parse().ok()).collect();
            if choice == Choice::Market && !ids.is_empty() && !ids.contains(&PLEX_REGION) {
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
    let lower: Vec<String> = known.iter().map(|(name, _)| name.to_lowercase()).collect();
    let best = suggest::alike(&wanted.to_lowercase(), &lower.iter().map(String::as_str).collect::<Vec<_>>())?;
    known.iter().zip(&lower).find(|(_, lower)| *lower == best).map(|((name, _), _)| name.clone())
}

/// A target for each of these regions.
fn of_regions(job: &Job, ids: &[i64]) -> Vec<TargetKey> {
    ids.iter().map(|id| job.target_of(&[id.to_string()])).collect()
}

/// Which targets of a dataset the configuration selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// All targets.
    All,
    /// Only these.
    These(Vec<TargetKey>),
    /// Cannot be determined, for this reason: the name of a configured region is not known.
    Unknown(String),
}

/// The targets that the configuration selects, as far as the database has the names in it.
///
/// # Errors
/// If the database cannot be read.
pub async fn selected(store: &Store, job: &Job) -> Result<Selected, StoreError> {
    let Some(regions) = &job.settings.regions else { return Ok(Selected::All) };
    let choice = match &job.dataset.targets {
        Targets::Regions(choice) => *choice,
        Targets::Pairs(_) => Choice::Market,
        _ => return Ok(Selected::All),
    };
    let (ids, unknown) = resolve(store, regions, choice).await?;
    if let Some(region) = unknown.first() {
        return Ok(Selected::Unknown(region.to_string()));
    }
    let is_named = |regions: &[RegionRef]| regions.iter().any(|r| matches!(r, RegionRef::Name(_)));
    let any_name = "SELECT name FROM universe_regions LIMIT 1";
    match regions {
        Regions::List(list) if is_named(list) && store.query(any_name, &[]).await?.is_empty() => {
            return Ok(Selected::Unknown("the regions' names are not known yet".to_owned()));
        }
        _ if ids.is_empty() => return Ok(Selected::All),
        _ => {}
    }
    Ok(Selected::These(match &job.dataset.targets {
        Targets::Pairs(pairs) => pairs::kept(store, job, pairs, &ids).await?,
        _ => of_regions(job, &ids),
    }))
}

/// Marks the targets that the configuration no longer selects, without the daemon. If a configured region's
/// name is not known, the deselected targets cannot be determined: none is marked, and the reason is
/// returned.
///
/// # Errors
/// If the database cannot be read or written.
pub async fn deselect(store: &Store, job: &Job, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
    let wanted = match selected(store, job).await? {
        Selected::All => return Ok(None),
        Selected::Unknown(why) => return Ok(Some(why)),
        Selected::These(wanted) => wanted,
    };
    let selection = Selection { dataset: job.dataset.name, wanted: &wanted, others: TargetState::Deselected };
    store.select(&selection, now).await?;
    Ok(None)
}

/// Updates the ledger's targets of a dataset. Returns the outcome of asking for an id list, or `None` if no
/// request was needed.
pub(super) async fn refresh(ctx: &Context, job: &Job, due: Due) -> Result<Option<Outcome>, StoreError> {
    let dataset = job.dataset;
    let now = ctx.clock.now();
    match &dataset.targets {
        Targets::Once => {
            if ctx.store.target(dataset.name, "").await?.is_none() {
                let once = [TargetKey::empty()];
                ctx.patiently(|| ctx.store.add(dataset.name, &once, now).boxed()).await?;
            }
        }
        Targets::Regions(choice) => {
            let Some(regions) = &job.settings.regions else { return Ok(None) };
            let (ids, unknown) = resolve(&ctx.store, regions, *choice).await?;
            for region in unknown {
                warn!(dataset = dataset.name, "{region}");
            }
            if !ids.is_empty() {
                let wanted = of_regions(job, &ids);
                table_ids::select(ctx, job, &wanted, TargetState::Deselected).await?;
            }
        }
        Targets::Listed(list) => return listed(ctx, job, list, due).await,
        Targets::FromTables(from) | Targets::Batched { ids: from, .. } => {
            let all = job.settings.ids == Ids::All;
            let outcome = match &from.list {
                Some(list) if all => listed(ctx, job, list, due).await?,
                _ => None,
            };
            table_ids::refresh(ctx, job, from, due == Due::ByCadence).await?;
            return Ok(outcome);
        }
        Targets::Pairs(pairs) => pairs::refresh(ctx, job, pairs).await?,
        Targets::Named { .. } => table_ids::refresh_named(ctx, job, due == Due::ByCadence).await?,
    }
    Ok(None)
}

/// Asks for an id list, if it is due.
async fn listed(ctx: &Context, job: &Job, list: &IdList, due: Due) -> Result<Option<Outcome>, StoreError> {
    match list.pages {
        Pages::Walk(param) => id_walk::refresh(ctx, job, list, param, due).await,
        _ => id_list::refresh(ctx, job, list, due).await,
    }
}
