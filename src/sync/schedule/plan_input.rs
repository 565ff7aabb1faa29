//! The input of a plan before any request: counts from the ledger, limits from the last run.

use std::collections::BTreeMap;

use crate::config::DatasetSettings;
use crate::datasets;
use crate::declare::{Dataset, Targets};
use crate::plan::{LedgerCounts, PlanInput, WINDOW};
use crate::store::{Row, Store, StoreError};

use crate::sync::targets::resolve;

const COUNTS: &str = "\
SELECT dataset, COUNT(*) AS targets, COUNT(pages) AS been_read, \
CAST(COALESCE(SUM(pages), 0) AS BIGINT) AS pages, CAST(COALESCE(SUM(rows), 0) AS BIGINT) AS records, \
COUNT(CASE WHEN kind = 'list' THEN 1 END) AS lists, COUNT(CASE WHEN kind = 'list' THEN pages END) AS lists_read, \
CAST(COALESCE(SUM(CASE WHEN kind = 'list' THEN pages END), 0) AS BIGINT) AS list_pages, \
CAST(COALESCE(SUM(CASE WHEN kind = 'list' THEN rows END), 0) AS BIGINT) AS list_records \
FROM sync_targets WHERE state IN ('active', 'shrunk', 'leaving') GROUP BY dataset";

/// Reads what the database has about these datasets.
///
/// # Errors
/// If the database cannot be read, or has no ledger yet.
pub async fn plan_input(
    store: &Store,
    wanted: impl Iterator<Item = (&'static Dataset, &DatasetSettings)>,
) -> Result<PlanInput, StoreError> {
    let mut known = PlanInput::default();
    for row in store.query(COUNTS, &[]).await? {
        let name = row.text("dataset")?.unwrap_or_default();
        let listed = datasets::find(&name).is_some_and(|dataset| dataset.id_list().is_some());
        known.counts.insert(name, counts(&row, listed)?);
    }
    for (dataset, settings) in wanted {
        let (Targets::Regions(choice), Some(regions)) = (&dataset.targets, &settings.regions) else {
            continue;
        };
        let counts = known.counts.entry(dataset.name.to_owned()).or_default();
        counts.regions = resolve(store, regions, *choice).await?.0;
        for target in store.targets(dataset.name).await? {
            if let (Ok(id), Some(pages)) = (target.target.last().parse(), target.pages) {
                counts.sets.insert(id, (small(Some(pages)), small(Some(target.rows))));
            }
        }
    }
    for slot in store.budgets().await?.into_iter().flat_map(|b| b.slots) {
        if slot.owner.is_empty() && slot.limit > 0 {
            known.limits.insert(slot.group, (slot.limit, WINDOW));
        }
    }
    Ok(known)
}

/// Counts the id list of a dataset (kind `list`) apart from the targets that it lists.
fn counts(row: &Row, listed: bool) -> Result<LedgerCounts, StoreError> {
    let n = |column| row.int(column).map(small);
    let mut counts = LedgerCounts {
        targets: n("targets")?,
        read: n("been_read")?,
        pages: n("pages")?,
        rows: n("records")?,
        list: 0,
        regions: Vec::new(),
        sets: BTreeMap::new(),
    };
    if listed {
        counts.targets -= n("lists")?;
        counts.read -= n("lists_read")?;
        counts.pages -= n("list_pages")?;
        counts.rows -= n("list_records")?;
        counts.list = n("list_pages")?;
    }
    Ok(counts)
}

fn small(n: Option<i64>) -> u32 {
    u32::try_from(n.unwrap_or(0).max(0)).unwrap_or(u32::MAX)
}
