//! One writer per database, and a database's owner.

use esi_syncd::declare::Dialect;
use esi_syncd::store::{Location, Secret, Store, StoreError};
use serde_json::json;

use crate::support::{Db, Feed, Kind, dump, dump_table, on_both};

on_both!(
    the_second_instance_learns_who_holds_the_database,
    a_dropped_store_frees_the_lock,
    a_closed_store_has_freed_the_lock,
    another_tenants_database_is_left_alone,
    a_reader_creates_nothing,
    a_reader_reads_beside_the_writer_and_cannot_write,
    a_run_that_was_killed_is_told_from_one_that_stopped,
);

async fn refusal(location: &Location, tenant: &str) -> StoreError {
    match Store::open(location, tenant).await {
        Err(error) => error,
        Ok(store) => {
            store.close().await;
            panic!("the database opens, though it should not")
        }
    }
}

async fn the_second_instance_learns_who_holds_the_database(db: &Db) {
    let first = db.open().await;
    assert!(first.running().await.expect("the lock can be looked at"));
    for _ in 0..3 {
        let error = refusal(&db.location(), "tranquility").await;
        let StoreError::Locked { holder } = &error else { panic!("{error:?}") };
        assert!(holder.starts_with(&format!("pid {} on ", std::process::id())), "{holder}");
    }
    let feed = Feed::new("market_prices", "");
    feed.put(&first, &json!([{"type_id": 34}])).await;
    first.verify_lock().await.expect("the attempts of others change nothing");
    first.close().await;

    let second = db.open().await;
    assert_eq!(dump_table(&second, &feed.dataset.tables[0]).await.len(), 1);
    second.close().await;
    let reader = Store::open_to_read(&db.location()).await.expect("opens");
    assert!(!reader.running().await.expect("the lock can be looked at"), "nobody holds it any more");
    reader.close().await;
}

async fn a_dropped_store_frees_the_lock(db: &Db) {
    drop(db.open().await);
    db.open().await.close().await;
}

async fn a_closed_store_has_freed_the_lock(db: &Db) {
    for _ in 0..40 {
        let store = db.open().await;
        store.close().await;
        let reader = Store::open_to_read(&db.location()).await.expect("opens");
        assert!(!reader.running().await.expect("the lock can be looked at"), "it is free once close returns");
        reader.close().await;
    }
}

/// `status` looks at SQLite's lock by taking it for a moment; a daemon that starts in that moment is not turned away.
#[tokio::test]
async fn a_glance_at_the_lock_stops_nobody() {
    let db = Db::create(Kind::Sqlite).await.expect("SQLite is never skipped");
    db.open().await.close().await;
    for _ in 0..5 {
        let glance = std::fs::File::open(db.folder().join("esi.db.lock")).expect("the lock's file");
        glance.try_lock_shared().expect("nobody holds it");
        let looks_away = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            drop(glance);
        });
        db.open().await.close().await;
        looks_away.join().expect("no panic");
    }
    db.remove().await;
}

async fn another_tenants_database_is_left_alone(db: &Db) {
    db.open().await.close().await;
    let error = refusal(&db.location(), "singularity").await;
    let StoreError::Foreign(text) = &error else { panic!("{error:?}") };
    assert!(text.contains("\"tranquility\"") && text.contains("\"singularity\""), "{text}");
    db.open().await.close().await;
}

async fn a_reader_creates_nothing(db: &Db) {
    let opened = Store::open_to_read(&db.location()).await;
    match db.kind {
        Kind::Sqlite => {
            assert!(matches!(opened, Err(StoreError::Unavailable(_))), "{opened:?}");
            let files = std::fs::read_dir(db.folder()).expect("the folder is there").count();
            assert_eq!(files, 0, "not even a lock file");
        }
        Kind::Postgres => {
            let store = opened.expect("an empty database can be read");
            let tables =
                store.query("SELECT tablename::text AS t FROM pg_tables WHERE schemaname = 'public'", &[]);
            assert_eq!(tables.await.expect("readable").len(), 0);
            assert_eq!(store.schema_version().await.expect("readable"), 0, "it was never migrated");
            store.close().await;
        }
    }
}

