//! Joins the pages of one set.

use std::collections::BTreeMap;

use crate::declare::{Column, Source, Table, TargetKey, Type};

use super::scope::typed;
use super::{Batch, Cell, Cells, Drift, Page};

/// The pages of one set, until it is complete.
#[derive(Debug, Default)]
pub struct Rows {
    pages: BTreeMap<u32, Page>,
}

/// The counts of one page of a set, after its rows have gone into tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRows {
    /// The keys of its rows, in ascending order, each once.
    pub keys: Vec<i64>,
    /// Rows whose key another row of the page also has.
    pub twice: usize,
    /// Its records that were set aside.
    pub rejects: usize,
    /// The number of its differences from the declaration.
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
            let rows = keys.len();
            keys.sort_unstable();
            keys.dedup();
            PageRows {
                twice: rows - keys.len(),
                keys,
                rejects: page.rejects.len(),
                drift: page.drift.count(),
            }
        };
        self.pages.iter().map(|(&number, page)| (number, facts(page))).collect()
    }

    /// The pages so far.
    pub fn pages(&self) -> impl Iterator<Item = (u32, &Page)> {
        self.pages.iter().map(|(&number, page)| (number, page))
    }

    /// By page, how many rows of the main table have a key that another row of the set also has. It is slow,
    /// so it serves only sets whose keys are not compared page by page anyway.
    #[must_use]
    pub fn repeated(&self) -> BTreeMap<u32, usize> {
        let mut keys: Vec<(String, u32)> = Vec::new();
        for (&number, page) in &self.pages {
            let Some(main) = page.batches.first() else { continue };
            let columns: Vec<_> =
                main.table.key_positions().into_iter().map(|at| &main.columns[at]).collect();
            for row in 0..main.rows() {
                let parts = columns.iter().filter(|column| row < column.len());
                let key = parts.fold(String::new(), |key, column| format!("{key}{:?}", column.get(row)));
                keys.push((key, number));
            }
        }
        keys.sort_unstable();
        let mut repeated = BTreeMap::new();
        for same in keys.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            for (_, page) in same {
                *repeated.entry(*page).or_default() += 1;
            }
        }
        repeated
    }

    /// Adds a page, or replaces it by a newer one.
    pub fn put(&mut self, number: u32, page: Page) {
        self.pages.insert(number, page);
    }

    /// How many records a page has, including those that were set aside; `None` if the page is absent.
    #[must_use]
    pub fn records(&self, number: u32) -> Option<usize> {
        self.pages.get(&number).map(|page| page.records)
    }

    /// Drops a page that belongs to an older version of the set.
    pub fn forget(&mut self, number: u32) {
        self.pages.remove(&number);
    }

    /// Joins the pages, in page order, and fills the columns that are the same in every row.
    ///
    /// `key` is the target of the rows, `observed` the time (seconds since 1970) at which the set was built.
    #[must_use]
    pub fn finish(self, tables: &'static [Table], key: &TargetKey, observed: i64) -> Page {
        let mut whole = Page {
            batches: tables.iter().map(Batch::new).collect(),
            rejects: Vec::new(),
            reject_keys: Vec::new(),
            records: 0,
            drift: Drift::default(),
        };
        for (_, page) in self.pages {
            for (all, batch) in whole.batches.iter_mut().zip(&page.batches) {
                all.append(batch);
            }
            whole.rejects.extend(page.rejects);
            whole.reject_keys.extend(page.reject_keys);
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

/// The value of a column that is a parameter of the target. Without a value it is NULL, which a key column
/// refuses.
fn param(column: &Column, key: &TargetKey) -> Cell<'static> {
    key.get(column.name).and_then(|value| typed(column, value).ok()).unwrap_or(Cell::Null)
}
