//! Writes rows into tables: exactly those that changed.
//!
//! A snapshot is written as runs of consecutive keys. Because the rows come in key order, each run owns a
//! contiguous range of keys: a row of that range which is in the table but not in the run has vanished
//! upstream. So no staging table is needed, statements stay short, and only differing rows are written. A
//! target without rows skips the comparison: it takes plain inserts, or `COPY` for many rows.
//!
//! If some pages of a set did not change ([`PartialSet`]), only the rows of the other pages are in memory. A
//! run of them owns no range of keys, so the vanished keys are given one by one.

use crate::declare::{Dataset, Retention, Table, TargetKey};
use crate::rows::{Batch, Cell, RowScope};

use chrono::{DateTime, Utc};

use super::{Spare, StoreError, Write};
use statement::{Ends, OnConflict, Vanish};

use std::collections::BTreeSet;

pub(in crate::store) mod commit;
mod log;
mod postgres;
mod sqlite;
pub(in crate::store) mod statement;
mod track;

/// How many rows a commit touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows inserted or changed.
    pub upserted: u64,
    /// Rows deleted, or marked as gone.
    pub deleted: u64,
}

/// What is known of a set of which only some pages were read. Its one table has one integer key column beside
/// the target's.
#[derive(Clone, Copy, Debug)]
pub struct PartialSet<'a> {
    /// Keys that the stored set had and this one lacks, in ascending order.
    pub vanished: &'a [i64],
    /// Keys of rows in memory that a later, unchanged page also has: that page's row is in the table and
    /// stays.
    pub outdone: &'a BTreeSet<i64>,
    /// Rows of the whole set, each key once.
    pub rows: usize,
}

/// The result of writing a set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WriteReport {
    /// Rows touched.
    pub written: Written,
    /// Rows of the set in the main table: a key that came twice counts once.
    pub rows: usize,
}

impl Written {
    /// All rows touched.
    #[must_use]
    pub fn total(self) -> u64 {
        self.upserted + self.deleted
    }

    fn add(&mut self, other: Self) {
        self.upserted += other.upserted;
        self.deleted += other.deleted;
    }
}

/// The rows of one table in one commit.
pub(super) struct TableWrite<'a> {
    batch: &'a Batch,
    order: Vec<u32>,
    /// The key columns that all rows of the target share, with their values.
    scope: RowScope,
    retention: Retention,
    /// The time that vanished rows get as `last_seen_at`.
    last_seen: Cell<'static>,
    /// Set if only a part of the set is in memory.
    part: Option<PartialSet<'a>>,
    /// A further SQL condition for rows to vanish.
    unless_spared: String,
}

/// Where rows go, and how.
pub(super) struct Into<'a> {
    /// What happens to earlier rows.
    pub retention: Retention,
    /// The target of the rows; the empty key if they belong to the whole table, or to many targets.
    pub key: &'a TargetKey,
    /// The dataset, for its route's parameters: rows may vanish only if all of them bound the statement.
    pub dataset: &'a Dataset,
    /// When the compared, earlier set was built.
    pub last_seen: DateTime<Utc>,
    /// When ESI built the rows.
    pub observed: DateTime<Utc>,
    /// Set if only a part of the set is in memory.
    pub part: Option<PartialSet<'a>>,
    /// Rows that stay although the set does not have them.
    pub spare: Option<&'a Spare>,
}

