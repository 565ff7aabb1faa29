//! Long runs: a day of everything that is public, and a crawl of the universe that is killed on the way. They take minutes,
//! so only a long run makes them: `./test --long --release soak:: -- --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::datasets;
use esi_syncd::declare::Complete;
use esi_syncd::sim::{Counters, Fault, FaultKind as Trouble, OrderSettings, Sim, SimSettings, WorldSize};

use crate::support::day::{Day, live_jobs};
use crate::support::esi::{Daemon, config, only, reader, reader_when_ready, small, toml};
use crate::support::process::{Program, run};
use crate::support::{Db, Kind, long, on_both};

on_both!(a_day_of_everything, a_crawl_that_is_killed);

/// The part of each budget that the default configuration spends.
const SHARE: f64 = 0.8;
const ERRORS_A_MINUTE: u64 = 20;

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-20T{time}Z").parse().expect("a time")
}

fn hour(time: &str) -> NaiveTime {
    time.parse().expect("a time of day")
}

/// TOML that keeps every dataset there is, of all regions.
fn everything() -> String {
    let section = |name: &str| {
        let more = match name {
            "market_orders" => "regions = \"all\"\n",
            "market_history" => "max_pairs = 50\n",
            "alliances" | "corporations" => "ids = \"all\"\n",
            "wars" => "backfill = true\n",
            _ => "",
        };
        format!("[datasets.{name}]\nenabled = true\n{more}")
    };
    let sections: String = datasets::all().map(|dataset| section(dataset.name)).collect();
    format!("daily_downtime = true\n{sections}")
}

/// A game server that restarts at eleven, an hour of nothing but errors at two, and a restart of ours at six.
async fn a_day_of_everything(db: &Db) {
    let _processor = crate::processor().await;
    if !long() {
        println!("LEFT OUT: ./test --long --release soak::");
        return;
    }
    let began = Instant::now();
    let start = at("06:00:00");
    let clock = Clock::starting_at(start, 60.0);
    let world = WorldSize { wars: 60, alliances: 12, contracts: 20, ..small().world };
    let orders = OrderSettings { total: 8_000, regions: 8 };
    let sim =
        Sim::start(SimSettings { world, orders, log_length: 1_000_000, ..small() }, clock.clone()).await;
    let sim = sim.expect("a port");
    sim.fault(Fault::on("*").daily(hour("11:00:00"), hour("11:05:00")).with(Trouble::Downtime));
    sim.fault(Fault::on("*").daily(hour("14:00:00"), hour("15:00:00")).with(Trouble::status(500)));
    let config = config(db, &sim, &everything());
    let daemon = Daemon::start(&config, &clock);
    let store = reader_when_ready(db).await;
    let mut day = Day::of(&sim, &clock, &store, live_jobs(&config));
    for (fresh, until) in [
        (false, "08:00"),
        (true, "10:58"),
        (false, "11:20"),
        (true, "14:00"),
        (false, "15:20"),
        (true, "18:00"),
    ] {
        let until = at(&format!("{until}:00"));
        if fresh {
            day.pass_until(until).await;
        } else {
            day.endure_until(until).await;
        }
        tell(db, &sim, &day, began);
    }
    assert!(!daemon.has_ended(), "the daemon ran all day");
    daemon.stop().await;
    let before = sim.counters().requests;
    let daemon = Daemon::start(&config, &clock);
    day.pass_until(at("18:10:00")).await;
    let after = sim.counters().requests - before;
    println!("{:?}: {after} requests in the ten minutes after the restart", db.kind);
    tell(db, &sim, &day, began);
    day.pass_until(start + TimeDelta::hours(24)).await;
    assert!(!daemon.has_ended(), "the daemon ran all day");
    daemon.stop().await;
    let counters = sim.counters();
    tell(db, &sim, &day, began);
    budgets_were_kept(db, &counters);
    asked_once(&sim);
    let stalest = std::mem::take(&mut day.stalest);
    store.close().await;
    assert!(
        stalest.is_empty(),
        "{} times stale, first {:#?}",
        stalest.len(),
        &stalest[..stalest.len().min(8)]
    );
    assert_eq!(counters.early, 0, "requests before expiry: {:?}", counters.samples);
    assert!(counters.violations.is_empty(), "{:?}", counters.samples);
    let worst = counters.error_peak;
    assert!((1..=ERRORS_A_MINUTE).contains(&worst), "{worst} errors within a minute");
}

/// How far the day has come, and how.
fn tell(db: &Db, sim: &Sim, day: &Day<'_>, began: Instant) {
    let counters = sim.counters();
    println!(
        "{:?}: {} after {:.0} s: {} requests, by status {:?}; {} early, {:?}; at most {} errors a minute; stale {:?}",
        db.kind,
        day.now().format("%H:%M"),
        began.elapsed().as_secs_f64(),
        counters.requests,
        counters.by_status,
        counters.early,
        counters.violations,
        counters.error_peak,
        day.stale()
    );
}

