//! A disk is full, and later has room again: no set is torn, nothing is lost, ESI gets no requests meanwhile,
//! and no restart is needed.
//!
//! The disk is a small one of the test's own. SQLite's file lies on it, or PostgreSQL's tables do.
//! PostgreSQL's log and catalogs lie elsewhere, so that it answers with error 53100 instead of going down.

use std::path::Path;
use std::time::{Duration, Instant};

use esi_syncd::clock::Clock;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim, SimSettings};
use esi_syncd::store::{Location, Secret, Store};
use tempfile::TempDir;

use crate::support::esi::{eventually, number, only, small, toml};
use crate::support::namespace::{Disk, inside};
use crate::support::process::{Program, run};
use crate::support::server::{Server, own};

const FORGE: &str = "region_id=10000002";
/// What is left free: enough to open the database and to note a failure, too little for the orders of The Forge.
const LEFT: u64 = 256 * 1024;

#[tokio::test]
async fn sqlite_waits_for_room() {
    if !inside(module_path!(), "sqlite_waits_for_room") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let disk = Disk::mount(&folder.path().join("disk"), 64);
    let path = folder.path().join("disk/esi.db");
    let url = format!("sqlite://{}", path.display());
    waits_for_room(&disk, folder.path(), &url, &Location::Sqlite(path)).await;
}

#[tokio::test]
async fn postgres_waits_for_room() {
    if !inside(module_path!(), "postgres_waits_for_room") {
        return;
    }
    let Some(server) = Server::create("postgres_waits_for_room") else { return };
    let place = server.folder().join("disk");
    let disk = Disk::mount(&place, 64);
    own(&place);
    server.execute(&format!("CREATE TABLESPACE small LOCATION '{}'", place.display())).await;
    server.execute("CREATE DATABASE esi TABLESPACE small").await;
    let folder = TempDir::new().expect("a folder");
    let url = server.url("esi");
    waits_for_room(&disk, folder.path(), &url, &Location::Postgres(Secret(url.clone()))).await;
}

/// The version of The Forge that is stored, and a sum over its orders. Every region is whole, as the ledger says.
async fn stored(location: &Location) -> (i64, i64) {
    // One statement, so that all of it is of one moment.
    let sql = "SELECT t.target, t.rows, t.last_modified, COUNT(*) AS n, \
               CAST(SUM(o.volume_remain + o.order_id % 1000) AS BIGINT) AS sum \
               FROM sync_targets AS t JOIN market_orders AS o ON t.target = 'region_id=' || o.region_id \
               WHERE t.dataset = 'market_orders' GROUP BY t.target, t.rows, t.last_modified ORDER BY t.target";
    let store = Store::open_to_read(location).await.expect("it can be read");
    let rows = store.query(sql, &[]).await.expect("reads");
    store.close().await;
    assert_eq!(rows.len(), 2, "both regions have rows");
    for row in &rows {
        assert_eq!(row.int("n").expect("a number"), row.int("rows").expect("a number"), "{row:?}");
    }
    let forge = &rows[0];
    assert_eq!(forge.text("target").expect("a text").as_deref(), Some(FORGE));
    let version = forge.time("last_modified").expect("a time").expect("a version");
    (version.timestamp(), forge.int("sum").expect("a number").expect("a sum"))
}

/// The orders of The Forge, as many as the simulator has of the version that is stored.
async fn is_as_served(sim: &Sim, location: &Location) -> bool {
    let store = Store::open_to_read(location).await.expect("it can be read");
    let target = store.target("market_orders", FORGE).await.expect("reads").expect("known");
    store.close().await;
    let there = sim.world().orders_in(10_000_002, target.last_modified.expect("a version"));
    target.rows == i64::try_from(there).expect("a count")
}

async fn waits_for_room(disk: &Disk, folder: &Path, url: &str, location: &Location) {
    let settings = SimSettings { change_share: 0.9, ..small() };
    let sim = Sim::start(settings, Clock::system()).await.expect("a port");
    // Everything expires within seconds: who does not pause asks all the time.
    sim.fault(Fault::on("/*").with(Trouble::set_header("cache-control", "max-age=5")));
    let live = only(&["server_status", "market_orders", "market_prices", "incursions"]);
    let toml = toml(
        url,
        &sim.base_url(),
        &format!("{live}[datasets.market_orders]\nregions = [10000002, 10000043]\n"),
    );
    run(folder, &toml, &["sync"]).await.expect(0);
    let before = stored(location).await;
    assert!(before.0 > 0 && is_as_served(&sim, location).await);

    disk.fill(LEFT);
    sim.next_version();
    let (mut daemon, ear) = Program::start_heard(folder, &toml, &["run"]);
    daemon.says("fetching pauses").await;
    let said = daemon.said();
    assert!(said.contains("No space left on device") || said.contains("disk is full"), "{said}");
    comes_to_rest(&sim).await;
    let asked = sim.counters().requests;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(
        sim.counters().requests,
        asked,
        "asked ESI for what cannot be stored: {:?}\n{}",
        sim.requests(),
        daemon.said()
    );
    assert!(!daemon.has_ended(), "it is alive: {}", daemon.said());
    assert!(ear.status().starts_with("waiting for the database: "), "{}", ear.said());
    run(folder, &toml, &["status"]).await.expect(0).contains("running: ");
    assert_eq!(stored(location).await, before, "the old rows");

    disk.free();
    let since = Instant::now();
    eventually("caught up after there is room again", 60, async || stored(location).await.0 > before.0).await;
    println!("caught up {:?} after there was room again", since.elapsed());
    assert!(is_as_served(&sim, location).await, "all of the new version");
    daemon.says("the database takes writes again").await;
    eventually("systemd hears of it", 10, async || ear.status().starts_with("keeping ")).await;
    let asked = sim.counters().requests;
    eventually("asking goes on", 30, async || sim.counters().requests > asked).await;
    assert!(!daemon.has_ended(), "no restart was needed");
    daemon.signal("TERM");
    daemon.end().await.expect(0);
    stored(location).await;
    sound(location).await;
}

/// Waits until what was in hand when the disk was found full has come.
async fn comes_to_rest(sim: &Sim) {
    let (mut asked, mut rested) = (sim.counters().requests, 0);
    eventually("the requests in hand end", 30, async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = sim.counters().requests;
        rested = if now == asked { rested + 1 } else { 0 };
        asked = now;
        rested >= 4
    })
    .await;
}

async fn sound(location: &Location) {
    let store = Store::open_to_read(location).await.expect("it can be read");
    let twice = "SELECT COUNT(*) - COUNT(DISTINCT order_id) AS n FROM market_orders";
    assert_eq!(number(&store, twice).await, 0, "orders that are there twice");
    if matches!(location, Location::Sqlite(_)) {
        let rows = store.query("PRAGMA integrity_check", &[]).await.expect("reads");
        assert_eq!(rows[0].text("integrity_check").expect("a text").as_deref(), Some("ok"));
    }
    store.close().await;
}
