//! Rows of one table, column by column.

use crate::declare::{Table, Type};

use super::Cell;

/// Many texts in one allocation.
#[derive(Clone, Debug, Default)]
pub struct Strings {
    ends: Vec<usize>,
    text: String,
}

impl Strings {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn append(&mut self, other: &Self) {
        let shift = self.text.len();
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| end + shift));
    }

    /// The text at `row`.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }
}

/// The values of a column, by type.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Integers.
    Int(Vec<i64>),
    /// Doubles.
    Real(Vec<f64>),
    /// Booleans.
    Bool(Vec<bool>),
    /// Texts.
    Text(Strings),
    /// Seconds since 1970.
    Time(Vec<i64>),
    /// Days since 1970-01-01.
    Date(Vec<i32>),
    /// JSON texts.
    Json(Strings),
}

/// One column: the values, and which of them are not NULL.
#[derive(Clone, Debug)]
pub struct ColumnData {
    /// The values; where `present` is false a value means nothing.
    pub cells: Cells,
    /// Whether each value is there; false means NULL.
    pub present: Vec<bool>,
}

impl ColumnData {
    fn new(ty: Type) -> Self {
        let cells = match ty {
            Type::Int => Cells::Int(Vec::new()),
            Type::Real => Cells::Real(Vec::new()),
            Type::Bool => Cells::Bool(Vec::new()),
            Type::Text => Cells::Text(Strings::default()),
            Type::Time => Cells::Time(Vec::new()),
            Type::Date => Cells::Date(Vec::new()),
            Type::Json => Cells::Json(Strings::default()),
        };
        Self { cells, present: Vec::new() }
    }

    /// Appends a value. A value of another type than the column's is stored as NULL.
    pub(super) fn push(&mut self, cell: &Cell<'_>) {
        let present = match (&mut self.cells, cell) {
            (Cells::Int(all), Cell::Int(v)) | (Cells::Time(all), Cell::Time(v)) => {
                all.push(*v);
                true
            }
            (Cells::Real(all), Cell::Real(v)) => {
                all.push(*v);
                true
            }
            (Cells::Bool(all), Cell::Bool(v)) => {
                all.push(*v);
                true
            }
            (Cells::Text(all), Cell::Text(v)) | (Cells::Json(all), Cell::Json(v)) => {
                all.push(v);
                true
            }
            (Cells::Date(all), Cell::Date(v)) => {
                all.push(*v);
                true
            }
            (Cells::Int(all) | Cells::Time(all), _) => {
                all.push(0);
                false
            }
            (Cells::Real(all), _) => {
                all.push(0.0);
                false
            }
            (Cells::Bool(all), _) => {
                all.push(false);
                false
            }
            (Cells::Text(all) | Cells::Json(all), _) => {
                all.push("");
                false
            }
            (Cells::Date(all), _) => {
                all.push(0);
                false
            }
        };
        self.present.push(present);
    }

    /// The number of values so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.present.len()
    }

    /// Whether the column has no value yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// The value at `row`.
    #[must_use]
    pub fn get(&self, row: usize) -> Cell<'_> {
        if !self.present[row] {
            return Cell::Null;
        }
        match &self.cells {
            Cells::Int(v) => Cell::Int(v[row]),
            Cells::Real(v) => Cell::Real(v[row]),
            Cells::Bool(v) => Cell::Bool(v[row]),
            Cells::Text(v) => Cell::Text(v.get(row).into()),
            Cells::Time(v) => Cell::Time(v[row]),
            Cells::Date(v) => Cell::Date(v[row]),
            Cells::Json(v) => Cell::Json(v.get(row).into()),
        }
    }

    fn truncate(&mut self, len: usize) {
        self.present.truncate(len);
        match &mut self.cells {
            Cells::Int(v) | Cells::Time(v) => v.truncate(len),
            Cells::Real(v) => v.truncate(len),
            Cells::Bool(v) => v.truncate(len),
            Cells::Text(v) | Cells::Json(v) => v.truncate(len.min(v.ends.len())),
            Cells::Date(v) => v.truncate(len),
        }
    }

    fn append(&mut self, other: &Self) {
        self.present.extend_from_slice(&other.present);
        match (&mut self.cells, &other.cells) {
            (Cells::Int(a), Cells::Int(b)) | (Cells::Time(a), Cells::Time(b)) => a.extend_from_slice(b),
            (Cells::Real(a), Cells::Real(b)) => a.extend_from_slice(b),
            (Cells::Bool(a), Cells::Bool(b)) => a.extend_from_slice(b),
            (Cells::Text(a), Cells::Text(b)) | (Cells::Json(a), Cells::Json(b)) => a.append(b),
            (Cells::Date(a), Cells::Date(b)) => a.extend_from_slice(b),
            _ => unreachable!("batches of one table have the same columns"),
        }
    }

    fn bytes(&self) -> usize {
        let values = match &self.cells {
            Cells::Int(v) | Cells::Time(v) => v.capacity() * 8,
            Cells::Real(v) => v.capacity() * 8,
            Cells::Bool(v) => v.capacity(),
            Cells::Text(v) | Cells::Json(v) => v.ends.capacity() * 8 + v.text.capacity(),
            Cells::Date(v) => v.capacity() * 4,
        };
        values + self.present.capacity()
    }
}

/// Rows of one table.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The table the rows are for.
    pub table: &'static Table,
    /// The columns, in the order of the table.
    pub columns: Vec<ColumnData>,
    rows: usize,
}

impl Batch {
    /// No rows yet.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        let columns = table.columns.iter().map(|c| ColumnData::new(c.ty)).collect();
        Self { table, columns, rows: 0 }
    }

    /// The number of complete rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The memory that the rows take, roughly, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(ColumnData::bytes).sum()
    }

    pub(super) fn row_done(&mut self) {
        self.rows += 1;
    }

    /// Gives a column this value in every row that does not have one yet.
    pub fn fill(&mut self, column: usize, cell: &Cell<'_>) {
        let data = &mut self.columns[column];
        for _ in data.len()..self.rows {
            data.push(cell);
        }
    }

    pub(super) fn truncate(&mut self, rows: usize) {
        self.rows = rows;
        for column in &mut self.columns {
            column.truncate(rows);
        }
    }

    /// Appends the rows of another batch of the same table.
    pub fn append(&mut self, other: &Self) {
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine.append(theirs);
        }
        self.rows += other.rows;
    }
}
