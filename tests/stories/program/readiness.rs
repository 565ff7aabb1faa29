//! `check` on databases on which a start would fail: it says so, with the line that mends it, and changes nothing.

use std::sync::atomic::{AtomicU32, Ordering};

use esi_syncd::clock::Clock;
use esi_syncd::sim::Sim;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::esi::{number, only, reader, small, toml};
use crate::support::process::{Ended, run};
use crate::support::server::Server;
use crate::support::{Db, Kind, on_both};

on_both!(
    a_table_name_that_is_taken,
    a_database_of_another_program,
    a_database_of_another_tenant,
    what_is_fine_is_fine
);

/// A database, an ESI that answers, and a configuration for both.
struct Checked<'a> {
    db: &'a Db,
    sim: Sim,
}

impl<'a> Checked<'a> {
    async fn new(db: &'a Db) -> Self {
        if db.kind == Kind::Sqlite && !db.path().exists() {
            // An empty file is an empty database.
            std::fs::write(db.path(), "").expect("written");
        }
        Self { db, sim: Sim::start(small(), Clock::system()).await.expect("a port") }
    }

    async fn run(&self, url: &str, args: &[&str]) -> Ended {
        run(self.db.folder(), &toml(url, &self.sim.base_url(), &only(&["incursions"])), args).await
    }

    /// What `check` says of this address; it ends with this code, and says this.
    async fn says(&self, url: &str, code: i32, what: &[&str]) {
        let ended = self.run(url, &["check"]).await;
        ended.expect(code);
        for what in what {
            ended.contains(what);
        }
        if code != 0 {
            ended.contains("fail  database");
        }
    }

    async fn tables(&self) -> i64 {
        let store = reader(self.db).await;
        let tables = match self.db.kind {
            Kind::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_schema",
            Kind::Postgres => {
                "SELECT COUNT(*) AS n FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            }
        };
        let tables = number(&store, tables).await;
        store.close().await;
        tables
    }
}

async fn a_table_name_that_is_taken(db: &Db) {
    let checked = Checked::new(db).await;
    db.meddle("CREATE TABLE wars (how TEXT); CREATE TABLE mine (x INTEGER)").await;
    let before = checked.tables().await;
    checked
        .says(db.url(), 78, &["a table or view called wars is there already", "use another database"])
        .await;
    db.meddle("DROP TABLE wars").await;
    checked.says(db.url(), 0, &["ok    schema", "none yet"]).await;
    assert_eq!(checked.tables().await, before - 1, "nothing was created, and the probe is gone");
}

async fn a_database_of_another_program(db: &Db) {
    let checked = Checked::new(db).await;
    let refused = async |what: &str| {
        let before = checked.tables().await;
        checked.says(db.url(), 78, &[what]).await;
        checked.run(db.url(), &["sync"]).await.expect(78).contains(what);
        assert_eq!(checked.tables().await, before, "nothing was made in it");
    };
    db.meddle("CREATE TABLE sync_migrations (id INTEGER)").await;
    refused("belongs to another program: its table sync_migrations").await;
    db.meddle(
        "DROP TABLE sync_migrations; CREATE VIEW type_paths AS SELECT 1 AS x; CREATE TABLE wars (how TEXT)",
    )
    .await;
    refused("tables or views called wars, type_paths are there already").await;
    db.meddle("DROP TABLE wars; DROP VIEW type_paths").await;
    if db.kind == Kind::Sqlite {
        db.meddle("PRAGMA application_id = 1196444487").await;
        refused("the file belongs to another program (its application_id is 1196444487)").await;
        db.meddle("PRAGMA application_id = 0").await;
    }
    checked.run(db.url(), &["sync"]).await.expect(0);
}

async fn a_database_of_another_tenant(db: &Db) {
    db.open().await.close().await;
    db.meddle("UPDATE sync_instance SET tenant = 'singularity'").await;
    Checked::new(db).await.says(db.url(), 78, &["holds data of tenant \"singularity\""]).await;
}

async fn what_is_fine_is_fine(db: &Db) {
    let checked = Checked::new(db).await;
    checked.says(db.url(), 0, &["ok    database", "none yet"]).await;
    checked.run(db.url(), &["sync"]).await.expect(0);
    checked.says(db.url(), 0, &["ok    database", "ok    schema", "ok    writing"]).await;
}

/// A role of a PostgreSQL cluster, gone at the end of the story.
struct Role<'a> {
    db: &'a Db,
    name: String,
}

