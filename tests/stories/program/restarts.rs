//! A database server dies in the middle of a write, loses the reply to a COMMIT, or is not up when the daemon
//! starts. For SQLite, a file is locked or a folder is missing at that moment.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use esi_syncd::clock::Clock;
use esi_syncd::config;
use esi_syncd::config::{Config, ConfigSource};
use esi_syncd::sim::Sim;
use esi_syncd::store::{Location, Secret, Store};
use tempfile::TempDir;

use crate::support::esi::{Daemon, eventually, number, only, small, toml};
use crate::support::process::{Program, run};
use crate::support::proxy::Proxy;
use crate::support::server::Server;
use crate::support::{self, Db, Kind, cases};

const LIVE: [&str; 4] = ["server_status", "market_orders", "market_prices", "incursions"];

fn config(url: &str, sim: &Sim) -> Config {
    let source =
        ConfigSource { name: "config.toml".to_owned(), text: toml(url, &sim.base_url(), &only(&LIVE)) };
    config::load(&source, std::iter::empty(), &esi_syncd::datasets::supported())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A reader, and again one if the server has just gone.
async fn number_of(location: &Location, sql: &str) -> Option<i64> {
    let store = Store::open_to_read(location).await.ok()?;
    let rows = store.query(sql, &[]).await.ok();
    store.close().await;
    rows?.first()?.int("n").ok()?
}

/// No region has other rows than the ledger says, no order is there twice, and all regions have some.
async fn is_whole(location: &Location) {
    let torn = "SELECT COUNT(*) AS n FROM sync_targets AS t WHERE t.dataset = 'market_orders' AND t.rows <> \
                (SELECT COUNT(*) FROM market_orders AS o WHERE t.target = 'region_id=' || o.region_id)";
    let twice = "SELECT COUNT(*) - COUNT(DISTINCT order_id) AS n FROM market_orders";
    let store = Store::open_to_read(location).await.expect("it can be read");
    assert_eq!(number(&store, torn).await, 0, "regions whose rows are not what the ledger says");
    assert_eq!(number(&store, twice).await, 0, "orders that are there twice");
    store.close().await;
}

const FILLED: &str = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'market_orders' AND rows > 0";
/// The newest transaction that wrote to the ledger.
const NEWEST: &str = "SELECT MAX(xmin::text::bigint) AS n FROM sync_targets";
/// Transactions of the daemon that have written something.
const WRITING: &str = "SELECT COUNT(*) AS n FROM pg_stat_activity \
                       WHERE application_name = 'esi-syncd' AND backend_xid IS NOT NULL";

/// The whole server is killed while a transaction writes, again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_in_a_write_loses_nothing() {
    let Some(server) = Server::create("a_server_that_dies_in_a_write_loses_nothing") else { return };
    let server = Arc::new(server);
    server.execute("CREATE DATABASE esi").await;
    let url = server.url("esi");
    let location = Location::Postgres(Secret(url.clone()));
    // Two minutes in a second: something is due at any moment.
    let clock = support::esi::clock(120.0);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let daemon = Daemon::start(&config(&url, &sim), &clock);
    let filled = async || number_of(&location, FILLED).await.is_some_and(|n| n >= 5);
    eventually("the first fill", 60, filled).await;
    let rounds = cases(5, 30);
    let mut delays = Vec::new();
    for _ in 0..rounds {
        let watch = Store::open_to_read(&location).await.expect("it can be read");
        eventually("something is written", 60, async || number(&watch, WRITING).await > 0).await;
        let killed = Arc::clone(&server);
        tokio::task::spawn_blocking(move || killed.restart_at_once()).await.expect("restarted");
        let back = Instant::now();
        watch.close().await;
        let newest = number_of(&location, NEWEST).await.expect("it is back");
        eventually("writing goes on", 60, async || {
            number_of(&location, NEWEST).await.is_some_and(|now| now > newest)
        })
        .await;
        delays.push(back.elapsed());
        assert!(!daemon.has_ended(), "it goes on");
        is_whole(&location).await;
    }
    delays.sort_unstable();
    println!("writing again after the server was back: {delays:?}");
    // On a machine that is busy otherwise a single one may take longer.
    assert!(delays[delays.len() / 2] < Duration::from_secs(5), "{delays:?}");
    eventually("whole again", 60, filled).await;
    daemon.stop().await;
    is_whole(&location).await;
    assert_eq!(sim.counters().early, 0, "{:?}", sim.counters().samples);
}

