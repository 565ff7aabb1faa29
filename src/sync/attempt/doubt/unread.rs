//! Unreadable records of a set, and the stored rows that are therefore not taken for gone.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::Retention;
use crate::rows::{Cell, PageRows, RecordKey, Rows};
use crate::store::{Spare, StoreError, Target};
use crate::sync::{Context, Job};

/// Most records that are spared by name. If more are unreadable, no row of the target vanishes.
const MOST: usize = 500;

/// The stored rows whose records could not be read.
#[derive(Debug, Default)]
pub(in crate::sync) struct Unread {
    /// The rows that stay.
    pub spare: Option<Spare>,
    /// The keys of those that are stored, by their page.
    stored: BTreeMap<u32, Vec<i64>>,
}

impl Unread {
    /// Looks up which unreadable records have stored rows. Datasets whose rows are never deleted or marked
    /// need no look-up.
    pub async fn of(ctx: &Context, job: &Job, target: &Target, rows: &Rows) -> Result<Self, StoreError> {
        let dataset = job.dataset;
        let vanish = matches!(dataset.retention, Retention::Snapshot | Retention::Track);
        if !vanish || rows.pages().all(|(_, page)| page.rejects.is_empty()) {
            return Ok(Self::default());
        }
        let all = Self { spare: Some(Spare::All), stored: BTreeMap::new() };
        let Some(key) = RecordKey::of(dataset.tables) else { return Ok(all) };
        let mut by_page: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
        for (number, page) in rows.pages() {
            for found in &page.reject_keys {
                let Some([Cell::Int(id)]) = found.as_deref() else { return Ok(all) };
                by_page.entry(number).or_default().push(*id);
            }
        }
        let ids: BTreeSet<i64> = by_page.values().flatten().copied().collect();
        if ids.len() > MOST {
            return Ok(all);
        }
        let stored = ctx.store.stored_records(dataset, &target.target, &key, &ids).await?;
        for ids in by_page.values_mut() {
            ids.retain(|id| stored.contains(id));
        }
        let spare = (!stored.is_empty()).then_some(Spare::Records(key, stored));
        Ok(Self { spare, stored: by_page })
    }

    /// How many records are spared by name.
    pub fn count(&self) -> usize {
        self.stored.values().map(Vec::len).sum()
    }

    /// Adds the keys of spared rows to their pages, because they are part of the set.
    pub fn add_to(&self, pages: &mut BTreeMap<u32, PageRows>) {
        for (number, ids) in &self.stored {
            if let Some(page) = pages.get_mut(number) {
                page.keys.extend(ids);
                page.keys.sort_unstable();
                page.keys.dedup();
            }
        }
    }
}