impl TableWrite<'_> {
    /// What an insert does if the key exists.
    fn conflict(&self) -> OnConflict {
        match self.retention {
            Retention::Snapshot | Retention::Track | Retention::Upsert => OnConflict::newer(self.table()),
            Retention::Append => OnConflict::Keep,
        }
    }

    /// The vanished keys, if they are known one by one, and what happens to their rows.
    fn named(&self) -> Option<(Vanish, &[i64])> {
        Some((self.vanish()?, self.part?.vanished))
    }

    /// What happens to rows that are not in the set; `None` if their absence says nothing.
    fn vanish(&self) -> Option<Vanish> {
        match self.retention {
            Retention::Snapshot => Some(Vanish::Delete),
            Retention::Track => Some(Vanish::Mark),
            Retention::Upsert | Retention::Append => None,
        }
    }

    fn table(&self) -> &'static Table {
        self.batch.table
    }

    /// The key columns that differ between the rows of one target.
    fn rest(&self) -> Vec<usize> {
        self.table().key_positions().split_off(self.scope.len())
    }

    /// Refuses a row of another target, because later writes would neither compare nor delete it. The rows
    /// are in key order and the key starts with the target, so checking the first and the last row suffices.
    ///
    /// Also refuses rows to vanish unless every parameter of the route bounds the statement; otherwise rows
    /// of other targets would vanish.
    fn check_scope(&self, into: &Into<'_>) -> Result<(), StoreError> {
        let table = self.table();
        let positions = table.key_positions();
        for &row in self.order.first().into_iter().chain(self.order.last()) {
            for ((column, asked), &at) in self.scope.cells().zip(&positions) {
                let found = self.batch.columns[at].get(row as usize);
                if found != *asked {
                    return Err(StoreError::Refused(format!(
                        "{}: a row of {} = {found:?} in the set of {asked:?}",
                        table.name, column.name
                    )));
                }
            }
        }
        let is_fixed = |name: &str| self.scope.cells().any(|(column, _)| column.name == name);
        let in_key = |name: &&str| table.key.contains(name) || self.scope.is_empty();
        let unbounded = into.dataset.path_params().filter(in_key).find(|name| !is_fixed(name));
        if let (Some(name), Some(_)) = (unbounded, self.vanish()) {
            return Err(StoreError::Refused(format!(
                "{}: rows would vanish whatever their {name}, because it is not a leading column of the key",
                table.name
            )));
        }
        Ok(())
    }

    /// The runs of rows, with the ends that each run owns.
    fn runs(&self, size: usize) -> impl Iterator<Item = (&[u32], Ends, Option<u32>)> {
        let last = self.order.len().div_ceil(size).saturating_sub(1);
        self.order.chunks(size).enumerate().map(move |(i, rows)| {
            let before = i.checked_sub(1).map(|_| self.order[i * size - 1]);
            (rows, Ends { lower: i > 0, upper: i < last }, before)
        })
    }
}

/// Writes a target's batches in the current transaction.
pub(super) async fn batches(
    tx: &mut Write,
    into: &Into<'_>,
    batches: &[Batch],
) -> Result<WriteReport, StoreError> {
    let mut outcome = WriteReport::default();
    for (at, batch) in batches.iter().enumerate() {
        if batch.table.log {
            // The main table comes first, so it already has the new rows.
            let changed = outcome.written.upserted > 0;
            if let Some(main) = batches.first().filter(|_| changed) {
                log::changes(tx, batch.table, main, into.observed).await?;
            }
            continue;
        }
        let scope = RowScope::of(batch.table, into.key)
            .map_err(|why| StoreError::Refused(format!("{}: {why}", batch.table.name)))?;
        let (retention, unless_spared) = match into.spare.map(|spare| spare.condition(batch.table)) {
            None => (into.retention, String::new()),
            Some(Some(condition)) => (into.retention, condition),
            Some(None) if into.retention == Retention::Append => (Retention::Append, String::new()),
            Some(None) => (Retention::Upsert, String::new()),
        };
        let mut job = TableWrite {
            batch,
            order: batch.in_key_order(),
            scope,
            retention,
            unless_spared,
            last_seen: Cell::Time(into.last_seen.timestamp()),
            part: into.part,
        };
        job.check_scope(into)?;
        if at == 0 {
            outcome.rows = into.part.map_or(job.order.len(), |part| part.rows);
        }
        if let Some(part) = into.part.filter(|part| !part.outdone.is_empty()) {
            let key = job.rest()[0];
            let wins = |row: &u32| match batch.columns[key].get(*row as usize) {
                Cell::Int(key) => !part.outdone.contains(&key),
                _ => true,
            };
            job.order.retain(wins);
        }
        outcome.written.add(match tx {
            Write::Sqlite(tx) => sqlite::write(&mut *tx, &job).await?,
            Write::Postgres(tx) => postgres::write(&mut *tx, &job).await?,
        });
    }
    Ok(outcome)
}
