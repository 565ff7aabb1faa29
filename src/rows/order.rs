//! Rows in key order, each key once.
//!
//! Sorting before writing has three uses: duplicates become neighbours, a B-tree is filled from left to
//! right, and a run of rows is a contiguous range of keys, so that one statement per run can delete what is
//! gone.

use std::cmp::Ordering;

use super::{Batch, Cells, ColumnData};

impl ColumnData {
    /// Compares two values of a key column as both databases do: integers by value, texts by bytes.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        match &self.cells {
            Cells::Int(v) | Cells::Time(v) => v[a].cmp(&v[b]),
            Cells::Real(v) => v[a].total_cmp(&v[b]),
            Cells::Bool(v) => v[a].cmp(&v[b]),
            Cells::Text(v) | Cells::Json(v) => v.get(a).cmp(v.get(b)),
            Cells::Date(v) => v[a].cmp(&v[b]),
        }
    }
}

impl Batch {
    /// The rows in key order. Of rows with equal keys the last one stays, because it came with the later
    /// page.
    ///
    /// # Panics
    /// If there are more than 2³² rows, which no reply can hold.
    #[must_use]
    pub fn in_key_order(&self) -> Vec<u32> {
        let key = self.table.key_positions();
        let compare = |a: usize, b: usize| {
            key.iter()
                .map(|&column| self.columns[column].compare(a, b))
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        };
        let rows = u32::try_from(self.rows()).expect("a set has fewer than 2^32 rows");
        let mut order: Vec<u32> = (0..rows).collect();
        order.sort_by(|&a, &b| compare(a as usize, b as usize).then(b.cmp(&a)));
        order.dedup_by(|next, kept| compare(*next as usize, *kept as usize).is_eq());
        order
    }
}
