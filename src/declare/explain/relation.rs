//! A table or view with its documentation. Documents, comments and `sync_columns` are written from it.

use std::borrow::Cow;

use crate::declare::{Dataset, Dialect, Table};

/// What kind of relation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// A table that a dataset fills.
    Table,
    /// A view.
    View,
    /// A table of the ledger.
    Ledger,
}

impl RelationKind {
    /// The kind as `sync_tables` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::Ledger => "ledger",
        }
    }
}

/// A table or view, explained.
#[derive(Clone, Debug)]
pub struct Relation {
    /// Its name in both databases.
    pub name: &'static str,
    /// Its kind.
    pub kind: RelationKind,
    /// What a row is, in a sentence.
    pub meaning: Cow<'static, str>,
    /// The dataset that fills it; views and the ledger have none.
    pub dataset: Option<&'static Dataset>,
    /// The key's columns; empty for a view.
    pub key: &'static [&'static str],
    /// Secondary indexes, each a list of columns.
    pub indexes: &'static [&'static [&'static str]],
    /// All columns, in order.
    pub columns: Vec<Explained>,
    /// A query to begin with.
    pub example: Option<&'static str>,
}

impl Relation {
    /// The declaration of a dataset's table; `None` for views and the ledger.
    #[must_use]
    pub fn table(&self) -> Option<&'static Table> {
        self.dataset?.tables.iter().find(|table| table.name == self.name)
    }
}

/// A column, explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The column's name.
    pub name: &'static str,
    /// Its type on SQLite.
    pub sqlite: &'static str,
    /// Its type on PostgreSQL.
    pub postgres: &'static str,
    /// Whether NULL is an ordinary value here.
    pub nullable: bool,
    /// What it holds. A test fails if it is empty.
    pub meaning: Cow<'static, str>,
    /// The unit of its numbers.
    pub unit: Option<&'static str>,
    /// The column to join, as `table.column`.
    pub reference: Option<&'static str>,
}

impl Explained {
    /// Its type, in the dialect's own words.
    #[must_use]
    pub const fn type_name(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}
