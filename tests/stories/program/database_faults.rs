//! Faults of the database while the daemon works: somebody's lock, a reader that holds its snapshot, cut
//! connections, a server that is not up yet; and a clock that jumps. Nothing is lost, and nothing is written
//! twice.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use esi_syncd::clock::Clock;
use esi_syncd::config::Config;
use esi_syncd::sim::Sim;
use esi_syncd::store::Store;

use crate::support::esi::{Daemon, config, eventually, number, only, reader_when_ready, small};
use crate::support::{self, Db, Kind, cases, on_both};

on_both!(
    a_clock_that_jumps_causes_no_burst,
    a_clock_set_back_between_two_runs_is_noticed,
    what_the_database_refuses_is_not_asked_for_in_a_loop
);

/// To what a checkpoint cuts SQLite's log back, in bytes.
const KEPT_LOG: u64 = 67_108_864;

const FORGE: &str = "SELECT COUNT(*) AS n FROM market_orders WHERE region_id = 10000002";

struct Case {
    sim: Sim,
    clock: Clock,
    config: Config,
}

async fn case(db: &Db, speed: f64) -> Case {
    let clock = support::esi::clock(speed);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let live = ["server_status", "market_orders", "market_prices", "incursions"];
    let config = config(db, &sim, &only(&live));
    Case { sim, clock, config }
}

/// Every region is there, whole, as the simulator has it, and the ledger says the same.
async fn is_whole(case: &Case, store: &Store) -> bool {
    for target in store.targets("market_orders").await.expect("reads") {
        let Some(version) = target.last_modified else { return false };
        let region: i64 = target.target.last().parse().expect("an id");
        let sql = format!("SELECT COUNT(*) AS n FROM market_orders WHERE region_id = {region}");
        let rows = number(store, &sql).await;
        let wanted = i64::try_from(case.sim.world().orders_in(region, version)).expect("a count");
        if rows != wanted || target.rows != rows {
            return false;
        }
    }
    number(store, FORGE).await > 1_000
}

/// Nothing that the database was at fault for is held against a target.
async fn nothing_failed(store: &Store) {
    let failed = "SELECT COUNT(*) AS n FROM sync_targets WHERE failures > 0 OR last_error IS NOT NULL";
    assert_eq!(number(store, failed).await, 0, "failures in the ledger");
}

/// Somebody else holds SQLite's write lock for longer than our patience for one statement; for five minutes in a long run.
#[tokio::test]
async fn a_foreign_lock_is_waited_out() {
    let db = Db::create(Kind::Sqlite).await.expect("SQLite is never skipped");
    let case = case(&db, 1.0).await;
    db.open().await.close().await;
    let lock = db.session("BEGIN IMMEDIATE").await;
    let daemon = Daemon::start(&case.config, &case.clock);
    tokio::time::sleep(Duration::from_secs(cases(7, 300).into())).await;
    assert!(!daemon.has_ended(), "it waits");
    lock.end().await;
    let store = reader_when_ready(&db).await;
    eventually("caught up after the lock", 60, async || is_whole(&case, &store).await).await;
    nothing_failed(&store).await;
    store.close().await;
    daemon.stop().await;
    assert_eq!(case.sim.counters().early, 0, "{:?}", case.sim.counters().samples);
    db.remove().await;
}

/// A reader with an old snapshot open for the whole time, ten minutes in a long run: every commit succeeds all the same,
/// and the reader sees one generation only. When it has gone, the log is cut back.
#[tokio::test]
async fn a_pinned_reader_holds_nobody_up() {
    let db = Db::create(Kind::Sqlite).await.expect("SQLite is never skipped");
    let case = case(&db, 60.0).await;
    let daemon = Daemon::start(&case.config, &case.clock);
    let store = reader_when_ready(&db).await;
    eventually("the first fill", 60, async || is_whole(&case, &store).await).await;
    let mut pinned = db.session("BEGIN").await;
    let before = pinned.number(FORGE).await;
    let first = store.target("market_orders", "region_id=10000002").await.expect("reads").expect("known");
    let (began, long) = (Instant::now(), Duration::from_secs(cases(0, 600).into()));
    let mut version = first.last_modified;
    let mut turn = async || {
        case.clock.step(TimeDelta::minutes(6));
        eventually("a newer version", 60, async || {
            let now = store.target("market_orders", "region_id=10000002").await.expect("reads");
            let newer = now.and_then(|target| target.last_modified).max(version);
            is_whole(&case, &store).await && std::mem::replace(&mut version, newer) < newer
        })
        .await;
    };
    loop {
        turn().await;
        assert_eq!(pinned.number(FORGE).await, before, "the reader still sees the generation it began with");
        nothing_failed(&store).await;
        if began.elapsed() >= long {
            break;
        }
    }
    let wal = db.folder().join("esi.db-wal");
    let length = || std::fs::metadata(&wal).expect("the log is there").len();
    let under_reader = length();
    pinned.end().await;
    for _ in 0..3 {
        turn().await;
    }
    println!("the log had {under_reader} bytes under the reader, and has {} after it", length());
    assert!(length() <= KEPT_LOG, "the log is not cut back: {} bytes after {under_reader}", length());
    store.close().await;
    daemon.stop().await;
    db.remove().await;
}