impl<'a> Role<'a> {
    async fn create(db: &'a Db) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("check \"{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let role = Self { db, name };
        db.meddle(&format!("CREATE ROLE {} LOGIN", role.quoted())).await;
        role
    }

    fn quoted(&self) -> String {
        format!("\"{}\"", self.name.replace('"', "\"\""))
    }

    fn url(&self) -> String {
        let mut url = url::Url::parse(self.db.url()).expect("a URL");
        url.set_username(&self.name).expect("set");
        url.into()
    }

    async fn remove(self) {
        let role = self.quoted();
        self.db.meddle(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    }
}

#[tokio::test]
async fn a_role_without_rights_is_told_which() {
    Db::run(Kind::Postgres, async |db: &Db| {
        let checked = Checked::new(db).await;
        let role = Role::create(db).await;
        let name = role.quoted();
        let grant = format!("GRANT USAGE, CREATE ON SCHEMA \"public\" TO {name}");
        checked.says(&role.url(), 77, &["may not create tables in schema \"public\"", &grant]).await;
        checked.run(&role.url(), &["sync"]).await.expect(77);
        db.meddle(&grant).await;
        checked.says(&role.url(), 0, &["none yet"]).await;
        db.meddle(&format!("ALTER ROLE {name} SET default_transaction_read_only = on")).await;
        checked.says(&role.url(), 77, &["are read-only", "SET default_transaction_read_only = off"]).await;
        db.meddle(&format!("ALTER ROLE {name} RESET default_transaction_read_only")).await;
        db.meddle(&format!("ALTER ROLE {name} SET search_path = nowhere")).await;
        checked.says(&role.url(), 78, &["search_path names no schema that exists"]).await;
        role.remove().await;
    })
    .await;
}

#[tokio::test]
async fn a_role_that_may_write_nearly_everything_is_told_what_is_missing() {
    Db::run(Kind::Postgres, async |db: &Db| {
        let checked = Checked::new(db).await;
        checked.run(db.url(), &["sync"]).await.expect(0);
        let role = Role::create(db).await;
        let name = role.quoted();
        let all =
            format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA \"public\" TO {name}");
        checked.says(&role.url(), 77, &["may not", &all]).await;
        db.meddle(&format!("{all}; REVOKE UPDATE ON sync_targets, incursions FROM {name}")).await;
        checked.says(&role.url(), 77, &["may not write to incursions, sync_targets: ", &all]).await;
        db.meddle(&all).await;
        checked.says(&role.url(), 0, &["ok    writing"]).await;
        role.remove().await;
    })
    .await;
}

#[tokio::test]
async fn an_encoding_that_lacks_letters_is_told() {
    Db::run(Kind::Postgres, async |db: &Db| {
        let checked = Checked::new(db).await;
        let url = format!("{}_latin", db.url());
        let name = url.rsplit('/').next().expect("a name");
        db.meddle(&format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")).await;
        checked.says(&url, 78, &["has the encoding LATIN1", "ENCODING 'UTF8' TEMPLATE template0"]).await;
        db.meddle(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
    })
    .await;
}

#[tokio::test]
async fn a_standby_is_told_from_a_primary() {
    let Some(server) = Server::create("a_standby_is_told_from_a_primary") else { return };
    Db::run(Kind::Postgres, async |db: &Db| {
        let checked = Checked::new(db).await;
        server.become_standby();
        let url = server.url("postgres");
        let mut there = PgConnection::connect(&url).await.expect("it can be read");
        let refused = there.execute(AssertSqlSafe("CREATE TABLE x (y INT)".to_owned())).await;
        assert!(refused.is_err(), "it is a standby");
        there.close().await.expect("closes");
        checked.says(&url, 1, &["is a standby", "point [database] url at the primary"]).await;
    })
    .await;
}
