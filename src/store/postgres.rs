//! `PostgreSQL`: a pool, and an advisory lock on a connection of its own.

use std::str::FromStr as _;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::sync::Mutex;
use tracing::{debug, info};

use super::instance::holder;
use super::{Begun, Secret, StoreError, Write};
use crate::declare::Dialect;

/// The advisory lock's key: "esi-sync" in ASCII.
const LOCK: i64 = 0x6573_692d_7379_6e63;
/// The oldest server version that is supported and tested.
const OLDEST_POSTGRES: u32 = 15;
const CONNECTIONS: u32 = 6;
const CONNECT: Duration = Duration::from_secs(5);
/// How long a lock may outlive its holder: the server does not notice a lost connection at once.
const LINGERING: Duration = Duration::from_secs(1);

/// An open `PostgreSQL` database.
#[derive(Debug)]
pub struct Postgres {
    pool: PgPool,
    options: PgConnectOptions,
    /// The schema of our tables; every connection's `search_path` is this schema alone.
    schema: String,
    /// The connection that holds the advisory lock; `None` for readers and after closing.
    lock: Mutex<Option<PgConnection>>,
    generation: AtomicI64,
    pub(super) clean: AtomicBool,
}

fn options(url: &Secret) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(&url.0)
        .map_err(|_| StoreError::Foreign("the database URL is not a valid PostgreSQL URL".to_owned()))?;
    Ok(options.application_name("esi-syncd").options([
        ("timezone", "UTC"),
        ("statement_timeout", "300s"),
        ("client_min_messages", "warning"),
    ]))
}

/// Inspects a server: whether its version is supported, and in which schema our tables are or will be.
/// Connections with the returned options find only that schema, whatever the login's own `search_path` says
/// later.
async fn located(options: &PgConnectOptions) -> Result<(PgConnectOptions, String), StoreError> {
    let mut connection = connect(options).await?;
    let version: String =
        sqlx::query_scalar("SELECT current_setting('server_version_num')").fetch_one(&mut connection).await?;
    check_version(&version)?;
    let schema = find_schema(&mut connection).await?;
    connection.close().await?;
    let pinned = options.clone().options([("search_path", Dialect::ident(&schema))]);
    Ok((pinned, schema))
}

/// `PostgreSQL` reports its version as a number: 150004 is 15.4.
fn check_version(number: &str) -> Result<(), StoreError> {
    let major = number.parse::<u32>().unwrap_or(0) / 10_000;
    if major >= OLDEST_POSTGRES {
        return Ok(());
    }
    Err(StoreError::Foreign(format!(
        "the server is PostgreSQL {major}, and esi-syncd needs PostgreSQL {OLDEST_POSTGRES} or newer: upgrade it, or use \
         another server or SQLite"
    )))
}

/// The schema of our tables; before the first start, the schema in which the login creates tables.
async fn find_schema(connection: &mut PgConnection) -> Result<String, StoreError> {
    let sql = "SELECT n.nspname::text, n.nspname = ANY (current_schemas(false)) \
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               WHERE c.relname = 'sync_instance' AND c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_temp\\_%' \
               ORDER BY array_position(current_schemas(false), n.nspname), n.nspname";
    let found: Vec<(String, bool)> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
    match found.as_slice() {
        [(schema, true), ..] | [(schema, false)] => Ok(schema.clone()),
        [] => {
            let current: Option<String> =
                sqlx::query_scalar("SELECT current_schema()::text").fetch_one(connection).await?;
            current.ok_or_else(|| {
                StoreError::Foreign(
                    "the login's search_path names no schema that exists, so esi-syncd does not know where to create its \
                     tables: create a schema, and name it by ALTER ROLE .. SET search_path"
                        .to_owned(),
                )
            })
        }
        several => {
            let names: Vec<&str> = several.iter().map(|(schema, _)| schema.as_str()).collect();
            Err(StoreError::Foreign(format!(
                "the database has tables of esi-syncd in the schemas {}, and the login's search_path names none of them: \
                 name the right one by ALTER ROLE .. SET search_path",
                names.join(", ")
            )))
        }
    }
}

fn pool(options: &PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .min_connections(0)
        .acquire_timeout(Duration::from_secs(30))
        .connect_lazy_with(options.clone())
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    match tokio::time::timeout(CONNECT, options.connect()).await {
        Ok(connected) => Ok(connected?),
        Err(_) => Err(StoreError::Unavailable("no connection within 5 s".to_owned())),
    }
}

