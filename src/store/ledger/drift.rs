//! Where ESI's replies differ from the specification, field by field.
//!
//! The ledger counts the oddities of each target's stored set; this table names them, per dataset. It is
//! written in the commit of the set, but only if something is new: a reply with the same oddity every five
//! minutes costs a row once an hour.

use chrono::{DateTime, TimeDelta, Utc};

use crate::rows::Drift;
use crate::store::{Row, Store, StoreError, Write};

/// The exactness of `last_seen_at`.
const EXACTNESS: TimeDelta = TimeDelta::hours(1);
/// Most fields that one set may add.
const FIELDS: usize = 100;
/// Longest stored name of a field, in characters.
const NAME: usize = 200;

/// A field of a dataset that differs from the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftRow {
    /// The dataset's name.
    pub dataset: String,
    /// The field, or `table.column` for a missing value.
    pub field: String,
    /// `unknown` or `missing`.
    pub kind: String,
    /// The largest number of records of one reply that had it.
    pub records: i64,
    /// When it was first seen.
    pub first_seen_at: Option<DateTime<Utc>>,
    /// When it was last seen, within an hour.
    pub last_seen_at: Option<DateTime<Utc>>,
}

impl DriftRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            dataset: row.text("dataset")?.unwrap_or_default(),
            field: row.text("field")?.unwrap_or_default(),
            kind: row.text("kind")?.unwrap_or_default(),
            records: row.int("records")?.unwrap_or(0),
            first_seen_at: row.time("first_seen_at")?,
            last_seen_at: row.time("last_seen_at")?,
        })
    }
}

impl Store {
    /// All fields that differ from the specification, by dataset.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn drift(&self) -> Result<Vec<DriftRow>, StoreError> {
        let sql = "SELECT * FROM sync_drift ORDER BY dataset, kind, field";
        self.query(sql, &[]).await?.iter().map(DriftRow::read).collect()
    }
}

impl Write {
    /// Stores the oddities of a set. A set without oddities deletes those that no other target of the dataset
    /// has.
    pub(in crate::store) async fn put_drift(
        &mut self,
        dataset: &str,
        drift: &Drift,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if drift.count() == 0 {
            let forget = "DELETE FROM sync_drift WHERE dataset = $1 AND NOT EXISTS \
                          (SELECT 1 FROM sync_targets WHERE dataset = $1 AND drift > 0)";
            self.execute(forget, &[dataset.into()]).await?;
            return Ok(());
        }
        let put = "INSERT INTO sync_drift (dataset, field, kind, records, first_seen_at, last_seen_at) \
                   VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT (dataset, field, kind) DO UPDATE SET \
                   records = CASE WHEN excluded.records > sync_drift.records THEN excluded.records \
                   ELSE sync_drift.records END, last_seen_at = excluded.last_seen_at \
                   WHERE excluded.records > sync_drift.records OR sync_drift.last_seen_at <= $6";
        let unknown = drift.unknown.iter().map(|(field, n)| (field, "unknown", n));
        let missing = drift.missing.iter().map(|(field, n)| (field, "missing", n));
        for (field, kind, records) in unknown.chain(missing).take(FIELDS) {
            let field: String = field.replace('\0', "\u{FFFD}").chars().take(NAME).collect();
            let records = i64::try_from(*records).unwrap_or(i64::MAX);
            let args = [
                dataset.into(),
                field.into(),
                kind.into(),
                records.into(),
                now.into(),
                (now - EXACTNESS).into(),
            ];
            self.execute(put, &args).await?;
        }
        Ok(())
    }
}
