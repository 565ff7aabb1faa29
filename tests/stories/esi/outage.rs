//! ESI is away, as a whole or in part. In every case we send few requests, leave old rows untouched, record
//! the reason in the database, and count no failure of a target. Minutes after ESI is back everything is
//! fresh.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::datasets;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Logged, Sim};
use esi_syncd::store::{Store, Target};

use crate::support::esi::{Daemon, config, eventually, number, only, reader_when_ready, small};
use crate::support::patient::{DATASETS, Patient};
use crate::support::{Db, dump_table, on_both};

on_both!(
    a_long_downtime_is_waited_out,
    a_start_during_the_downtime_fills_what_is_static,
    a_downtime_is_learned_from_its_errors,
    a_server_closed_to_players_is_waited_for,
    an_hour_of_nothing_but_errors,
    a_broken_route_is_alone,
    a_429_without_headers_pauses_its_route,
    a_route_that_esi_calls_down_is_not_asked,
);

const ORDERS: &str = "[datasets.market_orders]\nregions = [10000002, 10000043]\n";
const RATES: &str = "max_rate = 1000\nbackfill_rate = 1000\n";

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-20T{time}Z").parse().expect("a time")
}

fn hour(time: &str) -> NaiveTime {
    time.parse().expect("a time of day")
}

/// The daemon, its ESI and its database, at a time that moves when the story says so.
struct Scene {
    sim: Sim,
    clock: Clock,
    daemon: Daemon,
    store: Store,
}

impl Scene {
    /// From `start` on, with these datasets; `more` is TOML and begins with keys of `[esi]`.
    async fn begin(db: &Db, start: DateTime<Utc>, names: &[&str], more: &str) -> Self {
        let clock = Clock::starting_at(start, 1.0);
        let sim = Sim::start(small(), clock.clone()).await.expect("a port");
        let orders = if names.contains(&"market_orders") { ORDERS } else { "" };
        let config = config(db, &sim, &format!("{RATES}{more}\n{}{orders}", only(names)));
        let daemon = Daemon::start(&config, &clock);
        let store = reader_when_ready(db).await;
        Self { sim, clock, daemon, store }
    }

    /// The same, when everything has been read once.
    async fn filled(db: &Db, start: DateTime<Utc>, names: &[&str], more: &str) -> Self {
        let scene = Self::begin(db, start, names, more).await;
        eventually("the first fill", 30, async || {
            number(&scene.store, "SELECT COUNT(*) AS n FROM sync_targets WHERE last_success_at IS NULL").await
                == 0
                && number(&scene.store, "SELECT COUNT(DISTINCT dataset) AS n FROM sync_targets").await
                    == i64::try_from(names.len()).expect("a few")
        })
        .await;
        scene
    }

    /// Lets time pass in small steps, after each of which the daemon may do what it has to.
    async fn pass_until(&self, end: DateTime<Utc>) {
        while self.clock.now() < end {
            self.clock.step(TimeDelta::seconds(15).min(end - self.clock.now()));
            self.calm().await;
        }
    }

    /// Waits until nothing is in flight and nothing new is asked, three looks in a row: on a busy machine the daemon may need
    /// longer than one look from a reply to the next request.
    async fn calm(&self) {
        let (mut requests, mut quiet) = (self.sim.counters().requests, 0);
        while quiet < 3 {
            tokio::time::sleep(Duration::from_millis(15)).await;
            let now = self.sim.counters();
            let is_quiet = now.in_flight == 0 && now.requests == requests;
            quiet = if is_quiet { quiet + 1 } else { 0 };
            requests = now.requests;
        }
    }

    /// The state that the database tells its readers.
    async fn state(&self) -> String {
        let rows = self.store.query("SELECT state FROM sync_esi WHERE id = 1", &[]).await.expect("reads");
        rows.first().and_then(|row| row.text("state").expect("a text")).unwrap_or_default()
    }

    async fn is_said(&self, state: &str) {
        eventually(state, 10, async || self.state().await == state).await;
        let other = format!("SELECT COUNT(*) AS n FROM sync_status WHERE esi IS NULL OR esi <> '{state}'");
        assert_eq!(number(&self.store, &other).await, 0, "the view says so for each dataset");
    }

    async fn targets(&self, names: &[&str]) -> Vec<Target> {
        let mut all = Vec::new();
        for name in names {
            all.extend(self.store.targets(name).await.expect("reads"));
        }
        all
    }

    /// Requests since then that were not for `/status`.
    fn asked(&self, since: DateTime<Utc>) -> Vec<Logged> {
        let all = self.sim.requests().into_iter();
        all.filter(|asked| asked.time >= since && asked.operation != "/status").collect()
    }

    fn probes(&self, since: DateTime<Utc>) -> usize {
        self.sim.requests().iter().filter(|r| r.time >= since && r.operation == "/status").count()
    }

