//! The datasets as configured and declared, and what a change of either means for stored targets.
//!
//! A due time is computed when a reply is stored, and may lie a day ahead. If the operator asks for a shorter
//! cadence, or a new version of the program reads one more column, the stored due times are wrong. Rows that
//! are asked only once, or only after a new build of the game, would never be asked again. So the ledger
//! stores the cadence and the declaration that its due times are based on, and moves the due times in the
//! transaction that stores new ones. No due time is moved before the expiry of a reply.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::target::ASKED;
use crate::declare::{Dataset, Dialect, Ttl, digest};
use crate::store::{Store, StoreError};

/// A dataset's row in the table `sync_datasets`.
#[derive(Clone, Debug)]
pub struct DatasetRow {
    /// The declaration.
    pub dataset: &'static Dataset,
    /// Whether the configuration enables it.
    pub enabled: bool,
    /// How long its targets are meant to stay fresh.
    pub period: Duration,
    /// The configured cadence, in words.
    pub every: String,
}

/// When the targets of a dataset are due by the configured cadence alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextDue {
    /// This long after their last success.
    After(TimeDelta),
    /// At this time.
    At(DateTime<Utc>),
}

/// A dataset as the running program wants it.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The declaration.
    pub dataset: &'static Dataset,
    /// The configured cadence, in words.
    pub every: String,
    /// When its targets are due by that cadence.
    pub next: NextDue,
    /// The time over which its targets are asked again if the declaration has changed.
    pub spread: Duration,
}

/// What has changed since the last run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Targets whose due time follows a new cadence.
    pub rescheduled: u64,
    /// Targets that are asked again because the declaration has changed.
    pub redeclared: u64,
}

impl Store {
    /// Changes how long the targets of these datasets are meant to stay fresh. A target due later than that
    /// from now becomes due earlier; it would be late otherwise.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn put_periods(
        &self,
        periods: &[(&'static str, Duration)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (dataset, period) in periods {
            let seconds = i64::try_from(period.as_secs()).unwrap_or(i64::MAX);
            let sql = "UPDATE sync_datasets SET period_seconds = $2 WHERE dataset = $1";
            tx.execute(sql, &[(*dataset).into(), seconds.into()]).await?;
            let latest = now + TimeDelta::from_std(*period).unwrap_or(TimeDelta::days(3650));
            let sql = "UPDATE sync_targets SET due_at = $2 WHERE dataset = $1 AND due_at > $2 AND expires_at <= $2 \
                       AND failures = 0 AND state IN ('active', 'shrunk')";
            tx.execute(sql, &[(*dataset).into(), latest.into()]).await?;
        }
        tx.commit().await
    }

    /// Stores which datasets exist and how they are configured, for the view `sync_status`. The cadence and
    /// the declaration of a stored dataset stay: [`Store::adopt`] changes them.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn put_datasets(&self, rows: &[DatasetRow]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let names: Vec<String> = (1..=rows.len()).map(|n| format!("${n}")).collect();
        if !rows.is_empty() {
            let args: Vec<_> = rows.iter().map(|row| row.dataset.name.into()).collect();
            let sql = format!("DELETE FROM sync_datasets WHERE dataset NOT IN ({})", names.join(", "));
            tx.execute(&sql, &args).await?;
        }
        let sql = "INSERT INTO sync_datasets (dataset, operation, source, enabled, every, declaration, period_seconds) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (dataset) DO UPDATE SET \
                   operation = excluded.operation, source = excluded.source, enabled = excluded.enabled, \
                   period_seconds = excluded.period_seconds";
        for row in rows {
            let args = [
                row.dataset.name.into(),
                row.dataset.operation().into(),
                row.dataset.id_list().map(|list| list.path.to_owned()).into(),
                row.enabled.into(),
                row.every.as_str().into(),
                digest(&row.dataset.canonical()).into(),
                i64::try_from(row.period.as_secs()).unwrap_or(i64::MAX).into(),
            ];
            tx.execute(sql, &args).await?;
        }
        tx.commit().await
    }

    /// Updates the stored due times of a dataset if its cadence or its declaration has changed.
    ///
    /// # Errors
    /// If the database cannot be read or written; nothing has changed then.
    pub async fn adopt(&self, wanted: &Adoption, now: DateTime<Utc>) -> Result<Adopted, StoreError> {
        let name = wanted.dataset.name;
        let declaration = digest(&wanted.dataset.canonical());
        let sql = "SELECT every, declaration FROM sync_datasets WHERE dataset = $1";
        let rows = self.query(sql, &[name.into()]).await?;
        let Some(row) = rows.first() else { return Ok(Adopted::default()) };
        let same_cadence = row.text("every")?.as_deref() == Some(&wanted.every);
        let same_declaration = row.text("declaration")?.as_deref() == Some(&declaration);
        let mut adopted = Adopted::default();
        if same_cadence && same_declaration {
            return Ok(adopted);
        }
        let mut tx = self.begin().await?;
        if !same_cadence {
            let (due, arg) = match wanted.next {
                NextDue::At(at) => ("$2".to_owned(), at.into()),
                NextDue::After(time) => {
                    (self.later("last_success_at", "$2"), format!("{} seconds", time.num_seconds()).into())
                }
            };
            let sql = format!(
                "UPDATE sync_targets SET due_at = CASE WHEN expires_at > {due} THEN expires_at ELSE {due} END \
                 WHERE dataset = $1 AND state IN {ASKED} AND failures = 0 AND last_success_at IS NOT NULL"
            );
            adopted.rescheduled = tx.execute(&sql, &[name.into(), arg]).await?;
        }
        if !same_declaration {
            let within = i64::try_from(wanted.spread.as_secs()).unwrap_or(i64::MAX).max(1);
            let due = self.soon("$2", "$3");
            // Replies that ESI computes per call have no expiry of their own, only our cadence.
            let expiry = if wanted.dataset.ttl == Ttl::Uncached { "$2" } else { "expires_at" };
            let sql = format!(
                "UPDATE sync_targets SET due_at = CASE WHEN {expiry} > $2 THEN {expiry} ELSE {due} END, \
                 expires_at = {expiry}, server_version = NULL, state = CASE WHEN state = 'complete' THEN 'active' ELSE state END \
                 WHERE dataset = $1 AND kind <> 'list' AND state IN ('active', 'shrunk', 'complete') \
                 AND last_success_at IS NOT NULL"
            );
            adopted.redeclared = tx.execute(&sql, &[name.into(), now.into(), within.into()]).await?;
        }
        let sql = "UPDATE sync_datasets SET every = $2, declaration = $3 WHERE dataset = $1";
        tx.execute(sql, &[name.into(), wanted.every.as_str().into(), declaration.into()]).await?;
        tx.commit().await?;
        Ok(adopted)
    }

    /// A time plus an interval such as `90 seconds`, as SQL.
    pub(in crate::store) fn later(&self, time: &str, interval: &str) -> String {
        match self.dialect() {
            Dialect::Sqlite => format!("strftime('%Y-%m-%d %H:%M:%SZ', {time}, {interval})"),
            Dialect::Postgres => format!("({time} + {interval}::text::interval)"),
        }
    }

    /// A random time within this many seconds after another, different for each row, as SQL.
    fn soon(&self, time: &str, seconds: &str) -> String {
        match self.dialect() {
            Dialect::Sqlite => {
                format!("strftime('%Y-%m-%d %H:%M:%SZ', {time}, (abs(random()) % {seconds}) || ' seconds')")
            }
            Dialect::Postgres => {
                format!("({time}::timestamptz + make_interval(secs => floor(random() * {seconds}::bigint)))")
            }
        }
    }
}
