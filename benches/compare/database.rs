//! Throw-away databases, and what can be asked of them from outside.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tempfile::TempDir;

use crate::{Fault, process};

/// A database that does not exist yet, or one that something was written to.
#[derive(Debug)]
pub enum Database {
    /// A file in a folder of its own.
    Sqlite(TempDir),
    /// A database of the server, dropped by [`Database::remove`].
    Postgres { server: Server, name: String },
}

/// The server that `benches/run` started.
#[derive(Clone, Debug)]
pub struct Server {
    url: String,
    pid: u32,
}

impl Server {
    /// The server `benches/run` tells of; `None` leaves `PostgreSQL` out.
    pub fn given() -> Option<Self> {
        let pid = std::env::var("ESI_BENCH_PG_PID").ok()?.parse().ok()?;
        Some(Self { url: std::env::var("ESI_BENCH_PG_URL").ok()?, pid })
    }

    async fn execute(&self, sql: &str) -> Result<(), Fault> {
        let mut db = PgConnection::connect(&format!("{}/postgres", self.url)).await?;
        db.execute(AssertSqlSafe(sql.to_owned())).await?;
        Ok(db.close().await?)
    }
}

impl Database {
    /// A new SQLite file, not there yet.
    pub fn sqlite() -> Result<Self, Fault> {
        Ok(Self::Sqlite(TempDir::with_prefix("esi-bench-")?))
    }

    /// A new database of the server, after a checkpoint, so that none falls into the measurement by chance.
    pub async fn postgres(server: &Server) -> Result<Self, Fault> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("bench_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        server.execute(&format!("CREATE DATABASE {name}")).await?;
        server.execute("CHECKPOINT").await?;
        Ok(Self::Postgres { server: server.clone(), name })
    }

    fn file(&self, suffix: &str) -> PathBuf {
        match self {
            Self::Sqlite(dir) => dir.path().join(format!("esi.db{suffix}")),
            Self::Postgres { .. } => PathBuf::new(),
        }
    }

    /// The address, as the configuration takes it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(_) => format!("sqlite://{}", self.file("").display()),
            Self::Postgres { server, name } => format!("{}/{name}", server.url),
        }
    }

    /// Drops it.
    pub async fn remove(self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(dir) => Ok(dir.close()?),
            Self::Postgres { server, name } => server.execute(&format!("DROP DATABASE {name} (FORCE)")).await,
        }
    }

    /// Runs statements.
    pub async fn execute(&self, sql: &str) -> Result<(), Fault> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(_) => {
                sql.execute(&mut self.open().await?).await?;
            }
            Self::Postgres { .. } => {
                sql.execute(&mut PgConnection::connect(&self.url()).await?).await?;
            }
        }
        Ok(())
    }

    /// The one integer that a query returns.
    pub async fn number(&self, sql: &str) -> Result<i64, Fault> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(_) => sqlx::query_scalar(sql).fetch_one(&mut self.open().await?).await?,
            Self::Postgres { .. } => {
                sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(&self.url()).await?).await?
            }
        })
    }

    /// Fetches all rows that a query returns; how many these are.
    pub async fn rows(&self, sql: &str) -> Result<usize, Fault> {
        let sql = AssertSqlSafe(sql.trim().trim_end_matches(';').to_owned());
        Ok(match self {
            Self::Sqlite(_) => sqlx::query(sql).fetch_all(&mut self.open().await?).await?.len(),
            Self::Postgres { .. } => {
                sqlx::query(sql).fetch_all(&mut PgConnection::connect(&self.url()).await?).await?.len()
            }
        })
    }

    /// Creates an empty SQLite file.
    pub async fn create(&self) -> Result<(), Fault> {
        let options = SqliteConnectOptions::new().filename(self.file("")).create_if_missing(true);
        let mut db = options.journal_mode(SqliteJournalMode::Wal).connect().await?;
        db.execute("PRAGMA user_version = 1").await?;
        Ok(db.close().await?)
    }

    /// Moves what is still in SQLite's log into the file, so that the file has its size.
    pub async fn settle(&self) -> Result<(), Fault> {
        match self {
            Self::Sqlite(_) => self.execute("PRAGMA wal_checkpoint(TRUNCATE)").await,
            Self::Postgres { .. } => Ok(()),
        }
    }

    async fn open(&self) -> Result<SqliteConnection, Fault> {
        Ok(SqliteConnectOptions::new().filename(self.file("")).connect().await?)
    }

    /// How large it is, in bytes.
    pub async fn size(&self) -> Result<i64, Fault> {
        match self {
            Self::Sqlite(_) => Ok(std::fs::metadata(self.file(""))?.len().try_into()?),
            Self::Postgres { .. } => self.number("SELECT pg_database_size(current_database())").await,
        }
    }

    /// Bytes ever written to the server's log; on SQLite see [`Database::hold_log`].
    pub async fn log(&self) -> Result<i64, Fault> {
        match self {
            Self::Sqlite(_) => Ok(std::fs::metadata(self.file("-wal")).map_or(0, |m| m.len()).try_into()?),
            Self::Postgres { .. } => self.number("SELECT (pg_current_wal_lsn() - '0/0')::bigint").await,
        }
    }

    /// On SQLite, begins to read and goes on doing so: as long as the reader stays, the log is never begun anew, and
    /// its size is all that was written to it. It also slows the writer down, so nothing else is measured meanwhile.
    pub async fn hold_log(&self) -> Result<Option<SqliteConnection>, Fault> {
        let Self::Sqlite(_) = self else { return Ok(None) };
        let mut reader = self.open().await?;
        reader.execute("BEGIN; SELECT COUNT(*) FROM sqlite_schema").await?;
        Ok(Some(reader))
    }

    /// Processor time of the server so far.
    pub fn server_cpu(&self) -> f64 {
        match self {
            Self::Sqlite(_) => 0.0,
            Self::Postgres { server, .. } => process::cpu_of_family(server.pid),
        }
    }

    /// Keeps the orders as they are now.
    pub async fn keep_copy(&self) -> Result<(), Fault> {
        self.execute("CREATE TABLE before AS SELECT * FROM market_orders; CREATE UNIQUE INDEX before_key ON before (order_id)")
            .await
    }

    /// How many rows differ from the copy: changed, added or gone.
    pub async fn changed(&self) -> Result<i64, Fault> {
        let columns = [
            "region_id",
            "type_id",
            "is_buy_order",
            "price",
            "volume_remain",
            "volume_total",
            "min_volume",
            "range",
            "location_id",
            "system_id",
            "issued",
            "duration",
        ];
        let differ: Vec<String> = columns.iter().map(|c| format!("n.{c} IS DISTINCT FROM o.{c}")).collect();
        let sql = format!(
            "SELECT (SELECT COUNT(*) FROM market_orders n LEFT JOIN before o ON o.order_id = n.order_id \
             WHERE o.order_id IS NULL OR {}) + (SELECT COUNT(*) FROM before o WHERE NOT EXISTS \
             (SELECT 1 FROM market_orders n WHERE n.region_id = o.region_id AND n.order_id = o.order_id))",
            differ.join(" OR ")
        );
        self.number(&sql).await
    }
}
