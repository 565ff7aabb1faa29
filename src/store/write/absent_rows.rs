//! Rows of datasets that are read along a cursor: how many there are, and which of them are no longer there.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::declare::{Dataset, LAST_SEEN};

use crate::store::{Store, StoreError, Target};

impl Store {
    /// How many rows of the main table belong to a target.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn count_rows(&self, dataset: &Dataset, target: &Target) -> Result<i64, StoreError> {
        let Some(table) = dataset.tables.first() else { return Ok(0) };
        let scope = target.values().find(|(name, _)| table.position(name).is_some());
        let condition = scope.map(|(name, _)| format!(" WHERE {name} = $1")).unwrap_or_default();
        let sql = format!("SELECT COUNT(*) AS n FROM {}{condition}", table.name);
        let args = scope.map(|(_, value)| value.into());
        let rows = self.query(&sql, args.as_slice()).await?;
        rows.first().map_or(Ok(None), |row| row.int("n")).map(|n| n.unwrap_or(0))
    }

    /// Marks the rows of the main table whose key is not among these as gone since `last_seen`. Returns how many.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn mark_unseen(
        &self,
        dataset: &Dataset,
        seen: &HashSet<String>,
        last_seen: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let Some(table) = dataset.tables.first() else { return Ok(0) };
        let (key, mark) = (table.key[0], LAST_SEEN.name);
        let mut tx = self.begin().await?;
        let sql = format!("SELECT {key} FROM {} WHERE {mark} IS NULL", table.name);
        let update = format!("UPDATE {} SET {mark} = $1 WHERE {key} = $2", table.name);
        let mut marked = 0;
        for row in tx.query(&sql, &[]).await? {
            let key = row.text(key)?.unwrap_or_default();
            if !seen.contains(&key) {
                marked += tx.execute(&update, &[last_seen.into(), key.into()]).await?;
            }
        }
        tx.commit().await?;
        Ok(marked)
    }
}
