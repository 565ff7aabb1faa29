//! Planned limits: what `plan` and `check` report, and how a daemon copes with more work than ESI's limits
//! allow.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::declare::Group;
use esi_syncd::plan::{Plan, space, wanted};
use esi_syncd::sim::{Logged, OrderSettings, Sim, SimSettings};
use esi_syncd::store::Store;
use esi_syncd::sync;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::esi::{
    Daemon, clock, close, config, context, number, only, reader_when_ready, run_pass, small, toml,
};
use crate::support::process::{Program, run};
use crate::support::{Db, Kind, on_both};

on_both!(
    the_ledger_is_asked_first,
    lists_that_were_never_read_are_estimated,
    an_overcommitted_bucket_is_shared_in_time,
    the_daemon_says_what_it_stretches,
    space_is_estimated_about_right,
);

/// Nobody listens on the discard port: a plan needs no ESI.
const NOBODY: &str = "http://127.0.0.1:9";
/// The six markets of the simulated world.
const MARKETS: &str =
    "[datasets.market_orders]\nregions = [10000002, 10000043, 10000032, 10000030, 10000042, 19000001]\n";

/// TOML that switches everything on, for all regions.
fn everything() -> String {
    let sections = esi_syncd::datasets::all().map(|d| {
        let regions = if d.params().contains(&"regions") { "regions = \"all\"\n" } else { "" };
        format!("[datasets.{}]\nenabled = true\n{regions}", d.name)
    });
    sections.collect()
}

async fn planned(more: &str, args: &[&str]) -> String {
    let folder = TempDir::new().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("esi.db").display());
    let text = format!("[database]\nurl = {url:?}\n[esi]\nbase_url = {NOBODY:?}\n{more}");
    let said = run(folder.path(), &text, args).await.expect(0).said.clone();
    assert!(!folder.path().join("esi.db").exists(), "a plan creates nothing");
    said
}

/// The line that begins with this word.
fn line<'a>(said: &'a str, first: &str) -> &'a str {
    let found = said.lines().find(|line| line.split_whitespace().next() == Some(first));
    found.unwrap_or_else(|| panic!("no line {first:?} in:\n{said}"))
}

