//! Who owns this database, and which run of the daemon writes to it.
//!
//! Every start adds one to a generation number. `PostgreSQL` may drop the connection that holds the advisory
//! lock while transactions of the old holder are still under way. So each write transaction first checks that
//! the generation is still its own (the fence). SQLite's lock is a file lock of the process and needs no
//! fence.

use chrono::{DateTime, Utc};

use super::{Row, Store, StoreError, Write};

/// The instance that used the database last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Process id and host.
    pub holder: String,
    /// The version of esi-syncd.
    pub version: String,
    /// When it started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it stopped in good order; `None` while it runs, or if it was killed.
    pub stopped_at: Option<DateTime<Utc>>,
}

/// The signature of this process in locks: process id and host.
#[must_use]
pub fn holder() -> String {
    let uname = rustix::system::uname();
    let host = uname.nodename().to_string_lossy();
    format!("pid {} on {host}", std::process::id())
}

impl Store {
    /// Signs the database: checks the tenant and raises the generation, which the store keeps.
    pub(super) async fn begin_instance(&self, tenant: &str) -> Result<(), StoreError> {
        let mut tx = match self {
            Self::Sqlite(_) => self.begin().await?,
            Self::Postgres(db) => db.begin_unfenced().await?,
        };
        let last =
            tx.query("SELECT generation, tenant, stopped_at FROM sync_instance WHERE id = 1", &[]).await?;
        let mut generation = 1;
        if let Some(row) = last.first() {
            let theirs = row.text("tenant")?.unwrap_or_default();
            if theirs != tenant {
                return Err(StoreError::Foreign(format!(
                    "the database holds data of tenant {theirs:?}, the configuration says {tenant:?}: \
                     use another database, or set `tenant = {theirs:?}` under [esi]"
                )));
            }
            generation = row.int("generation")?.unwrap_or(0) + 1;
            self.remember_clean(row.time("stopped_at")?.is_some());
        } else {
            self.remember_clean(true);
        }
        let sql = "INSERT INTO sync_instance \
                   (id, generation, tenant, holder, version, started_at, stopped_at, public_schema) \
                   VALUES (1, $1, $2, $3, $4, $5, NULL, $6) ON CONFLICT (id) DO UPDATE SET \
                   generation = excluded.generation, holder = excluded.holder, version = excluded.version, \
                   started_at = excluded.started_at, stopped_at = NULL, public_schema = excluded.public_schema";
        let args = [
            generation.into(),
            tenant.into(),
            holder().into(),
            env!("CARGO_PKG_VERSION").into(),
            Utc::now().into(),
            self.schema().map(str::to_owned).into(),
        ];
        tx.execute(sql, &args).await?;
        tx.commit().await?;
        if let Self::Postgres(db) = self {
            db.set_generation(generation);
        }
        Ok(())
    }

    /// Records that this run ended in good order.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn end_instance(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.execute("UPDATE sync_instance SET stopped_at = $1 WHERE id = 1", &[Utc::now().into()]).await?;
        tx.commit().await
    }

    /// The instance that used the database last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn instance(&self) -> Result<Option<Instance>, StoreError> {
        let rows = self.query("SELECT * FROM sync_instance WHERE id = 1", &[]).await?;
        let read = |row: &Row| {
            Ok(Instance {
                holder: row.text("holder")?.unwrap_or_default(),
                version: row.text("version")?.unwrap_or_default(),
                started_at: row.time("started_at")?,
                stopped_at: row.time("stopped_at")?,
            })
        };
        rows.first().map(read).transpose()
    }

    /// Whether the previous run ended in good order, so that its saved budgets are complete.
    #[must_use]
    pub fn was_clean(&self) -> bool {
        match self {
            Self::Sqlite(db) => db.clean.load(std::sync::atomic::Ordering::Relaxed),
            Self::Postgres(db) => db.clean.load(std::sync::atomic::Ordering::Relaxed),
        }
    }

    fn remember_clean(&self, clean: bool) {
        match self {
            Self::Sqlite(db) => db.clean.store(clean, std::sync::atomic::Ordering::Relaxed),
            Self::Postgres(db) => db.clean.store(clean, std::sync::atomic::Ordering::Relaxed),
        }
    }

    /// Whether some process holds the instance lock right now.
    ///
    /// # Errors
    /// If the lock cannot be checked.
    pub async fn running(&self) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(db) => db.is_locked(),
            Self::Postgres(db) => db.is_locked().await,
        }
    }
}

impl Write {
    /// The fence: refuses writes of a run that has been superseded.
    pub(super) async fn check_fence(&mut self, generation: i64) -> Result<(), StoreError> {
        let sql = "SELECT generation, holder FROM sync_instance WHERE id = 1 FOR SHARE";
        let rows = self.query(sql, &[]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        if row.int("generation")? == Some(generation) {
            return Ok(());
        }
        Err(StoreError::Locked { holder: row.text("holder")?.unwrap_or_default() })
    }
}