impl Postgres {
    pub(super) async fn open(url: &Secret) -> Result<Self, StoreError> {
        let (options, schema) = located(&options(url)?).await?;
        let mut lock = connect(&options).await?;
        take_lock(&mut lock).await?;
        Ok(Self {
            pool: pool(&options),
            options,
            schema,
            lock: Mutex::new(Some(lock)),
            generation: AtomicI64::new(0),
            clean: AtomicBool::new(true),
        })
    }

    pub(super) async fn open_to_read(url: &Secret) -> Result<Self, StoreError> {
        let (options, schema) = located(&options(url)?).await?;
        Ok(Self {
            pool: pool(&options),
            options,
            schema,
            lock: Mutex::new(None),
            generation: AtomicI64::new(0),
            clean: AtomicBool::new(true),
        })
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    pub(super) fn generation(&self) -> i64 {
        self.generation.load(Ordering::Relaxed)
    }

    pub(super) fn set_generation(&self, generation: i64) {
        self.generation.store(generation, Ordering::Relaxed);
    }

    pub(super) async fn begin_unfenced(&self) -> Result<Write, StoreError> {
        let mut write = Write::Postgres(Begun(Some(self.pool.acquire().await?)));
        write.execute("BEGIN", &[]).await?;
        Ok(write)
    }

    /// Checks that the lock's connection is alive. If not, takes the lock again and checks that nobody else
    /// held the database in between.
    pub(super) async fn verify_lock(&self) -> Result<(), StoreError> {
        let mut held = self.lock.lock().await;
        if let Some(connection) = held.as_mut() {
            if connection.ping().await.is_ok() {
                return Ok(());
            }
            *held = None;
        }
        let mut connection = connect(&self.options).await?;
        take_lock(&mut connection).await?;
        let (generation, holder): (i64, String) =
            sqlx::query_as("SELECT generation, holder FROM sync_instance WHERE id = 1")
                .fetch_one(&mut connection)
                .await?;
        if generation != self.generation() {
            return Err(StoreError::Locked { holder });
        }
        info!("reconnected to the database and took the instance lock again");
        *held = Some(connection);
        Ok(())
    }

    pub(super) async fn is_locked(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted \
                   AND (classid::bigint << 32 | objid::bigint) = $1 \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        Ok(sqlx::query_scalar(sql).bind(LOCK).fetch_one(&self.pool).await?)
    }

    pub(super) async fn try_write(&self) -> Result<(), StoreError> {
        let sql = "SELECT has_table_privilege('sync_targets', 'INSERT, UPDATE, DELETE') AND NOT pg_is_in_recovery()";
        if sqlx::query_scalar(sql).fetch_one(&self.pool).await? {
            return Ok(());
        }
        Err(StoreError::Denied("this login may not write to sync_targets".to_owned()))
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
        if let Some(lock) = self.lock.lock().await.take() {
            give_lock_back(lock).await;
        }
    }
}

async fn take_lock(connection: &mut PgConnection) -> Result<(), StoreError> {
    let began = Instant::now();
    loop {
        let sql = "SELECT pg_try_advisory_lock($1)";
        if sqlx::query_scalar(sql).bind(LOCK).fetch_one(&mut *connection).await? {
            return Ok(());
        }
        if began.elapsed() > LINGERING {
            break;
        }
        tokio::time::sleep(LINGERING / 10).await;
    }
    let known: Option<String> = sqlx::query_scalar("SELECT holder FROM sync_instance WHERE id = 1")
        .fetch_optional(&mut *connection)
        .await
        .unwrap_or_default();
    Err(StoreError::Locked { holder: known.unwrap_or_else(|| format!("unknown (not {})", holder())) })
}

/// Frees the lock before the connection is closed, so that the next instance finds it free at once.
async fn give_lock_back(mut lock: PgConnection) {
    let freed = sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK).execute(&mut lock).await;
    if let Err(error) = freed {
        debug!(%error, "cannot release the instance lock; it ends with its connection");
    }
    let _ = lock.close().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_before_15_are_refused() {
        for fine in ["150000", "150004", "170002"] {
            assert!(check_version(fine).is_ok(), "{fine}");
        }
        for (old, named) in [("140011", "PostgreSQL 14,"), ("90624", "PostgreSQL 9,"), ("", "PostgreSQL 0,")]
        {
            let Err(StoreError::Foreign(text)) = check_version(old) else { panic!("{old} is taken") };
            assert!(text.contains(named) && text.contains("15 or newer"), "{text}");
        }
    }
}