    /// Lets time pass until all targets were stored or confirmed since then; returns how long that took.
    async fn recovers(&self, names: &[&str], since: DateTime<Utc>) -> TimeDelta {
        for _ in 0..360 {
            let stale =
                self.targets(names).await.iter().any(|t| t.last_success_at.is_none_or(|at| at < since));
            if !stale {
                return self.clock.now() - since;
            }
            self.clock.step(TimeDelta::seconds(5));
            self.calm().await;
        }
        panic!("not within half an hour: {:#?}", self.targets(names).await);
    }

    /// All rows, when nothing is being written any more.
    async fn settled_rows(&self, names: &[&str]) -> Vec<String> {
        let mut rows = self.rows(names).await;
        loop {
            tokio::time::sleep(Duration::from_millis(150)).await;
            let again = self.rows(names).await;
            if again == rows {
                return rows;
            }
            rows = again;
        }
    }

    async fn rows(&self, names: &[&str]) -> Vec<String> {
        let mut rows = Vec::new();
        for table in names.iter().flat_map(|name| datasets::find(name).expect("a dataset").tables) {
            rows.extend(dump_table(&self.store, table).await);
        }
        rows
    }

    /// Nothing impolite was done, and it ends in good order.
    async fn end(self) {
        assert!(!self.daemon.has_ended());
        self.daemon.stop().await;
        self.store.close().await;
        let counters = self.sim.counters();
        assert_eq!(counters.early, 0, "asked early: {:?}", counters.samples);
        assert!(counters.violations.is_empty(), "{:?}", counters.samples);
    }
}

fn nothing_held_against(targets: &[Target]) {
    for target in targets {
        assert_eq!(target.failures, 0, "{target:?}");
    }
}

/// The most errors within one minute of the clock.
fn errors_a_minute(requests: &[Logged]) -> usize {
    let mut minutes: BTreeMap<i64, usize> = BTreeMap::new();
    for request in requests.iter().filter(|r| r.status >= 400) {
        *minutes.entry(request.time.timestamp() / 60).or_default() += 1;
    }
    minutes.into_values().max().unwrap_or(0)
}

/// A patch day: down at 11:00, back at 11:09, and the clock knows when to expect it.
async fn a_long_downtime_is_waited_out(db: &Db) {
    let scene = Scene::filled(db, at("10:50:00"), &DATASETS, "daily_downtime = true").await;
    scene.sim.fault(Fault::on("*").daily(hour("11:00:00"), hour("11:09:00")).with(Trouble::Downtime));
    scene.pass_until(at("10:57:50")).await;
    scene.is_said("up").await;
    scene.clock.step(at("10:58:00") - scene.clock.now());
    scene.calm().await;
    scene.is_said("downtime").await;
    let (rested, rows) = (scene.clock.now(), scene.settled_rows(&DATASETS[1..]).await);
    scene.pass_until(at("11:08:55")).await;
    scene.is_said("downtime").await;
    let asked = scene.asked(rested);
    assert!(asked.is_empty(), "asked during the downtime: {asked:#?}");
    let probes = scene.probes(rested);
    assert!((5..=24).contains(&probes), "{probes} probes in 11 minutes");
    nothing_held_against(&scene.targets(&DATASETS).await);
    assert!(rows == scene.rows(&DATASETS[1..]).await, "rows were touched");
    scene.pass_until(at("11:09:01")).await;
    let took = scene.recovers(&DATASETS[..2], at("11:09:00")).await;
    assert!(took <= TimeDelta::minutes(5), "fresh again after {took}");
    scene.is_said("up").await;
    nothing_held_against(&scene.targets(&DATASETS).await);
    scene.end().await;
}

/// Nobody has seen anything yet. Static routes are read at once; live ones as soon as `/status` shows a server that has
/// restarted, which is before the clock would have it.
async fn a_start_during_the_downtime_fills_what_is_static(db: &Db) {
    let live = ["server_status", "incursions", "market_prices"];
    let fixed = ["universe_factions", "universe_races"];
    let names = [&live[..], &fixed[..]].concat();
    let scene = Scene::begin(db, at("10:59:00"), &names, "daily_downtime = true").await;
    eventually("static routes are read", 20, async || {
        let targets = scene.targets(&fixed).await;
        targets.len() == 2 && targets.iter().all(|t| t.last_success_at.is_some())
    })
    .await;
    scene.is_said("downtime").await;
    scene.pass_until(at("11:01:50")).await;
    assert!(scene.targets(&live[1..]).await.iter().all(|t| t.last_attempt_at.is_none()), "live data waits");
    let took = scene.recovers(&live, at("11:02:00")).await;
    assert!(scene.clock.now() < at("11:06:00") || took < TimeDelta::minutes(8), "back after {took}");
    scene.is_said("up").await;
    scene.end().await;
}