async fn a_reader_reads_beside_the_writer_and_cannot_write(db: &Db) {
    let writer = db.open().await;
    let feed = Feed::new("market_prices", "");
    let reader = Store::open_to_read(&db.location()).await.expect("opens");
    for round in 1..5 {
        feed.put(&writer, &(0..round).map(|id| json!({"type_id": id})).collect()).await;
        assert_eq!(dump(&reader).await, dump(&writer).await, "every commit shows at once");
    }
    let before = dump(&writer).await;
    let failed = feed.try_put(&reader, &json!([])).await;
    assert!(failed.is_err(), "a reader wrote {failed:?}");
    assert_eq!(dump(&writer).await, before);
    reader.close().await;
    writer.close().await;
}

async fn a_run_that_was_killed_is_told_from_one_that_stopped(db: &Db) {
    let store = db.open().await;
    assert!(store.was_clean(), "nobody was here before");
    store.end_instance().await.expect("written");
    store.close().await;
    let store = db.open().await;
    assert!(store.was_clean());
    let instance = store.instance().await.expect("readable").expect("signed");
    assert_eq!((instance.stopped_at, instance.version.as_str()), (None, env!("CARGO_PKG_VERSION")));
    store.close().await;
    let store = db.open().await;
    assert!(!store.was_clean(), "the run before did not say that it ended");
    store.close().await;
}

/// Readers without write rights need both files, and SQLite would remove them with the last connection.
#[tokio::test]
async fn sqlite_leaves_the_files_that_readers_need() {
    let db = Db::create(Kind::Sqlite).await.expect("never skipped");
    let feed = Feed::new("market_prices", "");
    for round in 1..=2 {
        let store = db.open().await;
        feed.put(&store, &(0..round).map(|id| json!({"type_id": id})).collect()).await;
        store.close().await;
        for end in ["-wal", "-shm"] {
            let file = format!("{}{end}", db.path().display());
            assert!(std::path::Path::new(&file).exists(), "{end} is gone after the close of round {round}");
        }
        let log = format!("{}-wal", db.path().display());
        let size = std::fs::metadata(log).expect("there").len();
        assert_eq!(size, 0, "the log was written back into the database");
        let reader = Store::open_to_read(&db.location()).await.expect("opens");
        assert_eq!(dump_table(&reader, &feed.dataset.tables[0]).await.len(), round);
        reader.close().await;
    }
}

#[tokio::test]
async fn sqlites_lock_is_the_same_by_any_path() {
    let db = Db::create(Kind::Sqlite).await.expect("never skipped");
    let store = db.open().await;
    let link = db.folder().join("link.db");
    std::os::unix::fs::symlink(db.path(), &link).expect("a link");
    let detour = db.folder().join("..").join(db.folder().file_name().expect("a name")).join("esi.db");
    for path in [link, detour] {
        let error = refusal(&Location::Sqlite(path.clone()), "tranquility").await;
        assert!(matches!(error, StoreError::Locked { .. }), "{}: {error:?}", path.display());
    }
    store.close().await;
}

#[tokio::test]
async fn a_superseded_run_cannot_write_to_postgres() {
    Db::run(Kind::Postgres, async |db: &Db| {
        let store = db.open().await;
        let feed = Feed::new("market_prices", "");
        feed.put(&store, &json!([{"type_id": 1}])).await;
        let before = dump(&store).await;
        db.meddle("UPDATE sync_instance SET generation = generation + 1, holder = 'pid 1 on elsewhere'")
            .await;
        for _ in 0..8 {
            let failed = feed.try_put(&store, &json!([])).await;
            let Err(StoreError::Locked { holder }) = failed else { panic!("{failed:?}") };
            assert_eq!(holder, "pid 1 on elsewhere");
        }
        assert!(matches!(store.end_instance().await, Err(StoreError::Locked { .. })));
        assert_eq!(dump(&store).await, before, "reading goes on");
        store.close().await;
    })
    .await;
}

