//! The rows that a write for one target may touch.
//!
//! A table holds the rows of many targets: the contracts' items of many contracts of many characters. A
//! target's write must not delete, mark or compare the rows of another. So every statement of a write is
//! bounded by *all* leading key columns that are parameters of the target, each with its value; never by the
//! first alone.

use std::borrow::Cow;

use crate::declare::{Column, Table, TargetKey, Type};

use super::Cell;

/// The leading key columns of a table that a target fixes, with their values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowScope(Vec<(&'static Column, Cell<'static>)>);

impl RowScope {
    /// The scope of all rows of a table.
    #[must_use]
    pub const fn whole() -> Self {
        Self(Vec::new())
    }

    /// The scope of a target's rows in a table.
    ///
    /// # Errors
    /// If a value is not of its column's type; the words say which.
    pub fn of(table: &'static Table, key: &TargetKey) -> Result<Self, String> {
        let mut cells = Vec::new();
        for name in table.key {
            let column = table.columns.iter().find(|c| c.name == *name);
            let Some((column, value)) = column.zip(key.get(name)) else { break };
            cells.push((column, typed(column, value)?));
        }
        Ok(Self(cells))
    }

    /// How many of the key's columns are fixed; they are always the first ones.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no column is fixed: the target owns the whole table.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The columns and their values, in the order of the key.
    pub fn cells(&self) -> impl Iterator<Item = (&'static Column, &Cell<'static>)> {
        self.0.iter().map(|(column, cell)| (*column, cell))
    }
}

/// The value that a column gets from a target's parameter.
///
/// # Errors
/// If the text is not a value of the column's type.
pub fn typed(column: &Column, value: Cow<'_, str>) -> Result<Cell<'static>, String> {
    match column.ty {
        Type::Int => {
            value.parse().map(Cell::Int).map_err(|_| format!("{} = {value:?} is not an integer", column.name))
        }
        _ => Ok(Cell::Text(value.into_owned().into())),
    }
}
