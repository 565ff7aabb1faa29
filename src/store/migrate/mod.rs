//! The schema: numbered migrations that run once each, and views that follow their files.
//!
//! Migrations come in two sets. The public set makes the ledger and the public tables. The private set makes
//! the tables of signed-in characters, in a schema of its own on `PostgreSQL`, and runs only on request
//! ([`Store::migrate_private`]). A migration and its row in the history commit together. Views carry no data,
//! so they are not migrations: a view whose file changed is recreated ([`views`]).
//!
//! We do not use sqlx's migrator: it reports no progress, knows only one set, and its history table would be
//! the first table that a reader meets.

mod grants;
mod progress;
mod stranger;
mod views;

use chrono::Utc;
use std::time::Instant;

use crate::declare::{Dialect, digest};

pub use progress::{MigrationStep, OnMigration};
pub(super) use stranger::{relations, shortened};
pub use views::create_view;

use super::{Store, StoreError, Write, statistics};

/// The mark by which `file` and other tools recognise our SQLite databases: "ESIS".
const APPLICATION_ID: i64 = 0x4553_4953;

mod files {
    use super::Migration;
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}

/// Which tables a migration changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationSet {
    /// The ledger and the public tables.
    Public,
    /// The tables of signed-in characters.
    Private,
}

impl MigrationSet {
    /// Both sets.
    pub const ALL: [Self; 2] = [Self::Public, Self::Private];

    /// The name of the set's folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }

    /// The table of the migrations that a database has had; the first migration of the set makes it.
    const fn history(self) -> &'static str {
        match self {
            Self::Public => "sync_migrations",
            Self::Private => "sync_private_migrations",
        }
    }
}

/// A committed file that changes the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Its number; migrations run in this order.
    pub version: i64,
    /// A few words on its purpose.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
}

/// All migrations of a set, in order.
#[must_use]
pub fn migrations(dialect: Dialect, set: MigrationSet) -> &'static [Migration] {
    match (dialect, set) {
        (Dialect::Sqlite, MigrationSet::Public) => files::SQLITE_PUBLIC,
        (Dialect::Sqlite, MigrationSet::Private) => files::SQLITE_PRIVATE,
        (Dialect::Postgres, MigrationSet::Public) => files::POSTGRES_PUBLIC,
        (Dialect::Postgres, MigrationSet::Private) => files::POSTGRES_PRIVATE,
    }
}

/// The newest version of the public schema that this program knows.
#[must_use]
pub fn newest(dialect: Dialect) -> i64 {
    migrations(dialect, MigrationSet::Public).last().map_or(0, |migration| migration.version)
}

impl Store {
    /// Brings the public schema and the views to the version of this program.
    pub(super) async fn migrate(&self, tell: OnMigration) -> Result<(), StoreError> {
        self.refuse_other_base().await?;
        self.refuse_stranger().await?;
        let public = self.public();
        let applied = self.applied(&public).await?;
        self.run(&public, &applied, tell).await?;
        if applied.is_empty() && self.dialect() == Dialect::Sqlite {
            let mut tx = self.begin().await?;
            tx.batch(statistics::OF_A_FULL_MARKET).await?;
            tx.commit().await?;
        }
        self.renew_views(tell).await
    }

    fn public(&self) -> Home {
        Home { set: MigrationSet::Public, schema: self.schema().map(str::to_owned) }
    }

    /// Creates the tables of private data, or brings them to the version of this program. On `PostgreSQL`
    /// they lie in `schema`, which is created if it does not exist; SQLite has no schemas.
    ///
    /// # Errors
    /// [`StoreError::Denied`] if the schema is missing and the login may not create it; the text has the
    /// statements to run.
    pub async fn migrate_private(&self, schema: &str, tell: OnMigration) -> Result<(), StoreError> {
        let schema = (self.dialect() == Dialect::Postgres).then(|| schema.to_owned());
        if let Some(schema) = &schema {
            self.create_schema(schema).await?;
        }
        let private = Home { set: MigrationSet::Private, schema };
        let applied = self.applied(&private).await?;
        self.run(&private, &applied, tell).await
    }

