//! The database: one closed enum over two concrete pools.
//!
//! The central idea is one transaction: a target's changed rows, its vanished rows and its ledger entry
//! commit together ([`Store::commit`]). A crash leaves the old snapshot or the new one, and a restart asks
//! ESI for nothing that has not expired. Statements that move rows are generated from declarations
//! (`statement`, `write`); bookkeeping SQL is one text that both databases understand.
//!
//! We do not use sqlx's `Any`, which supports neither times nor JSONB nor arrays, and no generic parameter,
//! which would run through every type above. `SQLite` allows one writer, so it has one writing connection:
//! transactions queue for it in the pool instead of failing with "busy" halfway.

mod catalog;
mod describe;
mod error;
mod instance;
mod ledger;
mod migrate;
mod postgres;
mod prune;
mod readiness;
mod spare;
mod sqlite;
mod statistics;
mod value;
mod write;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Database, Postgres, Sqlite};

pub use catalog::CatalogColumn;
pub use error::StoreError;
pub use instance::Instance;
pub use ledger::claim::{Due, Skip};
pub use ledger::clock_rewind::CLOCK_SLACK;
pub use ledger::datasets::{Adopted, Adoption, DatasetRow, NextDue};
pub use ledger::drift::DriftRow;
pub use ledger::pages::{PageChanges, StoredPage};
pub use ledger::selection::{Moved, Selection};
pub use ledger::target::{Target, TargetKind, TargetState};
pub use migrate::{Migration, MigrationSet, MigrationStep, OnMigration, create_view, migrations, newest};
pub use prune::Pruned;
pub use spare::Spare;
pub use value::{Arg, Row, sqlite_time};
pub use write::commit::Commit;
pub use write::{PartialSet, Written};

use crate::declare::Dialect;
use value::{postgres_arguments, sqlite_arguments};

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Location {
    /// A SQLite file.
    Sqlite(std::path::PathBuf),
    /// A `PostgreSQL` connection URL; it may hold a password.
    Postgres(Secret),
}

/// A text that must never be shown.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// An open database.
#[derive(Debug)]
pub enum Store {
    /// SQLite.
    Sqlite(sqlite::Sqlite),
    /// `PostgreSQL`.
    Postgres(Box<postgres::Postgres>),
}

/// A transaction that writes. Dropping it without a commit changes nothing.
#[derive(Debug)]
pub(crate) enum Write {
    Sqlite(Begun<Sqlite>),
    Postgres(Begun<Postgres>),
}

/// A connection inside a transaction. It is closed, not reused, unless the transaction ends well.
///
/// sqlx's own transactions count begins and rollbacks. SQLite ends a transaction by itself when its disk is
/// full; the count would then stay wrong, and no further transaction could begin.
#[derive(Debug)]
pub(crate) struct Begun<DB: Database>(Option<PoolConnection<DB>>);

impl<DB: Database> std::ops::Deref for Begun<DB> {
    type Target = DB::Connection;
    fn deref(&self) -> &DB::Connection {
        self.0.as_ref().expect("the connection is there until the transaction ends")
    }
}

impl<DB: Database> std::ops::DerefMut for Begun<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        self.0.as_mut().expect("the connection is there until the transaction ends")
    }
}

impl<DB: Database> Drop for Begun<DB> {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.0 {
            connection.close_on_drop();
        }
    }
}

impl Store {
    /// Opens the database for its one writing instance: takes the instance lock, migrates, and checks that
    /// the database belongs to this tenant.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another instance has the lock; see [`StoreError`] for the rest.
    pub async fn open(location: &Location, tenant: &str) -> Result<Self, StoreError> {
        Self::open_telling(location, tenant, |_| ()).await
    }