/// Connections are cut again and again while the daemon writes: nothing is lost, nothing is there twice, and it goes on
/// by itself.
#[tokio::test]
async fn cut_connections_lose_nothing() {
    let Some(db) = Db::create(Kind::Postgres).await else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    let case = case(&db, 60.0).await;
    let daemon = Daemon::start(&case.config, &case.clock);
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        db.meddle(cut).await;
    }
    let store = reader_when_ready(&db).await;
    eventually("whole again", 60, async || is_whole(&case, &store).await).await;
    assert!(!daemon.has_ended(), "it goes on");
    store.close().await;
    daemon.stop().await;
    db.remove().await;
}

/// Rows that the database refuses for good cannot even be recorded as refused. ESI is not asked for them again and again
/// all the same, and other datasets go on.
async fn what_the_database_refuses_is_not_asked_for_in_a_loop(db: &Db) {
    let case = case(db, 60.0).await;
    db.open().await.close().await;
    db.meddle(match db.kind {
        Kind::Sqlite => {
            "CREATE TRIGGER no BEFORE INSERT ON market_prices BEGIN SELECT RAISE(ABORT, 'no'); END"
        }
        Kind::Postgres => "ALTER TABLE market_prices ADD CHECK (type_id < 0)",
    })
    .await;
    let daemon = Daemon::start(&case.config, &case.clock);
    let store = reader_when_ready(db).await;
    eventually("the others are stored", 60, async || is_whole(&case, &store).await).await;
    let asked = || case.sim.counters().by_operation.get("GET /markets/prices").copied().unwrap_or(0);
    eventually("prices are asked for", 30, async || asked() > 0).await;
    let seen = number(&store, "SELECT COUNT(*) AS n FROM server_status").await;
    eventually("readings go on", 60, async || {
        number(&store, "SELECT COUNT(*) AS n FROM server_status").await > seen + 2
    })
    .await;
    assert!(asked() <= 2, "asked {} times for what cannot be stored", asked());
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM market_prices").await, 0);
    store.close().await;
    daemon.stop().await;
}

/// Every live dataset is asked for again within two periods of five minutes, which are ten seconds here.
async fn everything_goes_on(sim: &Sim, after: &str) {
    let asked = |operation: &str| sim.counters().by_operation.get(operation).copied().unwrap_or(0);
    eventually(&format!("{after}: everything goes on"), 15, async || {
        asked("GET /status") > 2
            && asked("GET /incursions") > 0
            && asked("GET /markets/{region_id}/orders") > 0
    })
    .await;
}

/// The daemon's clock jumps and ESI's does not: three days forward, an hour back, and the rest of the way back. No target
/// is asked more than once for it, and everything goes on within two periods. Back is never early: only what a clock that
/// ran ahead believed to be over is.
async fn a_clock_that_jumps_causes_no_burst(db: &Db) {
    let mut case = case(db, 60.0).await;
    case.clock = support::esi::clock(60.0);
    let daemon = Daemon::start(&case.config, &case.clock);
    let store = reader_when_ready(db).await;
    eventually("the first fill", 60, async || is_whole(&case, &store).await).await;
    let back = TimeDelta::hours(-1);
    for (name, step) in [
        ("three days forward", TimeDelta::days(3)),
        ("an hour back", back),
        ("the rest back", TimeDelta::days(-3) - back),
    ] {
        assert!(eventually_quiet(&case).await, "{name}: the daemon comes to rest");
        case.sim.reset_counters();
        case.clock.step(step);
        let asked = |operation: &str| case.sim.counters().by_operation.get(operation).copied().unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(asked("GET /markets/prices") <= 2, "{name}: {:?}", case.sim.counters().by_operation);
        everything_goes_on(&case.sim, name).await;
        assert!(
            step > TimeDelta::zero() || case.sim.counters().early == 0,
            "{name}: {:?}",
            case.sim.counters().samples
        );
    }
    eventually("whole at the end", 30, async || is_whole(&case, &store).await).await;
    store.close().await;
    daemon.stop().await;
}

/// A machine that booted with a clock two days ahead, and was put right while the daemon was off.
async fn a_clock_set_back_between_two_runs_is_noticed(db: &Db) {
    let mut case = case(db, 60.0).await;
    case.clock = support::esi::clock(60.0);
    case.clock.step(TimeDelta::days(2));
    let daemon = Daemon::start(&case.config, &case.clock);
    let store = reader_when_ready(db).await;
    eventually("the first fill", 60, async || is_whole(&case, &store).await).await;
    assert!(eventually_quiet(&case).await, "the daemon comes to rest");
    daemon.stop().await;
    case.clock.step(TimeDelta::days(-2));
    case.sim.reset_counters();
    let daemon = Daemon::start(&case.config, &case.clock);
    everything_goes_on(&case.sim, "the next run").await;
    assert_eq!(case.sim.counters().early, 0, "{:?}", case.sim.counters().samples);
    store.close().await;
    daemon.stop().await;
}

/// Waits until no request has been in flight for a while.
async fn eventually_quiet(case: &Case) -> bool {
    for _ in 0..100 {
        let before = case.sim.counters().requests;
        tokio::time::sleep(Duration::from_millis(100)).await;
        if case.sim.counters().requests == before {
            return true;
        }
    }
    false
}
