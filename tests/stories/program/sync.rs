//! One pass, as a user runs it: what it asks for, what it leaves to the daemon, and what it reports when it
//! is cut short.

use std::time::Duration;

use esi_syncd::clock::Clock;
use esi_syncd::datasets;
use esi_syncd::declare::{Class, Dataset};
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim};

use crate::support::esi::{FORGE, number, reader, small, toml};
use crate::support::process::{Program, run};
use crate::support::{Db, on_both};

on_both!(
    a_plain_pass_reads_no_details,
    a_pass_that_is_cut_short_says_so,
    what_is_no_longer_configured_is_pruned
);

/// Hours of details are the daemon's business, or that of whoever asks for them by name; also where other datasets would
/// take their ids from them.
async fn a_plain_pass_reads_no_details(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let ended = Program::start(db.folder(), &toml(db.url(), &sim.base_url(), ""), &["sync"])
        .end_within(Duration::from_mins(2))
        .await;
    ended.expect(0).contains("sync --all");
    let asked = sim.counters().by_operation;
    // The configuration speaks of regions by name, so those names are needed.
    let is_detail = |d: &&Dataset| d.class == Class::Detail && d.name != "universe_regions";
    let details: Vec<_> =
        datasets::all().filter(is_detail).filter(|d| asked.contains_key(&d.operation())).collect();
    assert!(details.is_empty(), "{:?}", details.iter().map(|d| d.name).collect::<Vec<_>>());
    assert!(asked.contains_key("GET /universe/systems"), "the id lists are read: {asked:?}");
    let store = reader(db).await;
    assert!(number(&store, "SELECT COUNT(*) AS n FROM market_orders").await > 1_000);
    store.close().await;
}

/// A pass that is cut short does not report "nothing to do", and exits with a failure.
async fn a_pass_that_is_cut_short_says_so(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    sim.fault(Fault::on("/incursions").with(Trouble::SlowLoris));
    let toml = toml(db.url(), &sim.base_url(), "");
    let pass = Program::start(db.folder(), &toml, &["sync", "incursions", "market_prices"]);
    let asked = || sim.counters().by_operation.contains_key("GET /incursions");
    crate::support::esi::eventually("it asks", 20, async || asked()).await;
    pass.signal("INT");
    let ended = pass.end().await;
    ended.expect(1).contains("stopped before the end");
    assert!(!ended.said.contains("nothing to do"), "{}", ended.said);
}

/// A region is taken out of the configuration, and `prune` is the next thing the operator runs.
async fn what_is_no_longer_configured_is_pruned(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let regions = |orders: &str, history: &str| {
        let history = format!("[datasets.market_history]\nmax_pairs = 6\nregions = {history}\n");
        let more = format!("[datasets.market_orders]\nregions = {orders}\n{history}");
        toml(db.url(), &sim.base_url(), &more)
    };
    let both = regions("[10000002, 10000043]", "[10000043]");
    let one = regions("[10000002]", "[10000002]");
    run(db.folder(), &both, &["sync", "market_orders", "market_history"]).await.expect(0);
    run(db.folder(), &both, &["prune"]).await.expect(0).contains("Nothing to delete");
    let store = reader(db).await;
    let other = |table| format!("SELECT COUNT(*) AS n FROM {table} WHERE region_id <> {FORGE}");
    let rows = number(&store, &other("market_orders")).await;
    assert!(rows > 100 && number(&store, &other("market_history")).await > 0);
    // A name that no region has may stand for any of them: nothing is deleted on doubt.
    let doubtful = regions("[10000002, \"Domian\"]", "[10000002, \"Domian\"]");
    run(db.folder(), &doubtful, &["prune"]).await.expect(0).contains("names are not known yet");
    run(db.folder(), &both, &["sync", "universe_regions"]).await.expect(0);
    let misspelt = run(db.folder(), &doubtful, &["prune"]).await;
    misspelt.expect(0).contains("market_orders: no region is called \"Domian\"; did you mean \"Domain\"?");
    assert_eq!(number(&store, &other("market_orders")).await, rows);
    let pruned = run(db.folder(), &one, &["prune"]).await;
    pruned.expect(0).contains("market_orders: deselected targets: 1").contains("market_history: deselected");
    assert_eq!(number(&store, &other("market_orders")).await, 0);
    assert_eq!(number(&store, &other("market_history")).await, 0);
    assert!(number(&store, "SELECT COUNT(*) AS n FROM market_orders").await > 1_000, "the other stays");
    store.close().await;
}