/// Another host, or an unusual hour within reason: the errors themselves tell.
async fn a_downtime_is_learned_from_its_errors(db: &Db) {
    let scene = Scene::filled(db, at("10:50:00"), &DATASETS, "").await;
    scene.sim.fault(Fault::on("*").daily(hour("11:00:00"), hour("11:05:00")).with(Trouble::Downtime));
    scene.pass_until(at("10:59:50")).await;
    scene.is_said("up").await;
    scene.pass_until(at("11:02:00")).await;
    scene.is_said("downtime").await;
    let rows = scene.settled_rows(&DATASETS[1..]).await;
    scene.pass_until(at("11:04:50")).await;
    scene.is_said("downtime").await;
    let reason = "SELECT COUNT(*) AS n FROM sync_esi WHERE reason LIKE 'ESI says: %'";
    assert_eq!(number(&scene.store, reason).await, 1, "in ESI's own words");
    let failed = scene.asked(at("11:00:00")).iter().filter(|r| r.status >= 400).count();
    assert!(failed <= 12, "{failed} requests in vain");
    nothing_held_against(&scene.targets(&DATASETS).await);
    assert!(rows == scene.rows(&DATASETS[1..]).await, "rows were touched");
    scene.pass_until(at("11:05:01")).await;
    let took = scene.recovers(&DATASETS[..2], at("11:05:00")).await;
    assert!(took <= TimeDelta::minutes(5), "fresh again after {took}");
    scene.is_said("up").await;
    nothing_held_against(&scene.targets(&DATASETS).await);
    scene.end().await;
}

async fn a_server_closed_to_players_is_waited_for(db: &Db) {
    let scene = Scene::filled(db, at("15:00:00"), &DATASETS, "").await;
    scene.sim.fault(Fault::on("/status").with(Trouble::Vip));
    scene.pass_until(at("15:03:00")).await;
    scene.is_said("vip").await;
    let (since, rows) = (scene.clock.now(), scene.settled_rows(&DATASETS[1..]).await);
    let readings = "SELECT COUNT(*) AS n FROM server_status WHERE vip";
    let before = number(&scene.store, readings).await;
    scene.pass_until(at("15:15:00")).await;
    let asked = scene.asked(since);
    assert!(asked.is_empty(), "asked meanwhile: {asked:#?}");
    let new = number(&scene.store, readings).await - before;
    assert!(new >= 5, "{new} readings in twelve minutes");
    assert!(rows == scene.rows(&DATASETS[1..]).await, "rows were touched");
    nothing_held_against(&scene.targets(&DATASETS).await);
    scene.sim.clear_faults();
    let took = scene.recovers(&DATASETS[..2], scene.clock.now()).await;
    assert!(took <= TimeDelta::minutes(8), "fresh again after {took}");
    scene.is_said("up").await;
    scene.end().await;
}

async fn an_hour_of_nothing_but_errors(db: &Db) {
    let names = [&DATASETS[..], &["sovereignty_campaigns", "sovereignty_systems", "system_kills"]].concat();
    let scene = Scene::filled(db, at("18:00:00"), &names, "").await;
    let rows = scene.settled_rows(&names).await;
    scene.sim.fault(Fault::on("*").with(Trouble::status(500)));
    let since = scene.clock.now();
    scene.pass_until(since + TimeDelta::minutes(59)).await;
    scene.is_said("outage").await;
    assert!(rows == scene.rows(&names).await, "rows were touched");
    let asked: Vec<Logged> = scene.sim.requests().into_iter().filter(|r| r.time >= since).collect();
    assert!(asked.len() <= 130, "{} requests in an hour", asked.len());
    let worst = errors_a_minute(&asked);
    assert!((1..=20).contains(&worst), "{worst} errors in a minute");
    let late = scene.asked(since + TimeDelta::minutes(15));
    assert!(late.is_empty(), "only /status was left: {late:#?}");
    scene.sim.clear_faults();
    let back = scene.clock.now();
    // Prices and indices live for an hour, so that all of it is due.
    let took = scene.recovers(&names, back).await;
    assert!(took <= TimeDelta::minutes(10), "fresh again after {took}");
    scene.is_said("up").await;
    nothing_held_against(&scene.targets(&names).await);
    scene.end().await;
}

