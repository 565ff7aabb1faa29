//! SQLite: one writer, a few readers, and a lock beside the file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::Mutex;
use tracing::{debug, warn};

use super::instance::holder;
use super::{StoreError, statistics};

/// The oldest SQLite without the write-ahead log's reset bug, which could corrupt a database that two connections
/// write or checkpoint at once.
pub const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a statement waits for another's lock before it reports "busy".
const BUSY: Duration = Duration::from_secs(5);
/// How long a lock may appear held although nobody holds it: `status` tries it for a moment.
const GLANCE: Duration = Duration::from_millis(300);
/// SQLite begins an "immediate" transaction even on a read-only file, but refuses a statement that would
/// write.
const TRY_WRITE: &str = "UPDATE sync_instance SET id = id WHERE 0";
/// The write-ahead log is cut back to this size after a checkpoint.
const LOG_LIMIT: &str = "67108864";
const READERS: u32 = 4;

/// An open SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    writer: Option<SqlitePool>,
    readers: SqlitePool,
    /// Opened first and closed last. While a read-only connection is open, SQLite leaves the `-wal` and
    /// `-shm` files in place, so readers without write rights can go on reading after we have stopped.
    keeper: Mutex<Option<SqliteConnection>>,
    path: PathBuf,
    lock: Option<File>,
    pub(super) clean: AtomicBool,
}

impl Sqlite {
    pub(super) async fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(parent).map_err(|e| denied(parent, &e))?;
        }
        let lock = lock(path).await?;
        let options = || {
            SqliteConnectOptions::new()
                .filename(path)
                .busy_timeout(BUSY)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(false)
                .pragma("cache_size", "-16384")
                .pragma("journal_size_limit", LOG_LIMIT)
                .optimize_on_close(false, None)
        };
        // The first connection creates the file and sets its journal mode, which then holds for all others.
        let mut first = options()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .connect()
            .await
            .map_err(|e| denied_open(path, e))?;
        check_version(&mut first).await?;
        let keeper = keeper(path, &options()).await?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_hours(1))
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options())
            .await?;
        let readers = readers(options()).await?;
        first.close().await?;
        Ok(Self {
            writer: Some(writer),
            readers,
            keeper: Mutex::new(Some(keeper)),
            path: path.to_owned(),
            lock: Some(lock),
            clean: AtomicBool::new(true),
        })
    }

    pub(super) async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Unavailable(format!(
                "{} does not exist yet: `esi-syncd` or `esi-syncd sync` creates it",
                path.display()
            )));
        }
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY);
        Ok(Self {
            writer: None,
            readers: readers(options).await?,
            keeper: Mutex::new(None),
            path: path.to_owned(),
            lock: None,
            clean: AtomicBool::new(true),
        })
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(super) fn writer(&self) -> &SqlitePool {
        self.writer.as_ref().unwrap_or(&self.readers)
    }

    pub(super) fn is_locked(&self) -> Result<bool, StoreError> {
        let path = lock_path(&self.path);
        let Ok(file) = File::open(&path) else { return Ok(false) };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    pub(super) async fn try_write(&self) -> Result<(), StoreError> {
        self.try_statement(TRY_WRITE).await
    }

    /// Tries a statement inside the write lock, and takes it back.
    pub(super) async fn try_statement(&self, statement: &str) -> Result<(), StoreError> {
        let options = SqliteConnectOptions::new().filename(&self.path).busy_timeout(Duration::from_secs(1));
        let mut connection = options.connect().await?;
        let sql = AssertSqlSafe(format!("BEGIN IMMEDIATE; {statement}; ROLLBACK"));
        let tried = sqlx::raw_sql(sql).execute(&mut connection).await;
        let _ = connection.close().await;
        tried?;
        Ok(())
    }

    pub(super) async fn gather_statistics(&self) -> Result<(), StoreError> {
        self.writer().execute(statistics::OF_ALL_TABLES).await?;
        Ok(())
    }

    pub(super) async fn close(&self) {
        if let Some(writer) = &self.writer {
            match writer.acquire().await {
                Ok(mut connection) => {
                    // Runs before the checkpoint, because it writes. A failure costs only statistics.
                    if let Err(error) = connection.execute(statistics::OF_CHANGED_TABLES).await {
                        debug!(%error, "cannot update the query planner's statistics");
                    }
                    if let Err(error) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await {
                        debug!(%error, "the last checkpoint did not finish; the next start repeats it");
                    }
                }
                Err(error) => warn!(%error, "no connection for the last checkpoint"),
            }
        }
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
        if let Some(keeper) = self.keeper.lock().await.take()
            && let Err(error) = keeper.close().await
        {
            debug!(%error, "closing the reading connection");
        }
        if let Some(lock) = &self.lock {
            let _ = lock.set_len(0);
            let _ = lock.unlock();
        }
    }
}

async fn keeper(path: &Path, options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut keeper = options.clone().read_only(true).connect().await.map_err(|e| denied_open(path, e))?;
    // A connection takes part in the log only once it has read.
    keeper.execute("SELECT COUNT(*) FROM sqlite_schema").await?;
    Ok(keeper)
}

async fn readers(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(0)
        .idle_timeout(Duration::from_mins(1))
        .connect_with(options.read_only(true));
    Ok(pool.await?)
}

fn lock_path(path: &Path) -> PathBuf {
    let canonical = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            parent.canonicalize().map_or_else(|_| path.to_owned(), |p| p.join(name))
        }
        _ => path.to_owned(),
    };
    let canonical = canonical.canonicalize().unwrap_or(canonical);
    let mut name = canonical.into_os_string();
    name.push(".lock");
    PathBuf::from(name)
}

/// Takes the instance lock. It is on a file of its own, because closing any descriptor of the database file
/// would drop SQLite's own locks.
async fn lock(path: &Path) -> Result<File, StoreError> {
    let path = lock_path(path);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| denied(&path, &e))?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if began.elapsed() < GLANCE => {
                tokio::time::sleep(GLANCE / 20).await;
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { holder: signature(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(denied(&path, &error)),
        }
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", holder())?;
    Ok(file)
}

/// Who holds the lock, as the holder wrote it.
fn signature(file: &mut File) -> String {
    let mut holder = String::new();
    let _ = file.read_to_string(&mut holder);
    if holder.trim().is_empty() { "unknown".to_owned() } else { holder.trim().to_owned() }
}

fn denied(path: &Path, error: &std::io::Error) -> StoreError {
    let what = format!("{}: {error}", path.display());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Unavailable(what),
        _ => StoreError::Denied(what),
    }
}

fn denied_open(path: &Path, error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Denied(why) => StoreError::Denied(format!("{}: {why}", path.display())),
        other => other,
    }
}

async fn check_version(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let text: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await?;
    let mut parts = text.split('.').map(|p| p.parse().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < OLDEST_SQLITE {
        return Err(StoreError::Foreign(format!(
            "SQLite {text} can corrupt a database in WAL mode; at least 3.51.3 is needed"
        )));
    }
    debug!(version = text, "SQLite");
    Ok(())
}
