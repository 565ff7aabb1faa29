//! `kill -9` in the middle of `sync`, repeatedly: committed sets stay whole and are not asked for again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::Utc;
use esi_syncd::clock::Clock;
use esi_syncd::sim::{Fault, FaultKind as Trouble, OrderSettings, Sim, SimSettings, WorldSize};
use esi_syncd::store::Store;

use crate::support::esi::{number, only, reader, small, toml};
use crate::support::process::{Program, run};
use crate::support::{Db, Kind, assert_same, cases, dump, on_both};

on_both!(killed_again_and_again);

fn kills() -> u32 {
    cases(25, 500)
}

/// Regions whose market is read; far more than kills, so that no run ever finds nothing to do.
fn regions() -> usize {
    (kills() as usize * 4).max(300)
}

/// A world of many small markets, with a few large ones among them, that stands still.
async fn world() -> Sim {
    let count = regions();
    let settings = SimSettings {
        world: WorldSize { regions: count, systems: count, ..small().world },
        orders: OrderSettings { total: count * 150, regions: count },
        latency: Duration::from_millis(4),
        enforce_limits: false,
        ..small()
    };
    let sim = Sim::start(settings, Clock::starting_at(Utc::now(), 1e-6)).await.expect("a port");
    // Nothing expires as long as the test runs: a version that turned would be a reason to ask again.
    sim.fault(Fault::on("/markets/*").with(Trouble::set_header("cache-control", "max-age=3600")));
    // Nor do tokens come back while time stands still: by ESI's count, many runs would spend them all.
    sim.fault(Fault::on("/markets/*").with(Trouble::set_header("x-ratelimit-remaining", "12000")));
    sim
}

fn configuration(db: &Db, sim: &Sim) -> String {
    let markets: Vec<i64> = sim.world().orders.markets().iter().map(|m| m.region).collect();
    let text = format!("{}[datasets.market_orders]\nregions = {markets:?}\n", only(&["market_orders"]));
    toml(db.url(), &sim.base_url(), &text)
}

/// What the table and the ledger say at one moment: a PostgreSQL server may commit for a client that is already dead.
const BOTH: &str = "\
SELECT 'table' AS source, 'region_id=' || region_id AS target, COUNT(*) AS n FROM market_orders GROUP BY region_id \
UNION ALL SELECT 'ledger', target, rows FROM sync_targets \
WHERE dataset = 'market_orders' AND last_success_at IS NOT NULL \
UNION ALL SELECT 'orders', '', COUNT(DISTINCT order_id) FROM market_orders";

/// The regions that are stored, each with as many rows as its ledger entry says; others have none.
async fn whole_regions(store: &Store) -> BTreeSet<String> {
    let (mut held, mut said, mut orders) = (BTreeMap::new(), BTreeMap::new(), 0);
    for row in store.query(BOTH, &[]).await.expect("reads") {
        let target = row.text("target").expect("a text").expect("a target");
        let n = row.int("n").expect("a number").expect("a count");
        match row.text("source").expect("a text").as_deref() {
            Some("table") => drop(held.insert(target, n)),
            Some("ledger") => drop(said.insert(target, n)),
            _ => orders = n,
        }
    }
    assert_eq!(held, said, "rows by region: in the table, and by the ledger");
    assert_eq!(orders, held.values().sum::<i64>(), "orders that are there twice");
    said.into_keys().collect()
}

async fn stored(db: &Db) -> BTreeSet<String> {
    if db.kind == Kind::Sqlite && !db.path().exists() {
        return BTreeSet::new();
    }
    let store = reader(db).await;
    let there = number(&store, tables(db.kind)).await > 0;
    let stored = if there { whole_regions(&store).await } else { BTreeSet::new() };
    store.close().await;
    stored
}

fn tables(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_schema WHERE name = 'market_orders'",
        Kind::Postgres => "SELECT COUNT(*) AS n FROM pg_tables WHERE tablename = 'market_orders'",
    }
}