/// Cuts the connections of the daemon: with `lock` the one that holds the lock, without it all others.
async fn cut(db: &Db, lock: bool) {
    let not = if lock { "" } else { "NOT" };
    db.meddle(&format!(
        "SELECT pg_terminate_backend(a.pid, 5000) FROM pg_stat_activity a WHERE a.datname = current_database() \
         AND a.pid <> pg_backend_pid() \
         AND {not} EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory')"
    ))
    .await;
}

#[tokio::test]
async fn a_cut_lock_connection_is_taken_up_again_unless_somebody_came() {
    Db::run(Kind::Postgres, async |db: &Db| {
        let store = db.open().await;
        cut(db, true).await;
        assert!(
            !store.running().await.expect("the lock can be looked at"),
            "the lock went with its connection"
        );
        store.verify_lock().await.expect("taken again");
        assert!(store.running().await.expect("the lock can be looked at"));
        let feed = Feed::new("market_prices", "");
        feed.put(&store, &json!([{"type_id": 1}])).await;

        cut(db, true).await;
        let other = db.open().await;
        assert!(matches!(store.verify_lock().await, Err(StoreError::Locked { .. })), "another instance came");
        other.close().await;
        assert!(
            matches!(store.verify_lock().await, Err(StoreError::Locked { .. })),
            "and it may have written"
        );
        assert!(matches!(feed.try_put(&store, &json!([])).await, Err(StoreError::Locked { .. })));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn cut_connections_cost_an_attempt_and_no_row() {
    Db::run(Kind::Postgres, async |db: &Db| {
        let store = db.open().await;
        let feed = Feed::new("market_prices", "");
        for round in 1..6 {
            feed.put(&store, &(0..round).map(|id| json!({"type_id": id})).collect()).await;
            cut(db, false).await;
            let next = (0..round).map(|id| json!({"type_id": id, "average_price": 1.0})).collect();
            match feed.try_put(&store, &next).await {
                Ok(_) => {}
                Err(error) => assert!(error.is_transient(), "trying again helps: {error:?}"),
            }
        }
        feed.put(&store, &json!([{"type_id": 1}])).await;
        assert_eq!(dump_table(&store, &feed.dataset.tables[0]).await.len(), 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_opened_is_named_by_what_to_do() {
    let db = Db::create(Kind::Sqlite).await.expect("never skipped");
    std::fs::write(db.path(), "no database, but a text of some length that somebody keeps there")
        .expect("written");
    let error = refusal(&db.location(), "tranquility").await;
    assert!(matches!(error, StoreError::Foreign(_)), "{error:?}");
    let folder = Location::Sqlite(db.folder().to_owned());
    let error = refusal(&folder, "tranquility").await;
    assert!(matches!(error, StoreError::Denied(_)), "{error:?}");

    let nobody = Location::Postgres(Secret("postgres://nobody:hunter2@127.0.0.1:1/none".to_owned()));
    let error = refusal(&nobody, "tranquility").await;
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    for text in [format!("{error} {error:?}"), format!("{nobody:?}")] {
        assert!(!text.contains("hunter2"), "a password in {text}");
    }
    let Some(pg) = Db::create(Kind::Postgres).await else { return };
    let url = format!("{}_missing", pg.url());
    let error = refusal(&Location::Postgres(Secret(url)), "tranquility").await;
    assert!(matches!(error, StoreError::Denied(_)), "no such database: {error:?}");
    let store = pg.open().await;
    assert_eq!(store.dialect(), Dialect::Postgres);
    store.close().await;
    pg.remove().await;
}
