//! What cannot be undone is said first.

use esi_syncd::clock::Clock;
use esi_syncd::sim::Sim;

use crate::support::esi::{FORGE, number, only, reader, small, toml};
use crate::support::process::{Program, run};
use crate::support::{Db, Kind, on_both};

on_both!(a_dry_run_tells_and_deletes_nothing, beside_a_daemon_nothing_is_deleted);

async fn a_dry_run_tells_and_deletes_nothing(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let keeping = |regions: &str, keep: &str| {
        let orders = format!("[datasets.market_orders]\nregions = {regions}\n");
        let status = format!("[datasets.server_status]\nkeep = {keep:?}\n");
        toml(db.url(), &sim.base_url(), &format!("{orders}{status}"))
    };
    let both = keeping("[10000002, 10000043]", "forever");
    run(db.folder(), &both, &["sync", "market_orders", "server_status"]).await.expect(0);
    // The same text as the sample beside it, six years older.
    let old = match db.kind {
        Kind::Sqlite => "'2020' || SUBSTR(observed_at, 5)",
        Kind::Postgres => "observed_at - INTERVAL '6 years'",
    };
    db.meddle(&format!(
        "INSERT INTO server_status (observed_at, players) SELECT {old}, 5 FROM server_status"
    ))
    .await;
    let one = keeping("[10000002]", "90d");
    let store = reader(db).await;
    let others = format!("SELECT COUNT(*) AS n FROM market_orders WHERE region_id <> {FORGE}");
    let samples = "SELECT COUNT(*) AS n FROM server_status";
    let states = "SELECT COUNT(*) AS n FROM sync_targets WHERE state = 'deselected'";
    let before = (number(&store, &others).await, number(&store, samples).await);
    assert!(before.0 > 100 && before.1 == 2, "{before:?}");
    let told = run(db.folder(), &one, &["prune", "--dry-run"]).await;
    let orders = "market_orders: would be deleted: deselected targets: 1, their rows: ";
    told.expect(0).contains(orders).contains("server_status: would be deleted: 1 rows older than");
    told.contains("Nothing was deleted");
    assert_eq!((number(&store, &others).await, number(&store, samples).await), before);
    assert_eq!(number(&store, states).await, 0, "not even a mark in the ledger");
    let done = run(db.folder(), &one, &["prune", "--yes"]).await;
    done.expect(0)
        .in_order(&["market_orders: to delete", "market_orders: deselected targets: 1, rows deleted"]);
    assert_eq!((number(&store, &others).await, number(&store, samples).await), (0, 1));
    run(db.folder(), &one, &["prune", "--dry-run"]).await.expect(0).contains("Nothing to delete");
    store.close().await;
}

async fn beside_a_daemon_nothing_is_deleted(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["server_status"]));
    let mut daemon = Program::start(db.folder(), &text, &[]);
    daemon.says("stored").await;
    run(db.folder(), &text, &["prune", "--yes"])
        .await
        .expect(75)
        .contains(&format!("pid {} on ", daemon.pid()));
    run(db.folder(), &text, &["prune", "--dry-run"]).await.expect(0).contains("Nothing to delete");
    daemon.signal("TERM");
    daemon.end().await.expect(0);
}
