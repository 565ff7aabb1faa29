//! A database's schema over time: which databases are refused, what is recreated, and what others have built
//! on it stays.

use esi_syncd::app::supervisor::open_store;
use esi_syncd::config;
use esi_syncd::config::ConfigSource;
use esi_syncd::datasets;
use esi_syncd::describe::catalog;
use esi_syncd::store::{Location, Secret, Store, StoreError, newest};

use crate::support::esi::{number, reader, toml};
use crate::support::process::run;
use crate::support::{Db, Kind, on_both};

on_both!(
    a_newer_schema_is_left_alone,
    another_base_is_left_alone,
    a_database_before_the_first_release_is_refused_by_every_command,
    a_second_start_changes_nothing,
    a_view_that_changed_is_made_anew,
    a_view_that_somebody_dropped_comes_back,
    a_view_of_an_older_version_goes,
    a_view_of_somebody_elses_is_not_overwritten,
    private_tables_are_made_when_they_are_wanted,
);

async fn refusal(location: &Location) -> StoreError {
    match Store::open(location, "tranquility").await {
        Err(error) => error,
        Ok(store) => {
            store.close().await;
            panic!("the database opens, though it should not")
        }
    }
}

async fn foreign(db: &Db) -> String {
    match refusal(&db.location()).await {
        StoreError::Foreign(text) => text,
        error => panic!("{error:?}"),
    }
}

