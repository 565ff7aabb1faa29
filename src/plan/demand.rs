//! The demand of a dataset: its targets, requests and rows.

use std::collections::BTreeMap;

use super::PlanInput;
use crate::config::{DatasetSettings, Ids, RegionRef, Regions};
use crate::datasets;
use crate::declare::{Dataset, Pages, Targets};

/// Ids on a page of a paged id list.
const IDS_A_PAGE: f64 = 1000.0;

/// Requests that refresh a cursor target whose past has been read: one for the new records, one to reach the end.
const CURSOR_REQUESTS: f64 = 2.0;

/// The ledger's counts for a dataset. Retired and deselected targets do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerCounts {
    /// Targets, without the id list.
    pub targets: u32,
    /// Targets whose set was read.
    pub read: u32,
    /// Pages of the targets that were read.
    pub pages: u32,
    /// Rows of the main table in the targets that were read.
    pub rows: u32,
    /// Pages of the id list.
    pub list: u32,
    /// The regions that the configuration selects, by id.
    pub regions: Vec<i64>,
    /// Pages and rows of the regions that were read.
    pub sets: BTreeMap<i64, (u32, u32)>,
}

/// The size of a full copy of a dataset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// Targets, without the id list.
    pub targets: f64,
    /// Requests that read each target once.
    pub requests: f64,
    /// Requests that read the list of the targets' ids; 0 without a list.
    pub list: f64,
    /// Rows in all tables; for a time series, rows of one observation.
    pub rows: f64,
}

/// The size of a full copy: by the ledger's counts where it has some, else by the declaration's estimates.
#[must_use]
pub fn demand(dataset: &Dataset, settings: &DatasetSettings, known: &PlanInput) -> Demand {
    let none = LedgerCounts::default();
    let counts = known.counts.get(dataset.name).unwrap_or(&none);
    match (&dataset.targets, &settings.regions) {
        (Targets::Regions(_), Some(regions)) => of_regions(dataset, regions, counts),
        (Targets::Pairs(pairs), Some(regions)) => {
            let most = settings.max_pairs.unwrap_or(pairs.most);
            // Each pair has at least one order, so there are at most as many pairs as orders.
            let orders = datasets::filling(pairs.orders).map(|(orders, _)| {
                of_regions(orders, regions, known.counts.get(orders.name).unwrap_or(&none)).rows
            });
            of_targets(dataset, f64::from(most).min(orders.unwrap_or(f64::INFINITY)), counts)
        }
        (Targets::Once, _) => of_targets(dataset, 1.0, counts),
        (Targets::Listed(_), _) if counts.targets > 0 => of_targets(dataset, counts.targets.into(), counts),
        // Ids that come from other tables: while some targets are unread, more will appear.
        _ if counts.targets > 0 && counts.read >= counts.targets => {
            of_targets(dataset, counts.targets.into(), counts)
        }
        _ => {
            let all = dataset.all_ids.filter(|_| settings.ids == Ids::All);
            of_targets(dataset, counts.targets.max(all.unwrap_or(dataset.size.targets)).into(), counts)
        }
    }
}

fn of_targets(dataset: &Dataset, targets: f64, counts: &LedgerCounts) -> Demand {
    let size = dataset.size;
    let read = f64::from(counts.read.max(1));
    let pages =
        if counts.read > 0 && counts.pages > 0 { f64::from(counts.pages) / read } else { size.pages.into() };
    let is_whole = dataset.tables.len() == 1 && counts.rows > 0 && !dataset.is_series();
    let rows = if is_whole { f64::from(counts.rows) / read } else { size.rows.into() };
    let requests = match (dataset.batch(), dataset.pages) {
        (Some(batch), _) => (targets / f64::from(u32::try_from(batch).unwrap_or(u32::MAX))).ceil(),
        (None, Pages::Cursor) => targets * CURSOR_REQUESTS,
        (None, _) => targets * pages,
    };
    let list = match dataset.id_list() {
        None => 0.0,
        Some(list) if list.pages == Pages::Numbered && counts.list == 0 => (targets / IDS_A_PAGE).ceil(),
        Some(_) => counts.list.max(1).into(),
    };
    Demand { targets, requests, list, rows: targets * rows }
}

/// Regions differ in size by a factor of a hundred, so each is counted by itself: by its last reading, else by the
/// declaration's figure for it, else by the average of the remaining regions.
fn of_regions(dataset: &Dataset, regions: &Regions, counts: &LedgerCounts) -> Demand {
    let size = dataset.size;
    let busy: f64 = dataset.busy.iter().map(|(_, pages)| f64::from(*pages)).sum();
    let all = f64::from(size.targets) * f64::from(size.pages);
    let others = f64::from(size.targets) - f64::from(u32::try_from(dataset.busy.len()).unwrap_or(0));
    let average = ((all - busy) / others.max(1.0)).max(1.0);
    let rows_a_page = f64::from(size.rows) / f64::from(size.pages);
    let of_one = |id: Option<i64>| -> (f64, f64) {
        if let Some((pages, rows)) = id.and_then(|id| counts.sets.get(&id)) {
            return ((*pages).into(), (*rows).into());
        }
        let declared = dataset.busy.iter().find(|(busy, _)| Some(*busy) == id);
        let pages = declared.map_or(average, |(_, pages)| (*pages).into());
        (pages, pages * rows_a_page)
    };
    let ids: Vec<Option<i64>> = match regions {
        _ if !counts.regions.is_empty() => counts.regions.iter().copied().map(Some).collect(),
        Regions::All => {
            let named = dataset.busy.iter().map(|(id, _)| Some(*id));
            let all = usize::try_from(size.targets).unwrap_or(usize::MAX);
            named.chain(std::iter::repeat(None)).take(all).collect()
        }
        Regions::List(list) => list
            .iter()
            .map(|region| match region {
                RegionRef::Id(id) => Some(*id),
                RegionRef::Name(_) => None,
            })
            .collect(),
    };
    let mut demand = Demand { targets: 0.0, requests: 0.0, list: 0.0, rows: 0.0 };
    for id in ids {
        let (pages, rows) = of_one(id);
        demand.targets += 1.0;
        demand.requests += pages;
        demand.rows += rows;
    }
    demand
}