#[tokio::test]
async fn the_default_configuration_reads_well() {
    let said = planned("", &["plan"]).await;
    println!("{said}");
    assert!(said.starts_with("Planned from estimates, since there is no database yet.\n"), "{said}");
    let orders = line(&said, "market-order");
    assert!(orders.contains("15m") && orders.contains("9 600 tokens") && orders.contains("50 %"), "{orders}");
    assert!(orders.trim_end().ends_with("market_orders"), "{orders}");
    let history = line(&said, "/markets/{region_id}/history");
    assert!(history.contains("1m") && history.contains("200 requests"), "{history}");
    assert!(line(&said, "universe_types").contains("new build"), "{said}");
    for whole in ["Everything fits.", "once filled", "requests a day", "behind what is live"] {
        assert!(said.contains(whole), "{whole:?} is missing in:\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 150), "too wide:\n{said}");
}

#[tokio::test]
async fn everything_everywhere_says_what_gives_way() {
    let text = everything();
    let said = planned(&text, &["plan"]).await;
    println!("{said}");
    let orders = line(&said, "market-order");
    assert!(orders.contains("99 %"), "{orders}");
    let tight = format!("budget_share = 0.5\n{text}");
    let said = planned(&tight, &["plan"]).await;
    println!("{said}");
    assert!(said.contains("market-order does not suffice: 9 493 of 6 000 tokens in 15m."), "{said}");
    assert!(
        said.contains("market_orders is asked every 8m instead of every 5m (it alone is too much)"),
        "{said}"
    );
    assert!(said.contains("fewer regions or every = \"8m\" under [datasets.market_orders]"), "{said}");
    assert!(!said.contains("Everything fits."), "{said}");
}

#[tokio::test]
async fn json_has_a_shape_to_rely_on() {
    let plan = async |more: &str| -> Value {
        serde_json::from_str(&planned(more, &["plan", "--json"]).await).expect("JSON")
    };
    let whole = plan("").await;
    for key in
        ["basis", "budget_share", "fits", "requests_per_day", "limits", "datasets", "fills", "fill_seconds"]
    {
        assert!(!whole[key].is_null(), "{key} is missing in {whole}");
    }
    for key in ["rows", "rows_after_a_year", "bytes", "bytes_after_a_year", "shortages"] {
        assert!(!whole[key].is_null(), "{key} is missing in {whole}");
    }
    let of = |list: &str, key: &str, name: &str| -> Value {
        let all = whole[list].as_array().expect("a list");
        all.iter().find(|one| one[key] == name).unwrap_or_else(|| panic!("no {name} in {list}")).clone()
    };
    let limit = of("limits", "limit", "market-order");
    assert_eq!(
        (&limit["kind"], &limit["unit"], &limit["window_seconds"]),
        (&"bucket".into(), &"tokens".into(), &900.into())
    );
    assert_eq!((&limit["announced"], &limit["available"]), (&12_000.0.into(), &9600.0.into()));
    assert_eq!(limit["datasets"], serde_json::json!(["market_orders"]));
    assert_eq!(of("limits", "limit", "/markets/{region_id}/history")["kind"], "hidden");
    let orders = of("datasets", "dataset", "market_orders");
    assert_eq!((&orders["configured_seconds"], &orders["stretch"]), (&300.into(), &1.0.into()));
    assert!(of("datasets", "dataset", "universe_types")["configured_seconds"].is_null());
    assert_eq!(of("fills", "dataset", "universe_types")["again_with_build"], true);
    let tight = plan("budget_share = 0.1\n").await;
    assert_eq!(tight["fits"], false);
    let shortages = tight["shortages"].as_array().expect("a list");
    assert!(shortages.iter().any(|words| words.to_string().contains("market-order")), "{tight}");
}

/// After a pass the ledger's pages count, not the estimates; `check` says the same as `plan`.
async fn the_ledger_is_asked_first(db: &Db) {
    let clock = clock(1.0);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let more = only(&["market_orders", "universe_regions"]) + MARKETS;
    let config = config(db, &sim, &more);
    let ctx = context(&config, &clock).await;
    assert_eq!(run_pass(&ctx, &config).await.1, 0);
    let pages = number(
        &ctx.store,
        "SELECT CAST(SUM(pages) AS BIGINT) AS n FROM sync_targets WHERE dataset = 'market_orders'",
    );
    let pages = pages.await;
    close(ctx).await;
    let text = toml(db.url(), &sim.base_url(), &more);
    let plan = run(db.folder(), &text, &["plan", "--json"]).await;
    let plan: Value = serde_json::from_str(&plan.expect(0).said).expect("JSON");
    assert!(
        plan["basis"].as_str().is_some_and(|basis| basis.starts_with("what the database holds")),
        "{plan}"
    );
    let datasets = plan["datasets"].as_array().expect("a list");
    let orders = datasets.iter().find(|d| d["dataset"] == "market_orders").expect("planned");
    assert_eq!((&orders["pages"], &orders["targets"]), (&pages.into(), &6.into()));
    let check = run(db.folder(), &text, &["check"]).await;
    check.expect(0).contains("ok    limits").contains("ok    size").contains("once filled");
    let knows_free_space = check.said.contains("needs about") && check.said.contains("free for");
    assert_eq!(knows_free_space, db.kind == Kind::Sqlite, "{}", check.said);
    let tight = text.replace("[esi]\n", "[esi]\nbudget_share = 0.001\n");
    let check = run(db.folder(), &tight, &["check"]).await;
    check
        .expect(0)
        .contains("warn  limits")
        .contains("market-order does not suffice")
        .contains("fewer regions");
}

/// A ledger in which nothing but failures stand knows nothing: there are five thousand systems all the same.
async fn lists_that_were_never_read_are_estimated(db: &Db) {
    let text = toml(db.url(), NOBODY, &only(&["universe_systems"]));
    run(db.folder(), &text, &["sync"]).await.expect(1);
    let said = run(db.folder(), &text, &["plan"]).await.expect(0).said.clone();
    let systems: Vec<&str> = line(&said, "universe_systems").split_whitespace().collect();
    assert!(systems.contains(&"8"), "thousands of systems: {systems:?}");
}

/// The most tokens that any window held.
fn peak(requests: &[Logged]) -> u32 {
    let window = TimeDelta::from_std(Group::WINDOW).expect("short");
    let tokens = |from: DateTime<Utc>| -> u32 {
        let within = requests.iter().filter(|r| from <= r.time && r.time < from + window);
        within
            .map(|r| match r.status {
                200 => 2,
                304 => 1,
                _ => 5,
            })
            .sum()
    };
    requests.iter().map(|r| tokens(r.time)).max().unwrap_or(0)
}

/// Waits until something is true. The world's time passes quickly, but only while nobody is asking anything: on a busy
/// machine no page set must grow old because the test is slow.
async fn in_time(what: &str, sim: &Sim, clock: &Clock, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    let (mut seen, mut quiet) = (0, 0);
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_mins(2), "{what}: not within two minutes");
        tokio::time::sleep(Duration::from_millis(25)).await;
        let asked = sim.counters().requests;
        quiet = if asked == seen && sim.counters().in_flight == 0 { quiet + 1 } else { 0 };
        seen = asked;
        if quiet > 3 {
            clock.step(TimeDelta::seconds(10));
        }
    }
}

