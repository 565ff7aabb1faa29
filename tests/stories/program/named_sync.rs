//! `sync NAME`: somebody asks for this dataset now. What holds it back is said, and an empty table is no success.

use std::time::{Duration, Instant};

use esi_syncd::clock::Clock;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim};

use crate::support::esi::{FORGE, number, only, reader, small, toml};
use crate::support::process::{Program, run};
use crate::support::story::status;
use crate::support::{Db, on_both};

on_both!(
    a_failure_is_tried_again_at_once,
    a_pause_is_obeyed_and_is_still_a_failure,
    pages_that_came_are_not_asked_again_before_they_expire,
    a_wait_says_for_what_and_until_when,
);

async fn rows(db: &Db, table: &str) -> i64 {
    let store = reader(db).await;
    let rows = number(&store, &format!("SELECT COUNT(*) AS n FROM {table}")).await;
    store.close().await;
    rows
}

async fn a_failure_is_tried_again_at_once(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["market_prices", "universe_factions"]));
    sim.fault(Fault::on("/markets/prices").with(Trouble::status(500)));
    let named = ["sync", "market_prices"];
    run(db.folder(), &text, &named).await.expect(1).contains("market_prices: 1 of 1 attempts failed");
    let asked = sim.counters().requests;
    run(db.folder(), &text, &named).await.expect(1).contains("market_prices: 1 of 1 attempts failed");
    assert_eq!(sim.counters().requests, asked + 1, "once a pass, not until it works");
    // Nobody named it: its rest counts, and is no failure of this pass.
    run(db.folder(), &text, &["sync"]).await;
    assert_eq!(rows(db, "market_prices").await, 0);
    sim.clear_faults();
    run(db.folder(), &text, &named).await.expect(0);
    assert!(rows(db, "market_prices").await > 0);
    run(db.folder(), &text, &named).await.expect(0).contains("market_prices: nothing to do before");
    assert_eq!(sim.counters().early, 0, "{:?}", sim.counters().samples);
}

async fn a_pause_is_obeyed_and_is_still_a_failure(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["market_prices"]));
    sim.fault(Fault::on("/markets/prices").with(status(429, "{}", &[("retry-after", "900")])));
    let named = ["sync", "market_prices"];
    run(db.folder(), &text, &named).await.expect(1);
    let asked = sim.counters().requests;
    for _ in 0..2 {
        let again = run(db.folder(), &text, &named).await;
        again.expect(1).contains("esi-syncd: market_prices: ");
        assert!(!again.said.contains("nothing to do"), "{}", again.said);
    }
    assert_eq!(sim.counters().requests, asked, "a pause is ESI's, not ours");
    assert_eq!(rows(db, "market_prices").await, 0);
}

async fn pages_that_came_are_not_asked_again_before_they_expire(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let datasets = format!("{}[datasets.market_orders]\nregions = [{FORGE}]\n", only(&["market_orders"]));
    let text = toml(db.url(), &sim.base_url(), &datasets);
    let path = format!("/markets/{FORGE}/orders");
    sim.fault(Fault::on(path).page(2).with(Trouble::status(500)));
    let named = ["sync", "market_orders"];
    run(db.folder(), &text, &named).await.expect(1);
    sim.clear_faults();
    let asked = sim.counters().requests;
    let again = run(db.folder(), &text, &named).await;
    again.expect(1).contains("market_orders: not asked now").contains("asked again at 20");
    assert_eq!(sim.counters().requests, asked, "page 1 has not expired");
    assert_eq!(sim.counters().early, 0, "{:?}", sim.counters().samples);
}

async fn a_wait_says_for_what_and_until_when(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["market_prices", "incursions"]));
    let limited = status(420, "{}", &[("x-esi-error-limit-remain", "0"), ("x-esi-error-limit-reset", "20")]);
    sim.fault(Fault::on("/markets/prices").times(1).with(limited));
    let began = Instant::now();
    run(db.folder(), &text, &["sync", "market_prices"]).await.expect(1);
    let mut pass = Program::start(db.folder(), &text, &["sync", "incursions"]);
    pass.says("waiting for the pause of everything that ESI asked for (420, error limit) until ").await;
    assert!(began.elapsed() < Duration::from_secs(15), "said too late to help");
    pass.end_within(Duration::from_mins(1)).await.expect(0).contains(" UTC");
}
