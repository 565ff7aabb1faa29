//! Rows of datasets that are read along a cursor: counts them, and marks those that are gone.
//!
//! A cursor brings changes, never a whole set. Only a walk from end to end shows which rows of its target are
//! gone: those that it did not meet. It never touches rows of other targets in the same table.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::declare::{Dataset, LAST_SEEN, TargetKey, Type};
use crate::store::prune::scope_condition;
use crate::store::{Arg, Row, Store, StoreError};

/// Rows marked by one statement.
const AT_ONCE: usize = 500;

impl Store {
    /// How many rows of the main table belong to a target.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count_rows(&self, dataset: &Dataset, key: &TargetKey) -> Result<i64, StoreError> {
        let Some(table) = dataset.tables.first() else { return Ok(0) };
        let (condition, args) = scope_condition(table, key)?;
        self.number(&format!("SELECT COUNT(*) AS n FROM {} WHERE {condition}", table.name), &args).await
    }

    /// Marks the target's rows of the main table whose id is not among `present` as gone since `last_seen`.
    /// The id is the first key column that the target does not fix. Returns the number of rows.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn mark_absent(
        &self,
        dataset: &Dataset,
        key: &TargetKey,
        present: &HashSet<String>,
        last_seen: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let Some(table) = dataset.tables.first() else { return Ok(0) };
        let (condition, scope) = scope_condition(table, key)?;
        let id = table.key.get(scope.len()).and_then(|name| table.columns.iter().find(|c| c.name == *name));
        let Some(id) = id else { return Ok(0) };
        let (name, mark) = (id.name, LAST_SEEN.name);
        let read = |row: &Row| -> Result<Option<(String, Arg)>, StoreError> {
            Ok(match id.ty {
                Type::Int => row.int(name)?.map(|id| (id.to_string(), id.into())),
                _ => row.text(name)?.map(|id| (id.clone(), id.into())),
            })
        };
        let mut tx = self.begin().await?;
        let sql = format!("SELECT DISTINCT {name} FROM {} WHERE {condition} AND {mark} IS NULL", table.name);
        let mut absent: Vec<Arg> = Vec::new();
        for row in tx.query(&sql, &scope).await? {
            absent.extend(read(&row)?.filter(|(text, _)| !present.contains(text)).map(|(_, arg)| arg));
        }
        let mut marked = 0;
        for some in absent.chunks(AT_ONCE) {
            let mut args = scope.clone();
            args.extend_from_slice(some);
            args.push(last_seen.into());
            let ids: Vec<String> = (1..=some.len()).map(|n| format!("${}", scope.len() + n)).collect();
            let sql = format!(
                "UPDATE {} SET {mark} = ${} WHERE {condition} AND {mark} IS NULL AND {name} IN ({})",
                table.name,
                args.len(),
                ids.join(", ")
            );
            marked += tx.execute(&sql, &args).await?;
        }
        tx.commit().await?;
        Ok(marked)
    }
}
