//! A database per test.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use esi_syncd::store::{Location, Secret, Store};
use futures_util::FutureExt as _;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A fresh, empty database.
#[derive(Debug)]
pub struct Db {
    pub kind: Kind,
    dir: TempDir,
    url: String,
}

/// The server that `./test` started, or `None` if PostgreSQL is skipped.
fn server() -> Option<String> {
    if std::env::var("ESI_TEST_PG").is_ok_and(|v| v == "skip") {
        return None;
    }
    Some(std::env::var("ESI_TEST_PG_URL").expect(
        "there is no PostgreSQL server to test on: run ./test, which starts one, or set ESI_TEST_PG_URL \
         (ESI_TEST_PG=skip skips PostgreSQL)",
    ))
}

/// The server's URL with another database.
fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).expect("ESI_TEST_PG_URL is a URL");
    url.set_path(name);
    url.into()
}

async fn on_server(server: &str, sql: String) {
    let mut admin = PgConnection::connect(server).await.expect("ESI_TEST_PG_URL can be reached");
    admin.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let _ = admin.close().await;
}

impl Db {
    /// Runs a story on a database of its own.
    pub async fn run(kind: Kind, story: impl AsyncFnOnce(&Db)) {
        let Some(db) = Self::create(kind).await else {
            println!("skipped: ESI_TEST_PG=skip");
            return;
        };
        let end = AssertUnwindSafe(story(&db)).catch_unwind().await;
        db.remove().await;
        if let Err(panic) = end {
            resume_unwind(panic);
        }
    }

    /// Creates a database; `None` if PostgreSQL is skipped. The caller removes it with [`Db::remove`].
    pub async fn create(kind: Kind) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let dir = TempDir::with_prefix("esi-test-").expect("a temporary folder");
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}", dir.path().join("esi.db").display()),
            Kind::Postgres => {
                let server = server()?;
                let started = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_micros();
                let (pid, n) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
                let name = format!("esi_{pid}_{started}_{n}");
                let sql = format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log");
                on_server(&server, sql).await;
                with_database(&server, &name)
            }
        };
        Some(Self { kind, dir, url })
    }

    /// Removes the database with all connections to it; SQLite's file is removed with its folder.
    pub async fn remove(self) {
        if self.kind == Kind::Postgres
            && let Some(server) = server()
        {
            let name = self.url.rsplit('/').next().expect("the database's name");
            on_server(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }

    /// The address for `[database] url` in `config.toml`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The SQLite file.
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("esi.db")
    }

    /// A folder for the test's other files.
    pub fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The address for the store.
    pub fn location(&self) -> Location {
        match self.kind {
            Kind::Sqlite => Location::Sqlite(self.path()),
            Kind::Postgres => Location::Postgres(Secret(self.url.clone())),
        }
    }

    /// Opens the store as the daemon does.
    pub async fn open(&self) -> Store {
        Store::open(&self.location(), "tranquility").await.expect("the database opens")
    }

    /// Runs statements on a connection of its own, without the daemon.
    pub async fn meddle(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let done = match self.kind {
            Kind::Sqlite => {
                let mut other =
                    sqlx::SqliteConnection::connect(&self.url).await.expect("a second connection");
                let done = sqlx::raw_sql(sql).execute(&mut other).await.map(drop);
                other.close().await.expect("closes");
                done
            }
            Kind::Postgres => {
                let mut other = PgConnection::connect(&self.url).await.expect("a second connection");
                let done = sqlx::raw_sql(sql).execute(&mut other).await.map(drop);
                other.close().await.expect("closes");
                done
            }
        };
        done.expect("the statement runs");
    }
}

/// A SQLite connection of another program, in the middle of a transaction.
pub struct Session(sqlx::SqliteConnection);

impl Session {
    /// One number.
    pub async fn number(&mut self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.0).await.expect("a number")
    }

    /// Ends the transaction and the connection.
    pub async fn end(mut self) {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.0).await.expect("the transaction ends");
        self.0.close().await.expect("closes");
    }
}

impl Db {
    /// Begins another program's transaction with this statement.
    pub async fn session(&self, begin: &'static str) -> Session {
        let mut other = sqlx::SqliteConnection::connect(&self.url).await.expect("a second connection");
        sqlx::raw_sql(begin).execute(&mut other).await.expect("the transaction begins");
        Session(other)
    }
}