/// The server commits and the connection breaks before it can say so: the work is done again, and nothing is there twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_reply_is_lost_is_not_lost() {
    let Some(server) = Server::create("a_commit_whose_reply_is_lost_is_not_lost") else { return };
    server.execute("CREATE DATABASE esi").await;
    let location = Location::Postgres(Secret(server.url("esi")));
    let proxy = Proxy::before(server.port()).await;
    let url = format!("postgres://postgres@127.0.0.1:{}/esi?sslmode=disable", proxy.port);
    let clock = support::esi::clock(60.0);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let daemon = Daemon::start(&config(&url, &sim), &clock);
    // Once it runs, every other reply or so, among them those to the first orders of every region.
    eventually("it runs", 60, async || {
        number_of(&location, "SELECT COUNT(*) AS n FROM sync_targets").await > Some(0)
    })
    .await;
    for _ in 0..10 {
        proxy.to_lose.fetch_add(1, Ordering::SeqCst);
        eventually("a reply is lost", 60, async || proxy.to_lose.load(Ordering::SeqCst) == 0).await;
    }
    let filled = async || number_of(&location, FILLED).await.is_some_and(|n| n >= 5);
    eventually("all is stored all the same", 60, filled).await;
    assert!(!daemon.has_ended(), "it goes on");
    daemon.stop().await;
    is_whole(&location).await;
    assert_eq!(sim.counters().early, 0, "{:?}", sim.counters().samples);
}

/// A daemon that starts before its database: it says so, asks ESI for nothing, and runs as soon as it can.
struct Early {
    sim: Sim,
    folder: TempDir,
    toml: String,
}

impl Early {
    async fn before(url: &str) -> Self {
        let sim = Sim::start(small(), Clock::system()).await.expect("a port");
        let toml = toml(url, &sim.base_url(), &only(&["server_status", "incursions"]));
        Self { sim, folder: TempDir::new().expect("a folder"), toml }
    }

    async fn waits_and_runs(&self, appears: impl AsyncFnOnce()) {
        let (mut daemon, ear) = Program::start_heard(self.folder.path(), &self.toml, &[]);
        daemon.says("waiting for the database; trying every 5s").await;
        eventually("systemd hears of it", 10, async || ear.said().contains("READY=1")).await;
        eventually("and why", 10, async || ear.status().starts_with("waiting for the database: ")).await;
        assert!(!daemon.has_ended());
        assert_eq!(self.sim.counters().requests, 0, "nothing is asked for that cannot be stored");
        appears().await;
        daemon.says("esi-syncd is running").await;
        daemon.says("stored dataset=\"server_status\"").await;
        eventually("systemd hears that too", 10, async || ear.status() == "keeping 2 datasets").await;
        daemon.signal("TERM");
        daemon.end().await.expect(0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_later_is_waited_for() {
    let Some(server) = Server::create("a_server_that_starts_later_is_waited_for") else { return };
    server.execute("CREATE DATABASE esi").await;
    server.stop();
    Early::before(&server.url("esi")).await.waits_and_runs(async || server.start()).await;
}

#[tokio::test]
async fn a_file_that_is_locked_at_first_is_waited_for() {
    let db = Db::create(Kind::Sqlite).await.expect("SQLite is never skipped");
    db.open().await.close().await;
    let lock = db.session("BEGIN EXCLUSIVE").await;
    Early::before(db.url()).await.waits_and_runs(async || lock.end().await).await;
    db.remove().await;
}

#[tokio::test]
async fn a_folder_that_is_missing_is_made() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("not/there/yet/esi.db");
    let early = Early::before(&format!("sqlite://{}", path.display())).await;
    run(early.folder.path(), &early.toml, &["sync", "incursions"]).await.expect(0);
    assert!(path.is_file());
}