/// Starts `sync`, and kills it after it has asked `after` times and a moment of at most `reach` more. True if it was still
/// at it.
async fn kill_one(db: &Db, sim: &Sim, toml: &str, after: u64, reach: Duration) -> bool {
    let mut program = Program::start(db.folder(), toml, &["sync"]);
    while sim.counters().requests < after && !program.has_ended() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(reach.mul_f64(fastrand::f64())).await;
    let at_it = !program.has_ended();
    assert!(at_it || !program.said().contains("another instance"), "the dead one's lock: {}", program.said());
    program.kill();
    at_it
}

/// How long the next run may live at most, so that the kills hit this machine's runs at work: longer if the last one
/// stored nothing, shorter if it stored more than its part of what is left.
fn adapted(reach: Duration, asked: bool, stored: usize, part: usize) -> Duration {
    if asked && stored == 0 {
        (reach * 3 / 2).min(Duration::from_secs(5))
    } else if stored > part {
        (reach / 2).max(Duration::from_millis(1))
    } else {
        reach
    }
}

async fn killed_again_and_again(db: &Db) {
    let sim = world().await;
    let toml = configuration(db, &sim);
    let kills = kills();
    let (mut before, mut at_it, mut reach) = (BTreeSet::new(), 0, Duration::from_millis(40));
    for n in 1..=kills {
        sim.reset_counters();
        // A run that is killed late stores many: on a quick machine runs are killed the sooner, so that some are left.
        let part = (regions() - before.len()) / usize::try_from(kills - n + 1).expect("a count");
        let after = fastrand::u64(..=u64::try_from(part).expect("a count").min(9));
        at_it += u32::from(kill_one(db, &sim, &toml, after, reach).await);
        let now = stored(db).await;
        assert!(
            before.is_subset(&now),
            "committed and lost: {:?}",
            before.difference(&now).collect::<Vec<_>>()
        );
        nothing_twice(&sim, &before);
        reach = adapted(reach, after > 0, now.len() - before.len(), part);
        before = now;
        if n % 50 == 0 {
            println!("{n} kills on {:?}, {at_it} of them in the middle of a sync", db.kind);
        }
    }
    let all = regions();
    assert!(at_it * 10 >= kills * 9, "only {at_it} of {kills} kills hit a sync at work");
    assert!(
        !before.is_empty() && before.len() < all,
        "{} of {all} regions stored by killed runs",
        before.len()
    );
    println!(
        "{kills} kills, {at_it} of them in the middle of a sync; {} of {all} regions stored",
        before.len()
    );
    sim.reset_counters();
    run(db.folder(), &toml, &["sync"]).await.expect(0);
    nothing_twice(&sim, &before);
    assert_eq!(stored(db).await.len(), all);
    sound(db).await;
    same_as_uninterrupted(db, &sim).await;
}

/// No request for a region that an earlier run had committed.
fn nothing_twice(sim: &Sim, committed: &BTreeSet<String>) {
    for request in sim.requests() {
        let region = request.url.split('/').nth(2).expect("a region");
        assert!(
            !committed.contains(&format!("region_id={region}")),
            "asked again though stored: {}",
            request.url
        );
    }
}

async fn sound(db: &Db) {
    if db.kind == Kind::Sqlite {
        let store = reader(db).await;
        let rows = store.query("PRAGMA integrity_check", &[]).await.expect("reads");
        let said = rows[0].text("integrity_check").expect("a text");
        assert_eq!((rows.len(), said.as_deref()), (1, Some("ok")));
        store.close().await;
    }
}

async fn same_as_uninterrupted(db: &Db, sim: &Sim) {
    let other = Db::create(db.kind).await.expect("a second database");
    run(other.folder(), &configuration(&other, sim), &["sync"]).await.expect(0);
    let (one, two) = (reader(db).await, reader(&other).await);
    assert_same(("killed", &dump(&one).await), ("uninterrupted", &dump(&two).await));
    one.close().await;
    two.close().await;
    other.remove().await;
}