async fn rows(store: &Store, sql: &str) -> Vec<String> {
    let rows = store.query(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let line = |row: &esi_syncd::store::Row| {
        (0..row.columns().len()).map(|at| row.display(at)).collect::<Vec<_>>().join("|")
    };
    rows.iter().map(line).collect()
}

async fn a_newer_schema_is_left_alone(db: &Db) {
    db.open().await.close().await;
    db.meddle(
        "INSERT INTO sync_migrations (version, name, hash, applied_at, duration_ms) \
         VALUES (9999, 'future', 'x', '2036-01-01 00:00:00Z', 0)",
    )
    .await;
    let text = foreign(db).await;
    assert!(text.contains("9999 (future)") && text.contains("upgrade esi-syncd"), "{text}");
    // A refused opening leaves no lock behind.
    db.meddle("DELETE FROM sync_migrations WHERE version = 9999").await;
    db.open().await.close().await;
}

async fn another_base_is_left_alone(db: &Db) {
    db.open().await.close().await;
    db.meddle("UPDATE sync_migrations SET hash = 'x' WHERE version = 2").await;
    let text = foreign(db).await;
    assert!(
        text.contains("migration 2 (tables)") && text.contains("name a new file or an empty database"),
        "{text}"
    );
}

/// The bases of the time before 0.1.0 had sqlx's history.
async fn a_database_before_the_first_release_is_refused_by_every_command(db: &Db) {
    db.open().await.close().await;
    db.meddle("DROP TABLE sync_migrations; CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY)").await;
    let text = foreign(db).await;
    assert!(text.contains("older than the first release"), "{text}");
    let toml = toml(db.url(), "http://127.0.0.1:9", "");
    for command in ["run", "sync", "status", "check"] {
        run(db.folder(), &toml, &[command]).await.expect(78).contains("name a new file or an empty database");
    }
}

async fn a_second_start_changes_nothing(db: &Db) {
    let all = "SELECT * FROM sync_migrations ORDER BY version";
    let store = db.open().await;
    let first = rows(&store, all).await;
    assert_eq!(first.len(), usize::try_from(newest(store.dialect())).expect("small"), "{first:?}");
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM sync_views").await, 19);
    if db.kind == Kind::Sqlite {
        let marks = rows(&store, "SELECT * FROM pragma_application_id(), pragma_user_version()").await;
        assert_eq!(marks, [format!("{}|{}", 0x4553_4953, first.len())]);
    }
    store.close().await;
    let store = Store::open_telling(&db.location(), "tranquility", |step| panic!("{step:?}")).await;
    let store = store.expect("it opens, and has nothing to do");
    assert_eq!(rows(&store, all).await, first);
    store.close().await;
}

/// What an older version of the program would have had: views with other columns, and other hashes. On PostgreSQL others have
/// been granted them.
async fn old_views(db: &Db) {
    let mut sql = "DROP VIEW industry_index_ranking; DROP VIEW system_paths; \
                   CREATE VIEW system_paths AS SELECT system_id, 1 AS old FROM universe_systems; \
                   CREATE VIEW industry_index_ranking AS SELECT old FROM system_paths; \
                   UPDATE sync_views SET hash = 'old' WHERE view_name IN ('system_paths', 'fw_front')"
        .to_owned();
    if db.kind == Kind::Sqlite {
        // Nothing depends on a view there: a dependent is made anew if its own file has changed.
        sql.push_str("; UPDATE sync_views SET hash = 'old' WHERE view_name = 'industry_index_ranking'");
    }
    if db.kind == Kind::Postgres {
        sql.push_str(
            "; GRANT SELECT ON system_paths TO PUBLIC; GRANT SELECT, INSERT ON system_paths TO pg_monitor WITH GRANT OPTION; \
             GRANT SELECT (system_id, old) ON system_paths TO pg_read_all_stats; \
             GRANT SELECT ON industry_index_ranking TO pg_monitor; GRANT SELECT ON fw_front TO pg_monitor; \
             ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_signal_backend",
        );
    }
    db.meddle(&sql).await;
}

const GRANTS: &str = "SELECT c.relname::text AS name, string_agg(DISTINCT a.grantee::regrole::text || ' ' || \
                      a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ', ') AS may \
                      FROM pg_class c CROSS JOIN LATERAL (SELECT c.relacl AS acl UNION ALL \
                      SELECT attacl FROM pg_attribute WHERE attrelid = c.oid) AS items, aclexplode(items.acl) AS a \
                      WHERE c.relname IN ('system_paths', 'industry_index_ranking', 'fw_front') \
                      AND a.grantee <> c.relowner GROUP BY 1 ORDER BY 1";

async fn a_view_that_changed_is_made_anew(db: &Db) {
    let store = open_store(&plain_config(db, "")).await.expect("opens");
    let views = "SELECT view_name, hash FROM sync_views ORDER BY view_name";
    let before = rows(&store, views).await;
    store.close().await;
    old_views(db).await;
    // Somebody's own view on one that keeps its columns.
    db.meddle("CREATE VIEW my_front AS SELECT solar_system_id, contested_share FROM fw_front").await;
    let store = open_store(&plain_config(db, "")).await.expect("opens");
    assert_eq!(rows(&store, views).await, before);
    for name in ["system_paths", "industry_index_ranking", "fw_front"] {
        let view = catalog::views().find(|view| view.name == name).expect("declared");
        let found = store.catalog_columns(name).await.expect("the catalog reads");
        assert_eq!(found.len(), view.columns.len(), "{name}: {found:?}");
    }
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM my_front").await, 0, "it still works");
    if db.kind == Kind::Postgres {
        let may = [
            "fw_front|pg_monitor SELECT",
            "industry_index_ranking|pg_monitor SELECT",
            "system_paths|- SELECT, pg_monitor INSERT*, pg_monitor SELECT*, pg_read_all_stats SELECT",
        ];
        assert_eq!(rows(&store, GRANTS).await, may, "readers may what they could, and nobody else");
        let says = "SELECT obj_description('system_paths'::regclass, 'pg_class') AS says";
        assert_ne!(rows(&store, says).await, [""], "its comment is back");
    }
    store.close().await;
}

/// PostgreSQL does not let a view go that another one selects from. Ours are not worth somebody's own.
#[tokio::test]
async fn a_view_that_stands_in_the_way_is_named_and_not_dropped() {
    Db::run(Kind::Postgres, async |db: &Db| {
        db.open().await.close().await;
        old_views(db).await;
        db.meddle(
            "CREATE SCHEMA mine; CREATE VIEW mine.\"Old ones\" AS SELECT old FROM industry_index_ranking",
        )
        .await;
        let text = foreign(db).await;
        assert!(text.contains("the view mine.\"Old ones\" selects from system_paths"), "{text}");
        assert!(text.contains("pg_get_viewdef"), "{text}");
        let store = reader(db).await;
        assert_eq!(
            number(&store, "SELECT COUNT(*) AS n FROM mine.\"Old ones\"").await,
            0,
            "all of it is as it was"
        );
        assert_eq!(rows(&store, "SELECT hash FROM sync_views WHERE view_name = 'fw_front'").await, ["old"]);
        store.close().await;
        db.meddle("DROP VIEW mine.\"Old ones\"").await;
        db.open().await.close().await;
    })
    .await;
}

/// PostgreSQL itself names an object that is not a view but depends on one.
#[tokio::test]
async fn a_function_that_stands_in_the_way_is_named() {
    Db::run(Kind::Postgres, async |db: &Db| {
        db.open().await.close().await;
        old_views(db).await;
        db.meddle(
            "CREATE FUNCTION mine() RETURNS BIGINT BEGIN ATOMIC SELECT COUNT(*) FROM system_paths; END",
        )
        .await;
        let error = refusal(&db.location()).await;
        let StoreError::Refused(text) = &error else { panic!("{error:?}") };
        assert!(text.contains("function mine() depends on view system_paths"), "{text}");
    })
    .await;
}

/// A change of the schema may take longer than any statement of the daemon.
#[tokio::test]
async fn no_timeout_ends_a_migration() {
    Db::run(Kind::Postgres, async |db: &Db| {
        db.meddle(
            "CREATE TABLE timeouts (said TEXT); \
             CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS \
             $$ BEGIN INSERT INTO public.timeouts VALUES (current_setting('statement_timeout')); END $$; \
             CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note()",
        )
        .await;
        let store = db.open().await;
        store.migrate_private("private", |_| ()).await.expect("made");
        assert_eq!(rows(&store, "SELECT DISTINCT said FROM timeouts").await, ["0"]);
        let usual = "SELECT current_setting('statement_timeout') AS said";
        assert_eq!(rows(&store, usual).await, ["5min"], "other statements have their limit");
        store.close().await;
    })
    .await;
}

async fn a_view_that_somebody_dropped_comes_back(db: &Db) {
    db.open().await.close().await;
    db.meddle("DROP VIEW type_paths").await;
    let store = db.open().await;
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM type_paths").await, 0);
    store.close().await;
}

async fn a_view_of_an_older_version_goes(db: &Db) {
    db.open().await.close().await;
    db.meddle(
        "CREATE VIEW old_prices AS SELECT * FROM market_best_prices; \
         INSERT INTO sync_views (view_name, hash) VALUES ('old_prices', 'x'); \
         CREATE VIEW my_prices AS SELECT * FROM market_best_prices",
    )
    .await;
    let store = db.open().await;
    assert!(store.catalog_columns("old_prices").await.expect("the catalog reads").is_empty());
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM my_prices").await, 0, "not ours, and not touched");
    store.close().await;
}

async fn a_view_of_somebody_elses_is_not_overwritten(db: &Db) {
    db.open().await.close().await;
    db.meddle(
        "DELETE FROM sync_views WHERE view_name = 'open_wars'; DROP VIEW open_wars; \
         CREATE VIEW open_wars AS SELECT 1 AS mine",
    )
    .await;
    let text = foreign(db).await;
    assert!(text.contains("open_wars") && text.contains("rename yours"), "{text}");
    let store = reader(db).await;
    assert_eq!(rows(&store, "SELECT * FROM open_wars").await, ["1"]);
    store.close().await;
}

fn plain_config(db: &Db, more: &str) -> config::Config {
    let text = format!("[database]\nurl = {:?}\n{more}", db.url());
    let source = ConfigSource { name: "config.toml".to_owned(), text };
    config::load(&source, std::iter::empty(), &datasets::supported())
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn private_tables_are_made_when_they_are_wanted(db: &Db) {
    let rejects = match db.kind {
        Kind::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_schema WHERE name = 'sync_private_rejects'",
        Kind::Postgres => {
            "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = 'private' AND tablename = 'sync_private_rejects'"
        }
    };
    let history =
        if db.kind == Kind::Sqlite { "sync_private_migrations" } else { "private.sync_private_migrations" };
    let history = format!("SELECT * FROM {history}");
    let store = open_store(&plain_config(db, "")).await.expect("opens");
    assert_eq!(number(&store, rejects).await, 0, "nobody is to be signed in");
    store.close().await;
    let mut first = Vec::new();
    // Once they are there, they follow the program's version, also without a client.
    for more in ["[sso]\nclient_id = \"abc\"\n", "[sso]\nclient_id = \"abc\"\n", ""] {
        let store = open_store(&plain_config(db, more)).await.expect("opens");
        assert_eq!(number(&store, rejects).await, 1);
        let is = rows(&store, &history).await;
        assert!(is.len() == 1 && (first.is_empty() || first == is), "it runs once: {is:?}");
        first = is;
        store.close().await;
    }
    let changed = history.replace("SELECT * FROM", "UPDATE") + " SET hash = 'x'";
    db.meddle(&changed).await;
    let refused = open_store(&plain_config(db, "")).await;
    assert!(
        matches!(&refused, Err(StoreError::Foreign(t)) if t.contains("private migration 1")),
        "{refused:?}"
    );
}

/// The same database, by a login with other settings.
fn with_options(db: &Db, options: &str) -> Location {
    let mut url = url::Url::parse(db.url()).expect("a URL");
    url.query_pairs_mut().append_pair("options", options);
    Location::Postgres(Secret(url.into()))
}

#[tokio::test]
async fn a_login_that_may_not_create_the_private_schema_is_told_what_to_run() {
    Db::run(Kind::Postgres, async |db: &Db| {
        db.meddle("GRANT CREATE, USAGE ON SCHEMA public TO pg_monitor").await;
        let location = with_options(db, "-c role=pg_monitor");
        let store = Store::open(&location, "tranquility").await.expect("the public part is allowed");
        let Err(StoreError::Denied(text)) = store.migrate_private("pri\"vate", |_| ()).await else {
            panic!("it may not")
        };
        let line = "CREATE SCHEMA \"pri\"\"vate\" AUTHORIZATION pg_monitor;";
        assert!(text.contains(line), "{text}");
        db.meddle(line).await;
        store.migrate_private("pri\"vate", |_| ()).await.expect("now it may");
        assert!(store.has_private("pri\"vate").await.expect("readable"));
        store.close().await;
    })
    .await;
}

/// The schema is chosen at the first start. A `search_path` that changes later, or another schema of the login's name, does
/// not make a second, empty copy.
#[tokio::test]
async fn tables_stay_in_the_schema_of_the_first_start() {
    Db::run(Kind::Postgres, async |db: &Db| {
        db.meddle("CREATE SCHEMA \"My \"\"data\"\"\"; CREATE SCHEMA other").await;
        let first = with_options(db, r#"-c search_path="My\ ""data""""#);
        for (at, location) in [first, db.location(), with_options(db, "-c search_path=other")].iter().enumerate() {
            let store = Store::open(location, "tranquility").await.expect("opens");
            assert_eq!(store.schema(), Some("My \"data\""), "start {at}");
            let said = rows(&store, "SELECT public_schema, generation FROM sync_instance").await;
            assert_eq!(said, [format!("My \"data\"|{}", at + 1)]);
            store.describe(&catalog::all()).await.expect("comments find their tables");
            store.close().await;
            let reader = Store::open_to_read(location).await.expect("opens");
            assert_eq!(number(&reader, "SELECT COUNT(*) AS n FROM sync_status").await, 0);
            let elsewhere = "SELECT COUNT(*) AS n FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                             WHERE n.nspname IN ('public', 'other')";
            assert_eq!(number(&reader, elsewhere).await, 0, "nothing lies elsewhere");
            reader.close().await;
        }
        // Two copies: the search_path decides, and without it nobody can know.
        db.meddle("CREATE TABLE other.sync_instance (id BIGINT)").await;
        let Err(StoreError::Foreign(text)) = Store::open(&db.location(), "tranquility").await else {
            panic!("which one?")
        };
        assert!(text.contains("My \"data\", other") && text.contains("search_path"), "{text}");
        let nowhere = with_options(db, "-c search_path=nowhere");
        db.meddle("DROP TABLE other.sync_instance; DROP SCHEMA \"My \"\"data\"\"\" CASCADE").await;
        let error = refusal(&nowhere).await;
        assert!(matches!(&error, StoreError::Foreign(t) if t.contains("names no schema")), "{error:?}");
    })
    .await;
}

/// Without statistics SQLite reads all orders of a region to find those of one type.
#[tokio::test]
async fn the_planner_knows_a_full_market_from_the_first_start() {
    let db = Db::create(Kind::Sqlite).await.expect("never skipped");
    let store = db.open().await;
    let plan =
        "EXPLAIN QUERY PLAN SELECT price FROM market_orders WHERE region_id = 10000002 AND type_id = 34";
    let says = rows(&store, plan).await.join("\n");
    assert!(says.contains("market_orders_region_id_type_id_idx"), "{says}");
    store.close().await;
    db.remove().await;
}
