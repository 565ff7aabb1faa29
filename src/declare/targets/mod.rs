//! Where a dataset's targets come from.

pub(in crate::declare) mod owner;
pub(in crate::declare) mod target_key;

use std::fmt;

use super::Pages;

/// Where a dataset's targets come from. A target is one parameterisation of a dataset.
#[derive(Clone, Copy, Debug)]
pub enum Targets {
    /// The route has no parameter: one target, whose key is empty.
    Once,
    /// One target per region that the configuration selects.
    Regions(Choice),
    /// One target per id of a list operation.
    Listed(IdList),
    /// One target per id, or tuple of ids, in other tables.
    FromTables(TableIds),
    /// One target per id in any column that is declared as named; a request takes many ids.
    Named {
        /// The most ids in one request.
        batch: usize,
    },
    /// One target per id in other tables; a request takes many ids.
    Batched {
        /// The columns that hold the ids.
        ids: TableIds,
        /// The most ids in one request.
        batch: usize,
    },
    /// One target per pair of region and type with open orders in the selected regions. The pairs with most orders come
    /// first, up to the configured number.
    Pairs(Pairs),
}

/// The default regions of a dataset, and the meaning of "all" for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The regions of the trade hubs and the PLEX market; "all" includes the PLEX market.
    Market,
    /// Every region of space. Excludes the PLEX market, which is not a region of space.
    Space,
}

/// Ids from other tables.
#[derive(Clone, Copy, Debug)]
pub struct TableIds {
    /// The columns that hold them.
    pub ids: &'static [IdColumns],
    /// Further columns, read only for `ids = "all"`.
    pub more: &'static [IdColumns],
    /// A list operation with all ids, asked only for `ids = "all"`.
    pub list: Option<IdList>,
    /// What happens to a target whose id is no longer found.
    pub gone: Gone,
}

impl TableIds {
    /// The ids of these columns. A target stays even if the row that its id came from vanishes.
    #[must_use]
    pub const fn of(ids: &'static [IdColumns]) -> Self {
        Self { ids, more: &[], list: None, gone: Gone::Stays }
    }

    /// `ids = "all"` adds the ids of these columns.
    #[must_use]
    pub const fn more(mut self, more: &'static [IdColumns]) -> Self {
        self.more = more;
        self
    }

    /// `ids = "all"` adds the ids of this list operation.
    #[must_use]
    pub const fn listed(mut self, list: IdList) -> Self {
        self.list = Some(list);
        self
    }

    /// What happens to a target whose id is no longer found.
    #[must_use]
    pub const fn gone(mut self, gone: Gone) -> Self {
        self.gone = gone;
        self
    }
}

/// What happens to a target whose id has left its list or is no longer found. Its rows stay in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The target is asked as before.
    Stays,
    /// The target is no longer asked.
    Retires,
    /// The target is asked once more, to store how it ended.
    LastLook,
}

/// A condition on rows that ids are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowCondition {
    /// The column is NULL.
    IsNull(&'static str),
    /// The column is not NULL.
    IsNotNull(&'static str),
    /// The column is one of these texts.
    Is(&'static str, &'static [&'static str]),
    /// The column's text contains this one.
    Contains(&'static str, &'static str),
    /// The first column is among the values of a table's column, in the rows for which all conditions hold.
    Among(&'static str, (&'static str, &'static str), &'static [RowCondition]),
}

impl fmt::Display for RowCondition {
    /// The condition in SQL that both databases understand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        match *self {
            Self::IsNull(column) => write!(f, "{column} IS NULL"),
            Self::IsNotNull(column) => write!(f, "{column} IS NOT NULL"),
            Self::Is(column, [text]) => write!(f, "{column} = {}", quoted(text)),
            Self::Is(column, texts) => {
                let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
                write!(f, "{column} IN ({})", texts.join(", "))
            }
            Self::Contains(column, text) => write!(f, "{column} LIKE {}", quoted(&format!("%{text}%"))),
            Self::Among(column, (table, other), conditions) => {
                let conditions: Vec<String> = conditions.iter().map(ToString::to_string).collect();
                write!(f, "{column} IN (SELECT {other} FROM {table} WHERE {})", conditions.join(" AND "))
            }
        }
    }
}

/// Columns that hold ids, and a filter on their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdColumns {
    /// The table.
    pub table: &'static str,
    /// Its columns, one for each parameter of the route, in the order of the path.
    pub columns: &'static [&'static str],
    /// The smallest and largest id in the first column that is taken; `None` to take all, or if ids are text.
    pub within: Option<(i64, i64)>,
    /// Conditions on the rows; all of them must hold.
    pub only: &'static [RowCondition],
    /// A column of times: only rows in which it is NULL, in the future, or less than a week ago.
    pub open: Option<&'static str>,
    /// A column whose value changes when the thing has changed; a change makes its target due.
    pub moved: Option<&'static str>,
}

impl IdColumns {
    /// The ids in these columns.
    #[must_use]
    pub const fn of(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self { table, columns, within: None, only: &[], open: None, moved: None }
    }

    /// Only ids from `low` to `high`.
    #[must_use]
    pub const fn within(mut self, (low, high): (i64, i64)) -> Self {
        self.within = Some((low, high));
        self
    }

    /// Only rows for which all of these conditions hold.
    #[must_use]
    pub const fn only(mut self, conditions: &'static [RowCondition]) -> Self {
        self.only = conditions;
        self
    }

    /// Only rows in which this time is NULL, in the future, or less than a week ago.
    #[must_use]
    pub const fn open(mut self, column: &'static str) -> Self {
        self.open = Some(column);
        self
    }

    /// A target is asked only when this column's value differs from that at its last success.
    #[must_use]
    pub const fn moved(mut self, column: &'static str) -> Self {
        self.moved = Some(column);
        self
    }
}

/// Where pairs of region and type come from.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// The table of open orders, with the columns `region_id` and `type_id`.
    pub orders: &'static str,
    /// The default regions.
    pub regions: &'static [i64],
    /// The default for the most pairs.
    pub most: u32,
}

/// A list operation whose ids become the targets of its detail route.
#[derive(Clone, Copy, Debug)]
pub struct IdList {
    /// The path as the specification writes it.
    pub path: &'static str,
    /// How the list is paged.
    pub pages: Pages,
    /// For a reply that is an object around a list of objects: the field of the list, and the field of the id in its
    /// objects.
    pub field: Option<(&'static str, &'static str)>,
    /// What happens to a target whose id leaves the list.
    pub gone: Gone,
}

impl IdList {
    /// A list in one reply.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self { path, pages: Pages::One, field: None, gone: Gone::Retires }
    }

    /// A list in numbered pages.
    #[must_use]
    pub const fn paged(path: &'static str) -> Self {
        Self { pages: Pages::Numbered, ..Self::new(path) }
    }

    /// A list that is walked backwards, newest first: this query parameter takes the smallest id so far. Only the newest
    /// part is read, unless the configuration says `backfill = true`. Ids never leave the list.
    #[must_use]
    pub const fn walked(path: &'static str, param: &'static str) -> Self {
        Self { pages: Pages::Walk(param), gone: Gone::Stays, ..Self::new(path) }
    }

    /// The reply is an object; the ids are in the field `id` of the objects in its field `list`.
    #[must_use]
    pub const fn in_field(mut self, list: &'static str, id: &'static str) -> Self {
        self.field = Some((list, id));
        self
    }

    /// What happens to a target whose id leaves the list.
    #[must_use]
    pub const fn gone(mut self, gone: Gone) -> Self {
        self.gone = gone;
        self
    }
}