    /// Whether the tables of private data exist, which means that somebody was signed in once.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn has_private(&self, schema: &str) -> Result<bool, StoreError> {
        let schema = (self.dialect() == Dialect::Postgres).then(|| schema.to_owned());
        self.has_history(&Home { set: MigrationSet::Private, schema }).await
    }

    async fn create_schema(&self, schema: &str) -> Result<(), StoreError> {
        let sql = "SELECT 1::bigint AS found FROM pg_namespace WHERE nspname = $1";
        if !self.query(sql, &[schema.into()]).await?.is_empty() {
            return Ok(());
        }
        let name = Dialect::ident(schema);
        let mut tx = self.begin_schema(None).await?;
        match tx.batch(&format!("CREATE SCHEMA {name}; REVOKE ALL ON SCHEMA {name} FROM PUBLIC")).await {
            Ok(()) => tx.commit().await,
            Err(StoreError::Denied(_)) => {
                drop(tx);
                let rows = self.query("SELECT quote_ident(current_user::text) AS login", &[]).await?;
                let login = rows.first().map_or(Ok(None), |row| row.text("login"))?.unwrap_or_default();
                Err(StoreError::Denied(format!(
                    "this login may not create the schema {name} for private data; let the database's owner run:\n\
                     CREATE SCHEMA {name} AUTHORIZATION {login};\nREVOKE ALL ON SCHEMA {name} FROM PUBLIC;"
                )))
            }
            Err(error) => Err(error),
        }
    }

    /// A database with a ledger but without our history is older than the first release.
    pub(super) async fn refuse_other_base(&self) -> Result<(), StoreError> {
        let has_ledger = !self.catalog_columns("sync_targets").await?.is_empty();
        if has_ledger && self.catalog_columns(MigrationSet::Public.history()).await?.is_empty() {
            return Err(other_base("its tables are older than the first release"));
        }
        Ok(())
    }

    async fn has_history(&self, home: &Home) -> Result<bool, StoreError> {
        let (sql, args) = match &home.schema {
            None => (
                "SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = $1",
                vec![home.set.history().into()],
            ),
            Some(schema) => (
                "SELECT 1::bigint AS found FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.relname = $1 AND n.nspname = $2",
                vec![home.set.history().into(), schema.as_str().into()],
            ),
        };
        Ok(!self.query(sql, &args).await?.is_empty())
    }

    /// The migrations that the database has had: version, name, hash.
    async fn applied(&self, home: &Home) -> Result<Vec<(i64, String, String)>, StoreError> {
        if !self.has_history(home).await? {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT version, name, hash FROM {} ORDER BY version", home.history());
        let read = |row: &super::Row| {
            let text = |column| row.text(column).map(Option::unwrap_or_default);
            Ok((row.int("version")?.unwrap_or(0), text("name")?, text("hash")?))
        };
        self.query(&sql, &[]).await?.iter().map(read).collect()
    }

    /// Checks that the migrations in the database are ours, and runs those that it has not had.
    async fn run(
        &self,
        home: &Home,
        applied: &[(i64, String, String)],
        tell: OnMigration,
    ) -> Result<(), StoreError> {
        home.judge(self.dialect(), applied)?;
        let ours = migrations(self.dialect(), home.set);
        for migration in ours.iter().filter(|m| applied.iter().all(|(version, ..)| *version != m.version)) {
            let what = format!("{} migration {} ({})", home.set.name(), migration.version, migration.name);
            progress::watched(&what, tell, self.apply(home, migration)).await?;
        }
        Ok(())
    }

    /// Runs one migration, and records it in the same transaction.
    async fn apply(&self, home: &Home, migration: &Migration) -> Result<(), StoreError> {
        let began = Instant::now();
        let mut tx = self.begin_schema(home.schema.as_deref()).await?;
        tx.batch(migration.sql).await?;
        if self.dialect() == Dialect::Sqlite && home.set == MigrationSet::Public {
            let version = migration.version;
            tx.batch(&format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}"))
                .await?;
        }
        let sql = format!(
            "INSERT INTO {} (version, name, hash, applied_at, duration_ms) VALUES ($1, $2, $3, $4, $5)",
            home.history()
        );
        let args = [
            migration.version.into(),
            migration.name.into(),
            digest(migration.sql).into(),
            Utc::now().into(),
            i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX).into(),
        ];
        tx.execute(&sql, &args).await?;
        tx.commit().await
    }

    /// Begins a transaction that changes the schema, without a statement timeout. On `PostgreSQL`, new
    /// objects go into `schema`, or else where our tables are.
    async fn begin_schema(&self, schema: Option<&str>) -> Result<Write, StoreError> {
        match self {
            Self::Sqlite(_) => self.begin().await,
            Self::Postgres(db) => {
                let mut tx = db.begin_unfenced().await?;
                tx.batch("SET LOCAL statement_timeout = 0").await?;
                if let Some(schema) = schema.filter(|schema| *schema != db.schema()) {
                    let (first, then) = (Dialect::ident(schema), Dialect::ident(db.schema()));
                    tx.batch(&format!("SET LOCAL search_path TO {first}, {then}")).await?;
                }
                Ok(tx)
            }
        }
    }
}

/// The place where a set of migrations makes its tables.
struct Home {
    set: MigrationSet,
    /// The schema; SQLite has none.
    schema: Option<String>,
}

impl Home {
    /// Whether the migrations that a database has had are ours: version, name, hash.
    fn judge(&self, dialect: Dialect, applied: &[(i64, String, String)]) -> Result<(), StoreError> {
        let ours = migrations(dialect, self.set);
        for (version, name, theirs) in applied {
            match ours.iter().find(|m| m.version == *version) {
                None => {
                    return Err(StoreError::Foreign(format!(
                        "the database has version {version} ({name}) of the {} schema, which this esi-syncd does not \
                         know: a newer esi-syncd has used it; upgrade esi-syncd, or name another database under \
                         [database] url",
                        self.set.name()
                    )));
                }
                Some(m) if digest(m.sql) != *theirs => {
                    let what = format!(
                        "its {} migration {version} ({name}) differs from this program's",
                        self.set.name()
                    );
                    return Err(other_base(&what));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn history(&self) -> String {
        Dialect::qualified(self.schema.as_deref(), self.set.history())
    }
}

/// Until the first release the base is edited in place, and a database of another base cannot be migrated.
fn other_base(why: &str) -> StoreError {
    StoreError::Foreign(format!(
        "the database was made by another build of esi-syncd ({why}): name a new file or an empty database under \
         [database] url; what the old one holds can be fetched again"
    ))
}
