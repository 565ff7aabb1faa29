//! Whole days of the daemon against the simulated ESI, on both databases.

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::app::supervisor;
use esi_syncd::clock::Clock;
use esi_syncd::config::{RegionRef, Regions};
use esi_syncd::sim::{Fault, FaultKind as Trouble, OrderSettings, Sim, SimSettings};

use crate::support::day::{Day, live_jobs};
use crate::support::esi::{
    Daemon, close, config, context, entry, eventually, number, reader, reader_when_ready, run_pass, small,
};
use crate::support::{self, Db, Kind, assert_same, dump, long, on_both};

on_both!(a_day);

/// Three versions of the world, read by one pass each on SQLite and on PostgreSQL: after each, both hold the same.
#[tokio::test]
async fn both_databases_hold_the_same() {
    let _processor = crate::processor().await;
    let (Some(lite), Some(post)) = (Db::create(Kind::Sqlite).await, Db::create(Kind::Postgres).await) else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    let clock = support::esi::clock(30.0);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let rates = "max_rate = 1000\nbackfill_rate = 1000";
    let configs = [config(&lite, &sim, rates), config(&post, &sim, rates)];
    let contexts = [context(&configs[0], &clock).await, context(&configs[1], &clock).await];
    let mut sizes = Vec::new();
    for day in 0..3 {
        sim.hold();
        let (one, two) =
            tokio::join!(run_pass(&contexts[0], &configs[0]), run_pass(&contexts[1], &configs[1]));
        sim.release();
        assert_eq!((one.1, two.1), (0, 0), "failures on day {day}");
        assert!(one.0 > 10 && two.0 > 10, "attempts on day {day}: {} and {}", one.0, two.0);
        let (left, right) = (dump(&contexts[0].store).await, dump(&contexts[1].store).await);
        assert_same(("SQLite", &left), ("PostgreSQL", &right));
        sizes.push(left);
        sim.next_version();
        clock.step(TimeDelta::hours(2));
    }
    assert!(sizes[0].lines().count() > 9_000, "only {} rows", sizes[0].lines().count());
    assert!(sizes[0] != sizes[1] && sizes[1] != sizes[2], "the world moved from day to day");
    for table in supervisor::enabled(&configs[0]).into_iter().flat_map(|d| d.tables) {
        assert!(sizes[2].contains(&format!("{} | ", table.name)), "{} stayed empty", table.name);
    }
    for ctx in contexts {
        close(ctx).await;
    }
    lite.remove().await;
    post.remove().await;
}

/// A day of the default configuration with an hour of nothing but errors, or only its three hours around the moment at
/// which the daily routes turn; the daemon is killed in the middle. Nothing is asked before it expires, no limit is
/// touched, and outside that hour everything is fresh.
async fn a_day(db: &Db) {
    let _processor = crate::processor().await;
    let at = |time: &str| -> DateTime<Utc> { format!("2026-11-{time}:00Z").parse().expect("a time") };
    let clock = Clock::starting_at(at("20T09:30"), 15.0);
    // Two pages for The Forge, one for each other region: what a day proves does not grow with the orders.
    let settings = SimSettings { orders: OrderSettings { total: 2_300, regions: 6 }, ..small() };
    let sim = Sim::start(settings, clock.clone()).await.expect("a port");
    let hour = |time: &str| time.parse().expect("a time of day");
    sim.fault(Fault::on("*").daily(hour("14:00:00"), hour("15:00:00")).with(Trouble::status(500)));
    let config = config(db, &sim, "");
    let daemon = Daemon::start_apart(&config, &clock);
    let store = reader_when_ready(db).await;
    eventually("the first fill", 60, async || {
        number(&store, "SELECT COUNT(*) AS n FROM sync_targets WHERE last_success_at IS NULL").await == 0
            && number(&store, "SELECT COUNT(*) AS n FROM entity_names").await > 0
    })
    .await;
    let mut day = Day::of(&sim, &clock, &store, live_jobs(&config));
    day.pass_until(at("20T11:10")).await;
    day.rest().await;
    daemon.kill().await;
    let before = sim.counters().requests;
    let daemon = Daemon::start(&config, &clock);
    day.pass_until(at("20T11:20")).await;
    let after = sim.counters().requests - before;
    println!("{:?}: {after} requests in the ten minutes after the kill", db.kind);
    let end = if long() {
        day.pass_until(at("20T14:00")).await;
        day.endure_until(at("20T15:20")).await;
        at("21T09:30")
    } else {
        at("20T12:30")
    };
    day.pass_until(end).await;
    let stalest = std::mem::take(&mut day.stalest);
    daemon.stop().await;
    store.close().await;

    let counters = sim.counters();
    println!(
        "{:?}: {} requests, by status {:?}; {} early, {:?}; at most {} errors a minute; {} times stale",
        db.kind,
        counters.requests,
        counters.by_status,
        counters.early,
        counters.violations,
        counters.error_peak,
        stalest.len()
    );
    assert!(
        stalest.is_empty(),
        "{} times stale, first: {:#?}",
        stalest.len(),
        &stalest[..stalest.len().min(5)]
    );
    assert_eq!(counters.early, 0, "requests before expiry: {:?}", counters.samples);
    assert!(counters.violations.is_empty(), "{:?}", counters.samples);
    let worst = counters.error_peak;
    assert!(if long() { (1..=20).contains(&worst) } else { worst == 0 }, "{worst} errors within a minute");
    let asked = |operation: &str| counters.by_operation.get(operation).copied().unwrap_or(0);
    let hours = if long() { 23 } else { 3 };
    assert!(asked("GET /status") >= hours * 50, "a reading a minute: {}", asked("GET /status"));
    assert!(asked("GET /markets/prices") >= hours - 1, "{}", asked("GET /markets/prices"));
    assert_eq!(
        asked("GET /universe/regions/{region_id}"),
        8,
        "details are asked once, while the build stays"
    );
    holds_what_the_sim_says(db, &sim).await;
}

/// Every region has as many orders as the simulator's book of the stored version.
async fn holds_what_the_sim_says(db: &Db, sim: &Sim) {
    let store = reader(db).await;
    let Regions::List(regions) = Regions::default() else { panic!("a list") };
    for region in regions {
        let RegionRef::Id(region) = region else { panic!("an id") };
        let stored = entry(&store, "market_orders", &format!("region_id={region}")).await;
        let version = stored.last_modified.expect("a version");
        let sql = format!("SELECT COUNT(*) AS n FROM market_orders WHERE region_id = {region}");
        let rows = number(&store, &sql).await;
        let wanted = sim.world().orders_in(region, version);
        assert_eq!(rows, i64::try_from(wanted).expect("a count"), "region {region} as of {version}");
        assert_eq!(stored.rows, rows, "the ledger of region {region}");
    }
    let systems = number(&store, "SELECT COUNT(*) AS n FROM universe_systems").await;
    assert_eq!(systems, i64::try_from(sim.world().map.systems.len()).expect("a count"));
    let readings = number(&store, "SELECT COUNT(*) AS n FROM server_status").await;
    assert!(readings > 100, "{readings} readings");
    let unnamed = "SELECT COUNT(*) AS n FROM market_prices AS p LEFT JOIN entity_names AS n ON n.id = p.type_id \
                   WHERE n.name IS NULL";
    assert_eq!(number(&store, unnamed).await, 0, "types without a name");
    store.close().await;
}