fn budgets_were_kept(db: &Db, counters: &Counters) {
    assert!(counters.bucket_peaks.len() > 8, "{:?}", counters.bucket_peaks);
    for (group, (spent, limit)) in &counters.bucket_peaks {
        let used = f64::from(*spent) / f64::from(*limit);
        println!("{:?}: {group} {spent} of {limit} tokens, {:.1} %", db.kind, used * 100.0);
        assert!(used <= SHARE, "{group}: {spent} of {limit}");
    }
}

/// What never changes was asked for once, also across the restart.
fn asked_once(sim: &Sim) {
    let once: BTreeSet<&str> =
        datasets::all().filter(|d| matches!(d.complete, Complete::Once)).map(|d| d.path).collect();
    let mut asked: BTreeMap<String, u32> = BTreeMap::new();
    let there = sim.requests().into_iter().filter(|r| r.status == 200 && once.contains(r.operation.as_str()));
    for request in there {
        *asked.entry(request.url).or_default() += 1;
    }
    assert!(!asked.is_empty(), "nothing of {once:?} was asked for");
    let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "asked again: {twice:?}");
}

const UNIVERSE: [&str; 7] = [
    "universe_regions",
    "universe_constellations",
    "universe_systems",
    "universe_categories",
    "universe_groups",
    "universe_types",
    "market_groups",
];

/// A number from the environment, where somebody wants another than `usual`.
fn size(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The ids that are stored.
async fn finished(db: &Db) -> BTreeSet<String> {
    if db.kind == Kind::Sqlite && !db.path().exists() {
        return BTreeSet::new();
    }
    let store = reader(db).await;
    let mut done = BTreeSet::new();
    for name in UNIVERSE {
        let dataset = datasets::find(name).expect("a dataset");
        let param = dataset.param().expect("an id");
        for target in store.targets(name).await.unwrap_or_default() {
            if target.last_success_at.is_some() && !target.target.is_empty() {
                done.insert(dataset.path.replace(&format!("{{{param}}}"), &target.target.last()));
            }
        }
    }
    store.close().await;
    done
}

/// The real program, killed five times on the way. `ESI_SOAK_SYSTEMS` and `ESI_SOAK_TYPES` make the universe larger: 8,500
/// and 50,000 are the real one's.
async fn a_crawl_that_is_killed(db: &Db) {
    let _processor = crate::processor().await;
    if !long() {
        println!("LEFT OUT: ./test --long --release soak::");
        return;
    }
    let (systems, types) = (size("ESI_SOAK_SYSTEMS", 1_000), size("ESI_SOAK_TYPES", 3_000));
    let world = WorldSize { regions: 60, systems, types, ..small().world };
    let settings = SimSettings { world, log_length: 1_000_000, ..small() };
    let sim = Sim::start(settings, Clock::starting_at(Utc::now(), 1.0)).await.expect("a port");
    let rates = "max_rate = 1000\nbackfill_rate = 1000\n";
    let toml = toml(db.url(), &sim.base_url(), &format!("{rates}{}", only(&UNIVERSE)));
    let began = Instant::now();
    let (mut done, kills) = (BTreeSet::new(), 5);
    let mut requests = 0;
    for n in 1..=kills {
        sim.reset_counters();
        let mut program = Program::start(db.folder(), &toml, &["sync", "--all"]);
        let part = u64::try_from((systems + types) / (kills + 1)).expect("a count");
        while sim.counters().requests < part && !program.has_ended() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(!program.has_ended(), "it was to be killed at work: {}", program.said());
        program.kill();
        let now = finished(db).await;
        assert!(
            now.len() > done.len() && now.is_superset(&done),
            "kill {n}: {} after {}",
            now.len(),
            done.len()
        );
        requests += nothing_again(&sim, &done);
        done = now;
    }
    let killed = done.len();
    sim.reset_counters();
    let out = Program::start(db.folder(), &toml, &["sync", "--all"]);
    let ended = whole(out).await;
    assert!(ended, "the last run ends well");
    requests += nothing_again(&sim, &done);
    let all = finished(db).await;
    println!(
        "{:?}: {} ids in {requests} requests and {:.0} s, {killed} of them stored by runs that were killed",
        db.kind,
        all.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(all.len() >= systems + types, "{} ids", all.len());
    // Nothing is left to do.
    sim.reset_counters();
    run(db.folder(), &toml, &["sync", "--all"]).await.expect(0);
    assert_eq!(sim.counters().requests, 0, "{:?}", sim.requests());
}

/// Waits for a program that may take its time.
async fn whole(mut program: Program) -> bool {
    while !program.has_ended() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    program.end().await.code == Some(0)
}

/// No id that was stored was asked for again; returns how many requests there were.
fn nothing_again(sim: &Sim, done: &BTreeSet<String>) -> usize {
    let requests = sim.requests();
    for request in &requests {
        assert!(!done.contains(&request.url), "asked again though stored: {}", request.url);
    }
    requests.len()
}
