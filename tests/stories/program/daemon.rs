//! The real program: starting, stopping, signals, exit codes, and its output.

use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim, SimSettings};

use crate::support::esi::{
    FORGE, eventually, number, only, quiet_moment, reader, reader_when_ready, small, toml,
};
use crate::support::process::{Ended, Program, run};
use crate::support::{Db, on_both};

on_both!(
    fills_and_stops_in_order,
    a_second_signal_ends_at_once,
    the_second_daemon_names_the_first,
    nothing_is_asked_twice,
    a_failing_target_is_named,
    esi_out_of_reach_is_waited_for,
);

/// The order of stopping, as the journal shows it.
const STOPPING: [&str; 6] = [
    "stopping: no new work",
    "scheduler stopped",
    "ESI client closed",
    "work in hand finished",
    "database closed",
    "stopped",
];

/// A simulated ESI at a moment at which none of the slower routes turns while a test looks. The program's own clock may
/// show another time: lifetimes count from the reply's date.
async fn esi(settings: SimSettings) -> Sim {
    let clock = Clock::starting_at(Utc::now(), 1.0);
    let sim = Sim::start(settings, clock.clone()).await.expect("a port");
    let paths = [
        ("/markets/prices", "/markets/prices"),
        ("/incursions", "/incursions"),
        ("/markets/{region_id}/orders", "/markets/10000002/orders"),
    ];
    let quiet = quiet_moment(&sim, clock.now(), &paths, TimeDelta::seconds(90));
    clock.step(quiet - clock.now());
    sim
}

/// One-request datasets and two regions: enough to see everything move within seconds.
fn little() -> String {
    let mut text = only(&["server_status", "market_orders", "market_prices", "incursions"]);
    text.push_str("[datasets.market_orders]\nregions = [10000002, 10000043]\n");
    text
}

async fn filled(db: &Db) {
    let store = reader_when_ready(db).await;
    eventually("prices and orders are stored", 30, async || {
        number(&store, "SELECT COUNT(*) AS n FROM market_prices").await > 0
            && number(&store, &format!("SELECT COUNT(*) AS n FROM market_orders WHERE region_id = {FORGE}"))
                .await
                > 1_000
    })
    .await;
    store.close().await;
}

async fn stopped_at_is_set(db: &Db, wanted: bool) {
    let store = reader(db).await;
    let instance = store.instance().await.expect("reads").expect("it ran");
    assert_eq!(instance.stopped_at.is_some(), wanted, "{instance:?}");
    store.close().await;
}

async fn fills_and_stops_in_order(db: &Db) {
    let sim = esi(small()).await;
    let toml = toml(db.url(), &sim.base_url(), &little());
    for signal in ["TERM", "INT"] {
        let (mut daemon, ear) = Program::start_heard(db.folder(), &toml, &[]);
        daemon.says("esi-syncd is running").await;
        filled(db).await;
        eventually("systemd hears that it lives", 10, async || {
            ["READY=1", "STATUS=keeping ", "WATCHDOG=1"].iter().all(|word| ear.said().contains(word))
        })
        .await;
        assert!(!ear.said().contains("STOPPING=1"), "{}", ear.said());
        // The first start makes the tables, which can take longer than systemd gives a start.
        let told = ear.said();
        let before_ready = told.split("READY=1").next().unwrap_or_default();
        for word in [
            "EXTEND_TIMEOUT_USEC=60000000",
            "STATUS=changing the database's schema: public migration 2 (tables)",
        ] {
            assert_eq!(before_ready.contains(word), signal == "TERM", "{word}: {before_ready}");
        }
        daemon.signal("HUP");
        daemon.says("not supported yet").await;
        assert!(!daemon.has_ended(), "SIGHUP ends nothing");
        stopped_at_is_set(db, false).await;
        let began = Instant::now();
        daemon.signal(signal);
        daemon.end().await.expect(0).in_order(&STOPPING);
        assert!(ear.said().contains("STOPPING=1"), "{}", ear.said());
        assert!(began.elapsed() < Duration::from_secs(5), "SIG{signal} took {:?}", began.elapsed());
        stopped_at_is_set(db, true).await;
    }
    assert!(sim.counters().violations.is_empty(), "{:?}", sim.counters().samples);
}

