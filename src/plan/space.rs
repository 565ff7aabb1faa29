//! Rows, and the disk space they take.
//!
//! A row's size follows from the types of its columns and from each database's row layout. SQLite's constants are fitted
//! to rows measured in filled databases (an order 107 bytes, a system's jumps 38, its kills 41) and err towards more;
//! PostgreSQL's are those of its page layout. `tests/stories/esi/plan.rs` compares a filled market on both. Texts are the weak
//! point: the length of a description is unknown beforehand.

use super::{DAY, DatasetPlan};
use crate::declare::{Column, Dialect, Source, Table, Type};

const YEAR: f64 = 365.0 * DAY;
/// A ledger entry with its index entry, in bytes, on either database.
const LEDGER_ENTRY: f64 = 350.0;

/// The space of a dataset.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Space {
    /// Rows after the first fill; 0 for a time series.
    pub rows: f64,
    /// Rows that the first year adds and keeps.
    pub yearly_rows: f64,
    /// Bytes after the first fill.
    pub bytes: f64,
    /// Bytes that the first year adds.
    pub yearly_bytes: f64,
}

impl std::ops::Add for Space {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            yearly_rows: self.yearly_rows + other.yearly_rows,
            bytes: self.bytes + other.bytes,
            yearly_bytes: self.yearly_bytes + other.yearly_bytes,
        }
    }
}

/// The space of a dataset on a database.
#[must_use]
pub fn space(of: &DatasetPlan, dialect: Dialect) -> Space {
    let dataset = of.wanted.dataset;
    let row = average_row(dataset.tables, of.demand.rows / of.demand.targets.max(1.0), dialect);
    let ledger = (of.demand.targets + of.demand.list.min(1.0)) * LEDGER_ENTRY;
    let kept = of.wanted.settings.max_age.map_or(YEAR, |keep| keep.as_secs_f64()).min(YEAR);
    let (rows, yearly_rows) = match of.planned {
        Some(every) if dataset.is_series() => (0.0, of.demand.rows * kept / every.as_secs_f64()),
        // The key contains a day, so every target gets one more row each day.
        _ if has_day(dataset.tables) => (of.demand.rows, of.demand.targets * YEAR / DAY),
        _ => (of.demand.rows, 0.0),
    };
    Space { rows, yearly_rows, bytes: rows * row + ledger, yearly_bytes: yearly_rows * row }
}

fn has_day(tables: &[Table]) -> bool {
    tables.first().is_some_and(|table| table.columns.iter().any(|c| c.ty == Type::Date && table.is_key(c)))
}

/// The bytes of an average row of a dataset. One row of a target is the main table's; the nested tables share the others
/// equally.
fn average_row(tables: &[Table], rows_a_target: f64, dialect: Dialect) -> f64 {
    let [main, nested @ ..] = tables else { return 0.0 };
    if nested.is_empty() {
        return row(main, dialect);
    }
    let count = f64::from(u32::try_from(nested.len()).unwrap_or(u32::MAX));
    let rows_a_target = rows_a_target.max(1.0);
    let own = (rows_a_target / (count + 1.0)).min(1.0);
    let each = (rows_a_target - own) / count;
    let sum = own * row(main, dialect) + nested.iter().map(|table| each * row(table, dialect)).sum::<f64>();
    sum / rows_a_target
}

/// A row's bytes in a table and its indexes, including the free space of pages.
pub(super) fn row(table: &Table, dialect: Dialect) -> f64 {
    let all: f64 = table.columns.iter().map(|c| value(c, dialect)).sum();
    let of = |names: &[&str]| -> f64 {
        names.iter().filter_map(|n| table.position(n)).map(|at| value(&table.columns[at], dialect)).sum()
    };
    let key = of(table.key);
    match dialect {
        // The tables are WITHOUT ROWID: the row is its key's entry, and an index entry repeats the key.
        Dialect::Sqlite => {
            let indexes: f64 = table.indexes.iter().map(|columns| 4.0 + of(columns) + key).sum();
            (3.0 + all + indexes) / 0.87
        }
        // A tuple has a header of 24 bytes and a pointer of 4; an index entry has a header of 8 and a pointer of 4.
        Dialect::Postgres => {
            let indexes: f64 = table.indexes.iter().map(|columns| 12.0 + of(columns)).sum();
            28.0 + all + (12.0 + key + indexes) / 0.8
        }
    }
}

/// A value's bytes, including its type in the row's header.
fn value(column: &Column, dialect: Dialect) -> f64 {
    // SQLite stores integers in as few bytes as they need; ids are large, counts small.
    let is_id = column.name.ends_with("id");
    match (dialect, column.ty) {
        _ if column.source == Source::LastSeen => 1.0,
        (Dialect::Sqlite, Type::Int) if is_id => 5.0,
        (Dialect::Sqlite, Type::Int) => 3.0,
        (Dialect::Sqlite, Type::Real) => 9.0,
        (Dialect::Sqlite, Type::Time) => 21.0,
        (Dialect::Sqlite, Type::Date) => 11.0,
        (Dialect::Sqlite, Type::Bool) => 1.0,
        (Dialect::Postgres, Type::Int | Type::Real | Type::Time) => 8.0,
        (Dialect::Postgres, Type::Date) => 4.0,
        (Dialect::Postgres, Type::Bool) => 2.0,
        (_, Type::Text) => text(column.name),
        (_, Type::Json) => 150.0,
    }
}

/// The estimated bytes of a text: a description, a name, or a word of an enumeration.
fn text(name: &str) -> f64 {
    match name {
        name if name.contains("description") => 250.0,
        name if name.contains("name") || name.contains("title") => 20.0,
        _ => 10.0,
    }
}
