//! One view: what it is for, and what its columns mean. Its SQL is the file `migrations/views/NAME.sql`.

use crate::declare::DocumentedColumn;

/// A view that a reader's question can start from.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The view's name in both databases.
    pub name: &'static str,
    /// What a row is, in one line.
    pub doc: &'static str,
    /// Its columns, in order.
    pub columns: &'static [DocumentedColumn],
    /// A query to begin with; it runs unchanged on both databases.
    pub example: &'static str,
}
