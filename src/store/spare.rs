//! Spared rows: stored rows that a set says nothing about, because some of its records could not be read.
//!
//! A row that is not in a set has vanished, but a record that is there and cannot be read is not gone. So its
//! rows are spared: they are neither deleted nor marked. If the key of a record is unreadable too, no row of
//! the target vanishes.

use std::collections::BTreeSet;

use crate::declare::{Dataset, LAST_SEEN, Retention, Table, TargetKey};
use crate::rows::RecordKey;

use super::prune::scope_condition;
use super::{Arg, Row, Store, StoreError, Write};

/// How many keys one statement names.
const AT_ONCE: usize = 200;

/// The rows that are spared.
#[derive(Clone, Debug)]
pub enum Spare {
    /// All rows of the target.
    All,
    /// The rows of these records, each of which has one integer as its key.
    Records(RecordKey, BTreeSet<i64>),
}

impl Spare {
    /// The condition that rows must fulfil to vanish, to be added to others; `None` if no row may vanish.
    pub(in crate::store) fn condition(&self, table: &Table) -> Option<String> {
        let Self::Records(key, ids) = self else { return None };
        let columns = key.columns(table)?;
        let [column] = columns[..] else { return None };
        // The text holds only our integers and a declared name; no text of a reply gets into the statement.
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        Some(format!(" AND \"{column}\" NOT IN ({})", ids.join(", ")))
    }
}

/// The condition for a target's rows of the newest set in the main table, with its arguments.
fn newest_rows(
    dataset: &Dataset,
    main: &'static Table,
    target: &TargetKey,
) -> Result<(String, Vec<Arg>), StoreError> {
    let (mut condition, args) = scope_condition(main, target)?;
    if dataset.retention == Retention::Track {
        condition = format!("{condition} AND {} IS NULL", LAST_SEEN.name);
    }
    Ok((condition, args))
}

impl Store {
    /// The records among these, given by the integer in their key, that have rows in the main table.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn stored_records(
        &self,
        dataset: &Dataset,
        target: &TargetKey,
        key: &RecordKey,
        ids: &BTreeSet<i64>,
    ) -> Result<BTreeSet<i64>, StoreError> {
        let mut stored = BTreeSet::new();
        let Some(main) = dataset.tables.first() else { return Ok(stored) };
        let columns = key.columns(main).unwrap_or_default();
        let [column] = columns[..] else { return Ok(stored) };
        let (condition, args) = newest_rows(dataset, main, target)?;
        for some in ids.iter().map(ToString::to_string).collect::<Vec<_>>().chunks(AT_ONCE) {
            let sql = format!(
                "SELECT DISTINCT \"{column}\" AS id FROM \"{}\" WHERE {condition} AND \"{column}\" IN ({})",
                main.name,
                some.join(", ")
            );
            for row in self.query(&sql, &args).await? {
                stored.extend(row.int("id")?);
            }
        }
        Ok(stored)
    }

    /// How many of these rows, given by the columns of their key, are stored with a value in the column.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn with_value(
        &self,
        table: &Table,
        column: &str,
        keys: &[Vec<Arg>],
    ) -> Result<usize, StoreError> {
        let mut found = 0;
        for some in keys.chunks(AT_ONCE) {
            let mut args: Vec<Arg> = Vec::new();
            let rows: Vec<String> = some
                .iter()
                .map(|values| {
                    let parts = table.key.iter().zip(values).map(|(name, value)| {
                        args.push(value.clone());
                        format!("\"{name}\" = ${}", args.len())
                    });
                    format!("({})", parts.collect::<Vec<_>>().join(" AND "))
                })
                .collect();
            let sql = format!(
                "SELECT COUNT(*) AS n FROM \"{}\" WHERE \"{column}\" IS NOT NULL AND ({})",
                table.name,
                rows.join(" OR ")
            );
            let rows = self.query(&sql, &args).await?;
            let n = rows.first().map_or(Ok(None), |row: &Row| row.int("n"))?;
            found += n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        }
        Ok(found)
    }
}

impl Write {
    /// How many rows of the main table belong to a target's newest set, spared rows included.
    pub(in crate::store) async fn count_newest(
        &mut self,
        dataset: &Dataset,
        target: &TargetKey,
    ) -> Result<usize, StoreError> {
        let Some(main) = dataset.tables.first() else { return Ok(0) };
        let (condition, args) = newest_rows(dataset, main, target)?;
        let sql = format!("SELECT COUNT(*) AS n FROM \"{}\" WHERE {condition}", main.name);
        let rows = self.query(&sql, &args).await?;
        let n = rows.first().map_or(Ok(None), |row| row.int("n"))?;
        Ok(n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
    }
}
