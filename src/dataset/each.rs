//! Where a dataset's targets come from.

use super::Pages;

/// Where a dataset's targets come from. A target is one parameterisation of a dataset.
#[derive(Clone, Copy, Debug)]
pub enum Each {
    /// The route has no parameter: one target, named by the empty text.
    Once,
    /// One target per market region that the configuration selects.
    Regions,
    /// One target per id of a list operation.
    Listed(List),
    /// One target per id that stands in these columns, learnt as their tables fill.
    Seen(&'static [Ids]),
    /// One target per id in any column that is declared as named; ids are sent many at a time.
    Named {
        /// Most ids in one request.
        batch: usize,
    },
    /// One target per pair of region and type that has open orders, in the selected regions: the pairs with most
    /// orders first, up to the configured number.
    Pairs(Pairs),
}

/// A column that holds ids, and the ids in it that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The table.
    pub table: &'static str,
    /// Its column.
    pub column: &'static str,
    /// The smallest id that counts.
    pub low: i64,
    /// The largest id that counts.
    pub high: i64,
}

impl Ids {
    /// All ids in a column.
    #[must_use]
    pub const fn all(table: &'static str, column: &'static str) -> Self {
        Self { table, column, low: 1, high: i64::MAX }
    }

    /// The ids in a column from `low` to `high`.
    #[must_use]
    pub const fn within(table: &'static str, column: &'static str, (low, high): (i64, i64)) -> Self {
        Self { table, column, low, high }
    }
}

/// Where pairs of region and type come from.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// The table of open orders, with the columns `region_id` and `type_id`.
    pub orders: &'static str,
    /// The regions unless the configuration says otherwise.
    pub regions: &'static [i64],
    /// How many pairs unless the configuration says otherwise.
    pub most: u32,
}

/// A list operation whose ids become the targets of its detail route.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// The path as the specification writes it.
    pub path: &'static str,
    /// How the list is paged.
    pub pages: Pages,
}

impl List {
    /// A list in one reply.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self { path, pages: Pages::One }
    }

    /// A list in numbered pages.
    #[must_use]
    pub const fn paged(path: &'static str) -> Self {
        Self { path, pages: Pages::Numbered }
    }
}