/// ESI gives a hundredth of what it used to, which is less than six regions every five minutes take.
async fn an_overcommitted_bucket_is_shared_in_time(db: &Db) {
    let clock = clock(10.0);
    let settings =
        SimSettings { orders: OrderSettings { total: 20_000, regions: 6 }, limit_scale: 0.01, ..small() };
    let sim = Sim::start(settings, clock.clone()).await.expect("a port");
    let config = config(db, &sim, &(only(&["market_orders"]) + MARKETS));
    let daemon = Daemon::start(&config, &clock);
    let store = reader_when_ready(db).await;
    let stretched = "SELECT period_seconds AS n FROM sync_datasets WHERE dataset = 'market_orders'";
    let since = async |store: &Store, start: DateTime<Utc>| -> i64 {
        let sql =
            "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'market_orders' AND last_success_at > $1";
        let rows = store.query(sql, &[start.into()]).await.expect("reads");
        rows.first().and_then(|row| row.int("n").expect("a number")).unwrap_or(0)
    };
    let start = clock.now();
    in_time("every region is stored", &sim, &clock, async || since(&store, start).await == 6).await;
    for turn in ["second", "third", "fourth"] {
        let start = clock.now();
        let what = format!("every region is refreshed a {turn} time");
        in_time(&what, &sim, &clock, async || since(&store, start).await == 6).await;
    }
    let period = number(&store, stretched).await;
    assert!((310..=900).contains(&period), "the view counts with {period} s");
    daemon.stop().await;
    store.close().await;
    let requests = sim.requests();
    let counters = sim.counters();
    assert!(counters.violations.is_empty(), "{:?}", counters.samples);
    assert!(counters.by_status.keys().all(|status| [200, 304].contains(status)), "{:?}", counters.by_status);
    let peak = peak(&requests);
    assert!((60..=96).contains(&peak), "{peak} tokens of the 96 that are our share of 120");
    let mut refreshed: BTreeMap<&str, usize> = BTreeMap::new();
    for request in requests.iter().filter(|r| r.page.is_none()) {
        *refreshed.entry(request.url.split('?').next().unwrap_or_default()).or_default() += 1;
    }
    let (least, most) = (refreshed.values().min(), refreshed.values().max());
    assert!(refreshed.len() == 6 && least >= Some(&4), "{refreshed:?}");
    assert!(most.zip(least).is_some_and(|(most, least)| *most <= least + 2), "in turn: {refreshed:?}");
}

/// One line for the limit that is another, one for what comes of it.
async fn the_daemon_says_what_it_stretches(db: &Db) {
    let settings = SimSettings { limit_scale: 0.01, ..small() };
    let sim = Sim::start(settings, Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &(only(&["market_orders"]) + MARKETS));
    let mut daemon = Program::start(db.folder(), &text, &[]);
    daemon.says("ESI announces another limit").await;
    daemon.says("market_orders's cadence stretched from 300 s to ").await;
    daemon.says("stored").await;
    daemon.signal("TERM");
    let ended = daemon.end().await;
    let told = ended.expect(0).said.matches("ESI announces another limit").count();
    assert_eq!(told, 1, "once for a bucket:\n{}", ended.said);
    ended.contains("of 96 tokens per 900 s");
    assert!(sim.counters().violations.is_empty(), "{:?}", sim.counters().samples);
}

/// The tables that make up most of a database, against what they really take.
async fn space_is_estimated_about_right(db: &Db) {
    let clock = clock(1.0);
    let settings = SimSettings { orders: OrderSettings { total: 30_000, regions: 6 }, ..small() };
    let sim = Sim::start(settings, clock.clone()).await.expect("a port");
    let config = config(db, &sim, &(only(&["market_orders"]) + MARKETS));
    let ctx = context(&config, &clock).await;
    let before = ctx.store.bytes().await.expect("reads");
    assert_eq!(run_pass(&ctx, &config).await.1, 0);
    let all = wanted(&config);
    let known =
        sync::plan_input(&ctx.store, all.iter().map(|w| (w.dataset, &w.settings))).await.expect("reads");
    let plan = Plan::of(&config, &known);
    let planned = space(&plan.datasets[0], ctx.store.dialect());
    close(ctx).await;
    let store = Store::open_to_read(&db.location()).await.expect("opens");
    let orders = number(&store, "SELECT COUNT(*) AS n FROM market_orders").await;
    let took = store.bytes().await.expect("reads") - before;
    store.close().await;
    let as_real = |n: u64| f64::from(u32::try_from(n).expect("small"));
    assert!((planned.rows - as_real(orders.unsigned_abs())).abs() < 1.0, "{planned:?}, {orders} orders");
    let ratio = planned.bytes / as_real(took);
    assert!((0.65..1.5).contains(&ratio), "{planned:?} for {took} bytes: {ratio:.2}");
}
