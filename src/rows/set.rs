//! The pages of one set, put together.

use std::collections::BTreeMap;

use crate::declare::{Column, Source, Table, TargetKey, Type};

use super::scope::typed;
use super::{Batch, Cell, Cells, Drift, Page};

/// The pages of one set, until it is complete.
#[derive(Debug, Default)]
pub struct Rows {
    pages: BTreeMap<u32, Page>,
}

/// What is known of one page of a set after its rows have gone into tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRows {
    /// The keys of its rows, in ascending order, each once.
    pub keys: Vec<i64>,
    /// Records of it that were set aside.
    pub rejects: usize,
    /// Its differences from the declaration, counted.
    pub drift: u64,
}

impl Rows {
    /// The pages so far, each with the integers in this column of the main table.
    #[must_use]
    pub fn by_page(&self, column: usize) -> BTreeMap<u32, PageRows> {
        let facts = |page: &Page| {
            let mut keys = match page.batches.first().map(|main| &main.columns[column].cells) {
                Some(Cells::Int(keys)) => keys.clone(),
                _ => Vec::new(),
            };
            keys.sort_unstable();
            keys.dedup();
            PageRows { keys, rejects: page.rejects.len(), drift: page.drift.count() }
        };
        self.pages.iter().map(|(&number, page)| (number, facts(page))).collect()
    }

    /// Adds a page, or replaces it by a newer one.
    pub fn put(&mut self, number: u32, page: Page) {
        self.pages.insert(number, page);
    }

    /// Forgets a page that belongs to an older version of the set.
    pub fn forget(&mut self, number: u32) {
        self.pages.remove(&number);
    }

    /// Puts the pages together, in page order, and fills the columns that are the same in every row.
    ///
    /// `key` says which target the rows are of, `observed` the time (seconds since 1970) the set was built.
    #[must_use]
    pub fn finish(self, tables: &'static [Table], key: &TargetKey, observed: i64) -> Page {
        let mut whole = Page {
            batches: tables.iter().map(Batch::new).collect(),
            rejects: Vec::new(),
            records: 0,
            drift: Drift::default(),
        };
        for (_, page) in self.pages {
            for (all, batch) in whole.batches.iter_mut().zip(&page.batches) {
                all.append(batch);
            }
            whole.rejects.extend(page.rejects);
            whole.records += page.records;
            whole.drift.add(page.drift);
        }
        for batch in &mut whole.batches {
            for (c, column) in batch.table.columns.iter().enumerate() {
                match column.source {
                    Source::Param => batch.fill(c, &param(column, key)),
                    Source::Observed if column.ty == Type::Date => {
                        batch.fill(c, &Cell::Date(i32::try_from(observed.div_euclid(86_400)).unwrap_or(0)));
                    }
                    Source::Observed | Source::FirstSeen => batch.fill(c, &Cell::Time(observed)),
                    Source::LastSeen => batch.fill(c, &Cell::Null),
                    _ => {}
                }
            }
        }
        whole
    }
}

/// The value of a column that is a parameter of the target; NULL where it has none, which a key column refuses.
fn param(column: &Column, key: &TargetKey) -> Cell<'static> {
    key.get(column.name).and_then(|value| typed(column, value).ok()).unwrap_or(Cell::Null)
}
