//! A small simulated world to sync from, and the daemon's parts, assembled as the supervisor does.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::app::supervisor;
use esi_syncd::app::supervisor::{open_client, open_store, restore_budgets};
use esi_syncd::clock::Clock;
use esi_syncd::config;
use esi_syncd::config::{Config, ConfigSource};
use esi_syncd::datasets;
use esi_syncd::sim::{OrderSettings, Sim, SimSettings, WorldSize};
use esi_syncd::store::{Row, Store, Target};
use esi_syncd::sync::pass;
use esi_syncd::sync::{Context, Planned};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Db;

/// The Forge: the largest market of every world.
pub const FORGE: i64 = 10_000_002;

/// A world in which every dataset has rows and the market of The Forge has several pages.
pub fn small() -> SimSettings {
    SimSettings {
        world: WorldSize {
            regions: 8,
            systems: 40,
            types: 120,
            characters: 20,
            corporations: 10,
            alliances: 5,
            structures: 5,
            wars: 5,
            wars_per_call: 2_000,
            contracts: 5,
        },
        orders: OrderSettings { total: 8_000, regions: 6 },
        gzip: false,
        ..SimSettings::default()
    }
}

/// The text of a configuration for this database and this ESI. `more` is TOML, and begins with keys of `[esi]`.
pub fn toml(db_url: &str, esi_url: &str, more: &str) -> String {
    // Histories have a slow pace of their own, and a few pairs test as much as many.
    let history = if more.contains("[datasets.market_history]") {
        ""
    } else {
        "[datasets.market_history]\nmax_pairs = 10\n"
    };
    format!(
        "[database]\nurl = {db_url:?}\n[esi]\nbase_url = {esi_url:?}\ncontact = \"story@example.org\"\n{more}\n{history}"
    )
}

/// Loads a configuration as `main` does.
pub fn config(db: &Db, sim: &Sim, more: &str) -> Config {
    let source = ConfigSource { name: "config.toml".to_owned(), text: toml(db.url(), &sim.base_url(), more) };
    config::load(&source, std::iter::empty(), &datasets::supported())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// TOML that enables only these datasets.
pub fn only(names: &[&str]) -> String {
    let off = datasets::all().filter(|d| !names.contains(&d.name));
    let sections: Vec<String> = off.map(|d| format!("[datasets.{}]\nenabled = false\n", d.name)).collect();
    sections.concat()
}

/// A clock that starts far from the daily downtime.
pub fn clock(speed: f64) -> Clock {
    Clock::starting_at("2026-11-20T18:00:00Z".parse().expect("a time"), speed)
}

/// Opens the parts that a pass needs.
pub async fn context(config: &Config, clock: &Clock) -> Context {
    let store = open_store(config).await.expect("the database opens");
    let client = open_client(config, clock).expect("a client");
    restore_budgets(&client, &store).await;
    Context::new(client, store, clock.clone(), CancellationToken::new(), Some(Duration::from_secs(10)))
}

/// One pass over all enabled and expired targets; returns the numbers of attempts and of failures.
pub async fn run_pass(ctx: &Context, config: &Config) -> (u64, u64) {
    let plan: Vec<Planned> = supervisor::jobs(config)
        .into_iter()
        .map(|job| Planned { job, details: true, named: false })
        .collect();
    let done = pass(ctx, &plan).await.expect("the database takes it");
    done.iter().fold((0, 0), |(all, bad), (_, turn)| (all + turn.attempts, bad + turn.failed))
}

/// Closes the parts that [`context`] opened, in order.
pub async fn close(ctx: Context) {
    ctx.client.close();
    ctx.save_budgets().await.expect("saved");
    ctx.store.end_instance().await.expect("signed off");
    ctx.store.close().await;
}

/// The daemon as a task of this process, which shares the simulator's clock.
pub struct Daemon {
    pub stop: CancellationToken,
    task: JoinHandle<Result<(), supervisor::RunError>>,
    apart: Apart,
}

/// A runtime; dropping it ends all its tasks at once.
struct Apart(Option<Runtime>);

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Daemon {
    pub fn start(config: &Config, clock: &Clock) -> Self {
        let stop = CancellationToken::new();
        let (config, clock, told) = (config.clone(), clock.clone(), stop.clone());
        let task = tokio::spawn(async move { supervisor::run(&config, clock, told).await });
        Self { stop, task, apart: Apart(None) }
    }

    /// Starts it on threads of its own, so that it can be killed.
    pub fn start_apart(config: &Config, clock: &Clock) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let daemon = {
            let _inside = runtime.enter();
            Self::start(config, clock)
        };
        Self { apart: Apart(Some(runtime)), ..daemon }
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    /// Ends it at once: nothing is closed or saved.
    pub async fn kill(self) {
        assert!(!self.has_ended() && self.apart.0.is_some(), "it must be running on threads of its own");
        drop(self.apart);
        let ended = self.task.await;
        assert!(ended.is_err_and(|error| error.is_cancelled()), "the daemon ended by itself");
        // Connections end when their threads and their server notice.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    /// Stops it in order.
    pub async fn stop(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(30), self.task).await;
        ended.expect("stops within 30 s").expect("no panic").expect("ends well");
    }
}

/// A read-only store, as the command `status` opens it.
pub async fn reader(db: &Db) -> Store {
    Store::open_to_read(&db.location()).await.expect("opens for reading")
}

/// A read-only store, as soon as the database has an instance row.
pub async fn reader_when_ready(db: &Db) -> Store {
    let there = async || {
        let store = Store::open_to_read(&db.location()).await.ok()?;
        if store.query("SELECT 1 FROM sync_instance WHERE id = 1", &[]).await.is_ok_and(|r| !r.is_empty()) {
            return Some(store);
        }
        store.close().await;
        None
    };
    let mut found = None;
    eventually("the daemon opens its database", 20, async || {
        found = there().await;
        found.is_some()
    })
    .await;
    found.expect("just looked")
}

/// The ledger's entry of a target.
pub async fn entry(store: &Store, dataset: &str, target: &str) -> Target {
    let found = store.target(dataset, target).await.expect("the ledger reads");
    found.unwrap_or_else(|| panic!("the ledger has no {dataset} {target:?}"))
}

/// One number, in the column `n`.
pub async fn number(store: &Store, sql: &str) -> i64 {
    let rows = store.query(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.first().and_then(|r: &Row| r.int("n").expect("a number named n")).unwrap_or(0)
}

/// Waits until `is_so`, for at most this many seconds of real time.
pub async fn eventually(what: &str, seconds: u64, mut is_so: impl AsyncFnMut() -> bool) {
    let began = std::time::Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(seconds), "did not happen within {seconds} s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The next time after which none of these routes is rebuilt for `quiet`.
pub fn quiet_moment(
    sim: &Sim,
    from: DateTime<Utc>,
    paths: &[(&str, &str)],
    quiet: TimeDelta,
) -> DateTime<Utc> {
    let facts = esi_syncd::spec::facts();
    let left = |at: DateTime<Utc>| {
        let each = paths.iter().map(|(route, path)| {
            let operation = facts.operation("GET", route).expect("a route");
            sim.world().timeline.rebuild(operation, path, at).expires - at
        });
        each.min().expect("some paths")
    };
    (0..7200)
        .map(|second| from + TimeDelta::seconds(second))
        .find(|at| left(*at) >= quiet)
        .expect("a quiet moment within two hours")
}