/// Somebody holds a lock that the daemon needs, for longer than anybody waits: before it starts, and later.
async fn a_second_signal_ends_at_once(db: &Db) {
    let sim = esi(small()).await;
    let toml = toml(db.url(), &sim.base_url(), &only(&["server_status"]));
    run(db.folder(), &toml, &["sync", "incursions"]).await.expect(0);
    for locked_before in [true, false] {
        let mut held = if locked_before { Some(hold_write_lock(db).await) } else { None };
        let mut daemon = Program::start(db.folder(), &toml, &[]);
        if locked_before {
            daemon.says("opening the database").await;
        } else {
            daemon.says("stored").await;
            held = Some(hold_write_lock(db).await);
        }
        daemon.signal("TERM");
        if !locked_before {
            daemon.says("work in hand finished").await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            assert!(!daemon.has_ended(), "the lock is held: {}", daemon.said());
        }
        let began = Instant::now();
        daemon.signal("TERM");
        let ended = daemon.end().await;
        let took = began.elapsed();
        assert!(took < Duration::from_secs(2), "took {took:?}: {}", ended.said);
        // Where nothing has begun, the first signal may have ended it before the second came.
        let in_order = locked_before && ended.code == Some(0);
        assert!(in_order || ended.code == Some(130), "{:?}: {}", ended.code, ended.said);
        held.expect("held").abort();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Holds what a writer needs, from now until the task is aborted.
async fn hold_write_lock(db: &Db) -> tokio::task::JoinHandle<()> {
    use sqlx::Connection as _;
    let (kind, url) = (db.kind, db.url().to_owned());
    let (held, holds) = tokio::sync::oneshot::channel();
    let holder = tokio::spawn(async move {
        match kind {
            crate::support::Kind::Sqlite => {
                let mut other = sqlx::SqliteConnection::connect(&url).await.expect("connects");
                sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.expect("begins");
                held.send(()).expect("awaited");
                std::future::pending::<()>().await;
            }
            crate::support::Kind::Postgres => {
                let mut other = sqlx::PgConnection::connect(&url).await.expect("connects");
                let lock = "BEGIN; LOCK TABLE sync_instance, sync_targets IN EXCLUSIVE MODE";
                sqlx::raw_sql(lock).execute(&mut other).await.expect("begins");
                held.send(()).expect("awaited");
                std::future::pending::<()>().await;
            }
        }
    });
    holds.await.expect("the lock is held");
    holder
}

async fn the_second_daemon_names_the_first(db: &Db) {
    let sim = esi(small()).await;
    let toml = toml(db.url(), &sim.base_url(), &little());
    let mut first = Program::start(db.folder(), &toml, &["run"]);
    first.says("esi-syncd is running").await;
    filled(db).await;
    let mut took = Vec::new();
    for args in [&["run"][..], &[], &["sync"], &["sync", "market_prices"]] {
        let began = Instant::now();
        let ended = run(db.folder(), &toml, args).await;
        took.push(began.elapsed());
        ended.expect(75).contains(&format!("pid {} on ", first.pid())).contains("esi-syncd status");
    }
    // A machine that is busy otherwise may need longer for one of them.
    assert!(took.iter().min() < Some(&Duration::from_secs(2)), "{took:?}");
    beside_the_daemon(db, &toml, &first).await;
    first.kill();
    let again = run(db.folder(), &toml, &["sync", "market_prices"]).await;
    again.expect(0);
}

async fn beside_the_daemon(db: &Db, toml: &str, daemon: &Program) {
    let ask = async |args: &[&str]| -> Ended { run(db.folder(), toml, args).await };
    let holder = format!("pid {} on ", daemon.pid());
    ask(&["status"]).await.expect(0).contains("running: ").contains(&holder).contains("market_orders");
    let status = ask(&["status", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&status.expect(0).said).expect("JSON");
    assert_eq!(json["running"], true);
    assert!(json["holder"].as_str().is_some_and(|h| h.starts_with(&holder)), "{json}");
    let orders =
        json["datasets"].as_array().expect("a list").iter().find(|d| d["dataset"] == "market_orders");
    assert_eq!(orders.expect("market_orders")["targets"], 2);
    let check = ask(&["check"]).await;
    check.expect(0).contains("ok    database").contains("ok    writing").contains("the daemon is running");
    assert!(!check.said.contains("fail  "), "{}", check.said);
}

async fn nothing_is_asked_twice(db: &Db) {
    let sim = esi(small()).await;
    let toml = toml(db.url(), &sim.base_url(), &little());
    run(db.folder(), &toml, &["sync", "market_prices"]).await.expect(0);
    assert_eq!(sim.counters().requests, 1, "only what was named");
    run(db.folder(), &toml, &["sync", "market_orders", "incursions"]).await.expect(0);
    let asked = sim.counters().requests;
    let began = Instant::now();
    let again = run(db.folder(), &toml, &["sync", "market_prices", "market_orders", "incursions"]).await;
    assert!(began.elapsed() < Duration::from_secs(5), "took {:?}", began.elapsed());
    again.expect(0).contains("market_prices: nothing to do before 20").contains(" UTC");
    let late = sim.requests().split_off(usize::try_from(asked).expect("a count"));
    let early = late.iter().filter(|r| !r.operation.ends_with("/orders")).count();
    assert_eq!(early, 0, "asked again: {late:#?}");
    assert_eq!(sim.counters().early, 0, "{:?}", sim.counters().samples);
    run(db.folder(), &toml, &["sync", "nosuch"]).await.expect(1).contains("there is no dataset `nosuch`");
    run(db.folder(), &toml, &["sync", "market_price"])
        .await
        .expect(1)
        .contains("did you mean `market_prices`?");
}

async fn a_failing_target_is_named(db: &Db) {
    let sim = esi(small()).await;
    sim.fault(Fault::on("/markets/10000043/orders").with(Trouble::status(500)));
    let toml = toml(db.url(), &sim.base_url(), &little());
    let ended = run(db.folder(), &toml, &["sync"]).await;
    ended
        .expect(1)
        .contains("esi-syncd: market_orders: 1 of 2 attempts failed: ")
        .contains("/markets/10000043/orders");
    ended.contains("ESI failed (status 500)");
    let store = reader(db).await;
    let forge = format!("SELECT COUNT(*) AS n FROM market_orders WHERE region_id = {FORGE}");
    assert!(number(&store, &forge).await > 1_000, "the other region was stored");
    store.close().await;
    run(db.folder(), &toml, &["status"])
        .await
        .expect(0)
        .contains("failing: market_orders region_id=10000043");
}

async fn esi_out_of_reach_is_waited_for(db: &Db) {
    let place = esi(small()).await;
    let url = place.base_url();
    place.stop().await;
    let text = only(&["server_status", "incursions"]);
    let toml = toml(db.url(), &url, &text);
    let once = run(db.folder(), &toml, &["sync", "incursions"]).await;
    once.expect(1).contains("the connection failed");
    db.meddle("DELETE FROM sync_targets").await;
    let mut daemon = Program::start(db.folder(), &toml, &[]);
    daemon.says("failed").await;
    daemon.says("the connection failed").await;
    assert!(!daemon.has_ended());
    run(db.folder(), &toml, &["check"]).await.expect(1).contains("fail  ESI").contains("check network");
    // It tries again by itself after a minute; the test does not wait for that, but for the next start.
    let listen = url.trim_start_matches("http://").parse().expect("an address");
    let sim = esi(SimSettings { listen, ..small() }).await;
    db.meddle("UPDATE sync_targets SET due_at = last_attempt_at").await;
    let store = reader(db).await;
    eventually("the daemon asks again by itself", 70, async || {
        number(&store, "SELECT COUNT(*) AS n FROM server_status").await > 0
    })
    .await;
    store.close().await;
    daemon.signal("TERM");
    daemon.end().await.expect(0);
    assert!(sim.counters().violations.is_empty(), "{:?}", sim.counters().samples);
}