    /// The same, and reports changes of the schema, which can take minutes.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub async fn open_telling(
        location: &Location,
        tenant: &str,
        tell: OnMigration,
    ) -> Result<Self, StoreError> {
        let store = match location {
            Location::Sqlite(path) => Self::Sqlite(sqlite::Sqlite::open(path).await?),
            Location::Postgres(url) => Self::Postgres(Box::new(postgres::Postgres::open(url).await?)),
        };
        let begun = async {
            store.migrate(tell).await?;
            store.begin_instance(tenant).await
        };
        if let Err(error) = begun.await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// Opens an existing database for reading only: no lock, no migration, nothing is created.
    ///
    /// # Errors
    /// If there is no database, or it cannot be read.
    pub async fn open_to_read(location: &Location) -> Result<Self, StoreError> {
        let store = match location {
            Location::Sqlite(path) => Self::Sqlite(sqlite::Sqlite::open_to_read(path).await?),
            Location::Postgres(url) => Self::Postgres(Box::new(postgres::Postgres::open_to_read(url).await?)),
        };
        if let Err(error) = store.refuse_other_base().await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// The schema of our tables; `None` on SQLite.
    #[must_use]
    pub fn schema(&self) -> Option<&str> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(db) => Some(db.schema()),
        }
    }

    /// Which SQL the database speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The full, quoted name of one of our tables or views; on `PostgreSQL` with its schema.
    #[must_use]
    pub fn qualified(&self, name: &str) -> String {
        Dialect::qualified(self.schema(), name)
    }

    /// Closes the pools, and then releases the lock. On SQLite the write-ahead log is checkpointed first.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => db.close().await,
            Self::Postgres(db) => db.close().await,
        }
    }

    /// Runs a query on a reading connection.
    ///
    /// # Errors
    /// If the database cannot be read, or refuses the query.
    pub async fn query(&self, sql: &str, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(db) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(args)).fetch_all(db.readers()).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(db) => {
                let rows = sqlx::query_with(sql, postgres_arguments(args)).fetch_all(db.pool()).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs a query that returns one number in the column `n`: 0 if there is no row.
    ///
    /// # Errors
    /// If the database cannot be read, or refuses the query.
    pub async fn number(&self, sql: &str, args: &[Arg]) -> Result<i64, StoreError> {
        let rows = self.query(sql, args).await?;
        rows.first().map_or(Ok(None), |row| row.int("n")).map(|n| n.unwrap_or(0))
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> Result<Write, StoreError> {
        match self {
            Self::Sqlite(db) => {
                let mut write = Write::Sqlite(Begun(Some(db.writer().acquire().await?)));
                write.batch("BEGIN IMMEDIATE").await?;
                Ok(write)
            }
            Self::Postgres(db) => {
                let mut write = Write::Postgres(Begun(Some(db.pool().acquire().await?)));
                write.batch("BEGIN").await?;
                write.check_fence(db.generation()).await?;
                Ok(write)
            }
        }
    }

    /// Takes the write lock and releases it, on a connection of its own, without writing anything.
    ///
    /// # Errors
    /// If the database does not take writes, or is locked for longer than a second.
    pub async fn try_write(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.try_write().await,
            Self::Postgres(db) => db.try_write().await,
        }
    }

    /// Updates the query planner's statistics of tables that have grown or shrunk. `PostgreSQL` does that by
    /// itself.
    ///
    /// # Errors
    /// If the database cannot be written; the statistics are unchanged then.
    pub async fn gather_statistics(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.gather_statistics().await,
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether this process still holds the database; `PostgreSQL`'s lock lives on a connection that may break.
    ///
    /// # Errors
    /// [`StoreError::Locked`] if another instance has taken the database; transient errors if the lock cannot
    /// be checked.
    pub async fn verify_lock(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(db) => db.verify_lock().await,
        }
    }
}

impl Write {
    /// Runs a bookkeeping statement; returns how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &str, args: &[Arg]) -> Result<u64, StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(tx) => {
                sqlx::query_with(sql, sqlite_arguments(args)).execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => {
                sqlx::query_with(sql, postgres_arguments(args)).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// Runs a bookkeeping query inside the transaction.
    pub(crate) async fn query(&mut self, sql: &str, args: &[Arg]) -> Result<Vec<Row>, StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = sqlx::query_with(sql, sqlite_arguments(args)).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = sqlx::query_with(sql, postgres_arguments(args)).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs statements without arguments.
    async fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop)?,
            Self::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }

    /// Makes the whole transaction durable.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.batch("COMMIT").await?;
        match self {
            Self::Sqlite(mut tx) => drop(tx.0.take()),
            Self::Postgres(mut tx) => drop(tx.0.take()),
        }
        Ok(())
    }
}