/// A backfill whose every id fails does not stop the other datasets.
async fn a_broken_route_is_alone(db: &Db) {
    let names = [&DATASETS[..], &["universe_types"]].concat();
    let scene = Scene::begin(db, at("18:00:00"), &names, "").await;
    scene.sim.fault(Fault::on("/universe/types/{type_id}").with(Trouble::status(500)));
    let types =
        |asked: &[Logged]| asked.iter().filter(|r| r.operation.starts_with("/universe/types/")).count();
    eventually("the backfill begins", 20, async || types(&scene.sim.requests()) > 0).await;
    let since = scene.clock.now();
    scene.pass_until(since + TimeDelta::minutes(20)).await;
    scene.is_said("up").await;
    let asked = scene.sim.requests();
    let worst = errors_a_minute(&asked);
    assert!((5..=20).contains(&worst), "{worst} errors in a minute");
    let types = types(&asked);
    assert!((10..=120).contains(&types), "{types} requests to the broken route in 20 minutes");
    assert_eq!(number(&scene.store, "SELECT COUNT(*) AS n FROM universe_types").await, 0);
    // Live data goes on beside it, as fast as this machine lets it.
    scene.recovers(&DATASETS[..2], since + TimeDelta::minutes(15)).await;
    nothing_held_against(&scene.targets(&DATASETS).await);
    scene.sim.clear_faults();
    eventually("the types come after all", 60, async || {
        scene.clock.step(TimeDelta::seconds(20));
        scene.calm().await;
        number(&scene.store, "SELECT COUNT(*) AS n FROM universe_types").await >= 100
    })
    .await;
    scene.end().await;
}

/// Two routes share a bucket; the limiter inside the game servers knows nothing of it.
async fn a_429_without_headers_pauses_its_route(db: &Db) {
    let names = ["industry_cost_indices", "industry_facilities", "incursions"];
    let group = |name: &str| datasets::find(name).and_then(|d| d.group).map(|g| g.name);
    assert_eq!(group(names[0]), group(names[1]), "one bucket");
    let patient = Patient::filled(db, small(), &names, "").await;
    patient.fault(Fault::on("/industry/systems").with(Trouble::RateLimited { retry_after: None }));
    patient.next_day();
    let mut began = patient.clock.now();
    for (round, wait) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (6, 900)] {
        patient.pass().await;
        let pauses = patient.ctx.client.limits().pauses();
        let what: Vec<&str> = pauses.iter().map(|pause| pause.what.as_str()).collect();
        assert_eq!(what, ["route /industry/systems"], "round {round}");
        let waits = (pauses[0].until - began).num_seconds();
        let slack = (patient.clock.now() - began).num_seconds() + 1;
        assert!((wait..=wait * 11 / 10 + slack).contains(&waits), "round {round}: {waits} s for {wait}");
        if round == 1 {
            for name in &names[1..] {
                let entry = patient.entry((name, "")).await;
                assert!(entry.last_success_at.is_some_and(|at| at > began - TimeDelta::seconds(1)), "{name}");
            }
        }
        let due = patient.entry((names[0], "")).await.due_at.expect("again at some time");
        assert!(due >= pauses[0].until - TimeDelta::seconds(1), "not before the pause is over");
        patient.clock.step(due.max(pauses[0].until) + TimeDelta::seconds(1) - patient.clock.now());
        began = patient.clock.now();
    }
    patient.sim.clear_faults();
    patient.next_day();
    assert_eq!(patient.pass().await.1, 0, "well again");
    patient.end().await;
}

/// ESI says of one route that it is down: it is not asked, for as long as ESI says so and lately has.
async fn a_route_that_esi_calls_down_is_not_asked(db: &Db) {
    let names = [&DATASETS[..], &["esi_route_status"]].concat();
    let scene = Scene::filled(db, at("18:00:00"), &names, "").await;
    let down = r#"{"routes": [{"method": "GET", "path": "/incursions", "status": "Down"},
        {"method": "GET", "path": "/markets/{region_id}/orders", "status": "Recovering"}]}"#;
    let says = Trouble::Status { code: 200, body: down.to_owned(), headers: Vec::new() };
    scene.sim.fault(Fault::on("/meta/status").with(says));
    scene.pass_until(at("18:11:00")).await;
    let since = scene.clock.now();
    scene.pass_until(since + TimeDelta::minutes(12)).await;
    let asked = |since| scene.asked(since).iter().filter(|r| r.operation == "/incursions").count();
    assert_eq!(asked(since), 0, "not asked while it is down");
    let target = &scene.targets(&["incursions"]).await[0];
    assert_eq!((target.failures, target.last_error.as_deref()), (0, Some("ESI says this route is down")));
    scene.is_said("up").await;
    for target in scene.targets(&["market_orders"]).await {
        assert!(
            target.last_success_at.is_some_and(|at| at > since),
            "a route that recovers is asked: {target:?}"
        );
    }
    scene.sim.clear_faults();
    scene.sim.fault(Fault::on("/meta/status").with(Trouble::status(500)));
    let silent = scene.clock.now();
    scene.pass_until(silent + TimeDelta::minutes(22)).await;
    assert!(asked(silent) > 0, "old news is no news");
    scene.end().await;
}
