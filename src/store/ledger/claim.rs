//! Selects due targets, and postpones targets.

use chrono::{DateTime, Utc};

use super::target::ASKED;
use crate::store::{Arg, Store, StoreError, Target};

/// What makes a target due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Its due time has come, which includes ESI's expiry, our cadence, jitter and spreading. The daemon uses
    /// this.
    ByCadence,
    /// Its reply had expired when the pass began, whatever our cadence is; after a failure the pause still
    /// counts. `sync` uses this: a reply that expires during the pass is left to the next one.
    Expired {
        /// When the pass began.
        by: DateTime<Utc>,
    },
    /// The same of a dataset that the operator named: our own rests after failures do not count, only ESI's expiry. What
    /// was tried since the pass began rests; the ledger's times have no fractions, so the caller sorts out what was tried in the
    /// pass's first second.
    Named {
        /// When the pass began.
        by: DateTime<Utc>,
    },
}

impl Due {
    /// Whether a target without failure is due, given when its reply expires and its due time comes.
    #[must_use]
    pub fn has_come(
        self,
        expires_at: Option<DateTime<Utc>>,
        due_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> bool {
        match self {
            Self::ByCadence => due_at.is_none_or(|due| due <= now),
            Self::Expired { by } | Self::Named { by } => expires_at.is_none_or(|at| at <= by),
        }
    }
}

/// Targets to postpone.
#[derive(Clone, Copy, Debug)]
pub struct Skip<'a> {
    /// The dataset's name.
    pub dataset: &'a str,
    /// For a dataset with an id list: `true` means only the list, `false` all but the list.
    pub list: Option<bool>,
}

impl Store {
    /// Due targets of a dataset without its id list, the longest overdue first. With `ranked`, targets that
    /// were never asked come first, in order of rank.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn due(
        &self,
        dataset: &str,
        ranked: bool,
        due: Due,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Target>, StoreError> {
        let mut args: Vec<Arg> = vec![dataset.into(), now.into(), limit.into()];
        let condition = match due {
            Due::ByCadence => "due_at <= $2",
            Due::Expired { by } => {
                args.push(by.into());
                "CASE WHEN last_error IS NULL THEN expires_at IS NULL OR expires_at <= $4 ELSE due_at <= $2 END"
            }
            Due::Named { by } => {
                args.push(by.into());
                "(expires_at IS NULL OR expires_at <= $4) AND (last_error IS NULL OR due_at <= $2 \
                 OR last_attempt_at IS NULL OR last_attempt_at <= $4)"
            }
        };
        let order = if ranked { "rank IS NULL, rank, due_at, target" } else { "due_at, target" };
        let sql = format!(
            "SELECT * FROM sync_targets WHERE dataset = $1 AND state IN {ASKED} AND kind <> 'list' \
             AND {condition} ORDER BY {order} LIMIT $3"
        );
        self.query(&sql, &args).await?.iter().map(Target::read).collect()
    }

    /// When the next target of a dataset falls due; `None` if the dataset has no target.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn next_due(&self, dataset: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql =
            format!("SELECT MIN(due_at) AS due_at FROM sync_targets WHERE dataset = $1 AND state IN {ASKED}");
        let rows = self.query(&sql, &[dataset.into()]).await?;
        rows.first().map_or(Ok(None), |row| row.time("due_at"))
    }

    /// Postpones the due targets of a dataset to `until`, and records why; no failure is counted. Returns the
    /// number of targets.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn skip(
        &self,
        skip: Skip<'_>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        why: &str,
    ) -> Result<u64, StoreError> {
        let some = match skip {
            Skip { list: Some(true), .. } => "AND kind = 'list'",
            Skip { list: Some(false), .. } => "AND kind <> 'list'",
            Skip { list: None, .. } => "",
        };
        let sql = format!(
            "UPDATE sync_targets SET due_at = $3, last_error = $4 WHERE dataset = $1 AND due_at <= $2 \
             AND state IN {ASKED} {some}"
        );
        let mut tx = self.begin().await?;
        let moved = tx.execute(&sql, &[skip.dataset.into(), now.into(), until.into(), why.into()]).await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// How many targets have expired although they were stored under the build `server_version`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn expired_of_build(
        &self,
        dataset: &str,
        server_version: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = $1 AND server_version = $2 \
                   AND expires_at <= $3 AND failures = 0 AND state = 'active'";
        self.number(sql, &[dataset.into(), server_version.into(), now.into()]).await
    }

    /// Static content whose build is still the current one needs no request: postpones its targets to
    /// `until`. Returns the number of targets.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn postpone_unchanged_build(
        &self,
        dataset: &str,
        server_version: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE sync_targets SET due_at = $4, expires_at = $4 WHERE dataset = $1 AND server_version = $2 \
                   AND expires_at <= $3 AND failures = 0 AND state = 'active'";
        let mut tx = self.begin().await?;
        let moved =
            tx.execute(sql, &[dataset.into(), server_version.into(), now.into(), until.into()]).await?;
        tx.commit().await?;
        Ok(moved)
    }
}
