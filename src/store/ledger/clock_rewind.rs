//! Ledger entries that were written while the clock ran ahead.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::{Store, StoreError};

/// A correction of the clock up to this size is ignored.
pub const CLOCK_SLACK: TimeDelta = TimeDelta::seconds(5);

impl Store {
    /// Moves targets that were asked in the future, and targets that were never asked and are not due yet,
    /// back by the correction of the clock: by `step`, or by more if the ledger shows more. Returns the
    /// number of targets.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn rewind(
        &self,
        dataset: &str,
        now: DateTime<Utc>,
        step: TimeDelta,
    ) -> Result<u64, StoreError> {
        let sql = "SELECT MAX(last_attempt_at) AS last FROM sync_targets WHERE dataset = $1";
        let rows = self.query(sql, &[dataset.into()]).await?;
        let last = rows.first().map_or(Ok(None), |row| row.time("last"))?;
        let by = last.map_or(step, |last| step.max(last - now));
        if by <= CLOCK_SLACK {
            return Ok(0);
        }
        let back = |column: &str| self.later(column, "$4");
        let with_success =
            |column| format!("CASE WHEN last_success_at > $2 THEN {} ELSE {column} END", back(column));
        let sql = format!(
            "UPDATE sync_targets SET due_at = {}, last_attempt_at = {}, expires_at = {}, last_success_at = {} \
             WHERE dataset = $1 AND (last_attempt_at > $3 OR last_attempt_at IS NULL AND due_at > $2)",
            back("due_at"),
            back("last_attempt_at"),
            with_success("expires_at"),
            with_success("last_success_at"),
        );
        let seconds = format!("-{} seconds", by.num_seconds());
        let mut tx = self.begin().await?;
        let moved = tx
            .execute(&sql, &[dataset.into(), now.into(), (now + CLOCK_SLACK).into(), seconds.into()])
            .await?;
        tx.commit().await?;
        Ok(moved)
    }
}
