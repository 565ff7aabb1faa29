//! Which sets are read page by page, each page with its own validator, and what is stored of their pages.
//!
//! Most pages of a quiet market do not change from one version to the next. Asked for with its validator, an
//! unchanged page costs half the tokens and no body; but its rows do not arrive, so the table must be known
//! to have them. Hence validators are used only where the ledger has the keys of every page and the table has
//! as many rows. A mismatch is not an error: the set is read whole, which repairs everything.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use tracing::{debug, warn};

use crate::declare::{Dataset, Pages, Retention, Source, Type};
use crate::esi::{StoredSize, Validators};
use crate::store::{StoreError, StoredPage, Target};

use super::merge_pages::distinct;
use crate::sync::{Context, Job};

/// After this many sets in a row that were lost to 304s, a route is read whole.
const STRIKES: u32 = 2;
/// Bytes of JSON that a field takes, roughly; for sets whose first page has no body.
const FIELD: usize = 20;

/// Whether a route's 304s are usable: a server may send them without the headers that show their version. The
/// set is then lost, and so would be every second one.
#[derive(Debug, Default)]
pub(in crate::sync) struct Proof(AtomicU32);

impl Proof {
    fn fails(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= STRIKES
    }

    /// A set was complete with the help of 304s.
    pub fn held(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// A set was lost to 304s.
    pub fn failed(&self, dataset: &str) {
        if self.0.fetch_add(1, Ordering::Relaxed) + 1 == STRIKES {
            warn!(
                dataset,
                "ESI's 304s do not say to which version they belong; all pages are read whole until the next start"
            );
        }
    }
}

/// What is stored of a target's pages.
#[derive(Debug, Default)]
pub(in crate::sync) struct TargetPages {
    /// The pages of the stored set.
    pub stored: BTreeMap<u32, StoredPage>,
    /// The validators to ask with.
    pub held: Option<Validators>,
    /// Bytes of JSON that a page has, roughly.
    pub page_bytes: usize,
}

/// The integer column that identifies the rows of a target, for datasets whose sets are read page by page.
///
/// Other sets are read whole. A time series stores a reading of every version, so it needs the rows of
/// unchanged pages too. Rows that are only ever updated may have been written since for another target, so an
/// unchanged page says nothing about them. Nested lists make rows of several tables, and a key of several
/// columns takes more room than it saves.
pub(in crate::sync) fn key(dataset: &Dataset) -> Option<usize> {
    let keeps = matches!(dataset.retention, Retention::Snapshot | Retention::Track);
    let ([table], Pages::Numbered, true) = (dataset.tables, dataset.pages, keeps) else { return None };
    let positions = table.key_positions();
    let column = match (dataset.param(), table.key, &positions[..]) {
        (Some(param), [first, _], &[_, last]) if *first == param => last,
        (None, [_], &[last]) => last,
        _ => return None,
    };
    let own = matches!(table.columns[column].source, Source::Field(_) | Source::Element);
    (own && table.columns[column].ty == Type::Int).then_some(column)
}

impl Target {
    /// How much of the set is stored, if it ever was.
    pub(in crate::sync) fn stored_size(&self) -> StoredSize {
        StoredSize {
            pages: self.pages.and_then(|pages| u32::try_from(pages).ok()).unwrap_or(0),
            records: usize::try_from(self.rows).unwrap_or(0),
        }
    }
}

/// Looks up what is stored of a target's pages.
pub(in crate::sync) async fn stored_pages(
    ctx: &Context,
    job: &Job,
    target: &Target,
) -> Result<TargetPages, StoreError> {
    let (Some(_), Some(pages)) = (key(job.dataset), target.pages) else { return Ok(TargetPages::default()) };
    let stored = ctx.store.pages(target).await?;
    let columns = job.dataset.tables[0].columns.len();
    let rows = usize::try_from(target.rows).unwrap_or(0);
    let mut known = TargetPages {
        held: None,
        page_bytes: rows.div_ceil(stored.len().max(1)) * columns * FIELD,
        stored: stored.into_iter().map(|page| (page.page, page)).collect(),
    };
    let count = u32::try_from(pages).unwrap_or(0);
    if !job.knows(target) || job.proof.fails() || !known.stored.keys().copied().eq(1..=count) {
        return Ok(known);
    }
    let there = ctx.store.rows_of(job.dataset, &target.target).await?;
    if there != target.rows || distinct(known.stored.values()) != Some(rows) {
        debug!(
            dataset = job.dataset.name,
            target = %target.target,
            there,
            rows,
            "the table and the ledger disagree; reading all pages whole"
        );
        return Ok(known);
    }
    let validator = |page: &StoredPage| Some((page.page, page.etag.clone()?));
    known.held =
        Some(Validators { pages: count, etags: known.stored.values().filter_map(validator).collect() });
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datasets;

    #[test]
    fn only_sets_with_one_integer_key_are_known_page_by_page() {
        let column = |name: &str| {
            let dataset = datasets::find(name).expect("declared");
            key(dataset).map(|column| dataset.tables[0].columns[column].name)
        };
        assert_eq!(column("market_orders"), Some("order_id"));
        assert_eq!(column("market_region_types"), Some("type_id"));
        assert_eq!(column("market_prices"), None, "one page has its validator in the ledger's entry");
        for dataset in datasets::all().filter(|d| key(d).is_some()) {
            assert!(matches!(dataset.retention, Retention::Snapshot | Retention::Track), "{}", dataset.name);
        }
    }

    #[test]
    fn two_lost_sets_in_a_row_end_the_trust() {
        let proof = Proof::default();
        proof.failed("market_orders");
        proof.held();
        proof.failed("market_orders");
        assert!(!proof.fails());
        proof.failed("market_orders");
        assert!(proof.fails());
    }
}
