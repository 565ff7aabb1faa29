//! One table: where its rows are in the reply, its columns and its key.

use super::Column;

/// A table filled from a dataset's replies.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The table's name in both databases.
    pub name: &'static str,
    /// What a row is, in a sentence; empty for a main table, which the dataset's own line explains.
    pub doc: &'static str,
    /// Where its rows are in a reply: the path of list fields, joined by dots; empty for the reply itself (the elements of
    /// a list, or the one object). A slash steps into an object: `victim/items.items`. A star matches any field: `*/*`.
    pub at: &'static str,
    /// Whether the specification lets ESI leave the list out that the rows stand in. A required list that is missing
    /// counts as drift.
    pub optional: bool,
    /// The key's columns, in order. Tables whose rows are replaced per target start with the target's columns.
    pub key: &'static [&'static str],
    /// All columns, in the order of the table.
    pub columns: &'static [Column],
    /// Secondary indexes, each a list of columns.
    pub indexes: &'static [&'static [&'static str]],
    /// Whether the table logs the changes of the dataset's main table: it gets a row whenever a row there is new or
    /// differs. Its columns are some of the main table's, and the time of the change.
    pub log: bool,
}

impl Table {
    /// A table whose rows are the reply's own elements (or its one object).
    #[must_use]
    pub const fn new(name: &'static str, key: &'static [&'static str], columns: &'static [Column]) -> Self {
        Self { name, doc: "", at: "", optional: false, key, columns, indexes: &[], log: false }
    }

    /// What a row is, if the dataset's line does not say so.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The table's rows are the elements of this nested list.
    #[must_use]
    pub const fn at(mut self, at: &'static str) -> Self {
        self.at = at;
        self
    }

    /// ESI may leave the list out that the rows stand in.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// The table logs the changes of the dataset's main table.
    #[must_use]
    pub const fn log(mut self) -> Self {
        self.log = true;
        self
    }

    /// Adds secondary indexes.
    #[must_use]
    pub const fn indexes(mut self, indexes: &'static [&'static [&'static str]]) -> Self {
        self.indexes = indexes;
        self
    }

    /// The position of a column, or `None` if the table has no such column.
    #[must_use]
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// The positions of the key's columns, in key order.
    ///
    /// # Panics
    /// If the key names a column that the table does not declare; a test over all declarations rules this out.
    #[must_use]
    pub fn key_positions(&self) -> Vec<usize> {
        self.key.iter().map(|k| self.position(k).expect("the key names declared columns")).collect()
    }

    /// Whether the column belongs to the key.
    #[must_use]
    pub fn is_key(&self, column: &Column) -> bool {
        self.key.contains(&column.name)
    }
}
