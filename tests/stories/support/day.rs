//! A day of the daemon, as fast as this machine can run it.
//!
//! While there is work, the clock runs at its own speed. When all work is done, it jumps to the next due target. So a slow
//! machine makes the test longer, but not the daemon late.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::app::supervisor;
use esi_syncd::clock::Clock;
use esi_syncd::config::Config;
use esi_syncd::declare::{Class, Targets};
use esi_syncd::sim::Sim;
use esi_syncd::store::{Store, TargetState};
use esi_syncd::sync::Job;

/// How often freshness is checked.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(60);

/// A dataset, and its cadence.
pub type Cadence = (&'static str, TimeDelta);

/// The day, and the targets that were too old during it.
pub struct Day<'a> {
    sim: &'a Sim,
    clock: &'a Clock,
    store: &'a Store,
    jobs: Vec<Cadence>,
    idle_since: Option<Instant>,
    looked: DateTime<Utc>,
    pub stalest: Vec<String>,
}

impl<'a> Day<'a> {
    pub fn of(sim: &'a Sim, clock: &'a Clock, store: &'a Store, jobs: Vec<Cadence>) -> Self {
        let looked = clock.now();
        Self { sim, clock, store, jobs, idle_since: None, looked, stalest: Vec::new() }
    }

    /// Lets the day pass, and checks that everything is fresh.
    pub async fn pass_until(&mut self, end: DateTime<Utc>) {
        self.pass(end, true).await;
    }

    /// Lets the day pass without a check, for a time in which nothing can be fresh.
    pub async fn endure_until(&mut self, end: DateTime<Utc>) {
        self.pass(end, false).await;
    }

    /// Waits until no request is under way and none has come for 150 ms.
    pub async fn rest(&mut self) {
        let (mut seen, mut quiet) = (0, Instant::now());
        while quiet.elapsed() < Duration::from_millis(150) {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let counters = self.sim.counters();
            if counters.in_flight > 0 || counters.requests != seen {
                (seen, quiet) = (counters.requests, Instant::now());
            }
        }
    }

    async fn pass(&mut self, end: DateTime<Utc>, judged: bool) {
        while self.clock.now() < end {
            tokio::time::sleep(Duration::from_millis(1)).await;
            if self.sim.counters().in_flight > 0 {
                self.idle_since = None;
                continue;
            }
            let now = self.clock.now();
            match self.next_due().await {
                Some(due) if due <= now => {
                    // Due but not asked: the driver is about to start, or waits for its planned start.
                    let idle = self.idle_since.get_or_insert_with(Instant::now);
                    if idle.elapsed() > Duration::from_millis(40) {
                        self.clock.step(TimeDelta::seconds(1));
                        self.idle_since = None;
                    }
                }
                due => {
                    let jump = due.map_or(TimeDelta::seconds(30), |due| due - now);
                    self.clock.step(jump.min(TimeDelta::seconds(60)).min(end - now));
                    self.idle_since = None;
                }
            }
            if judged && now - self.looked >= LOOK_EVERY {
                self.look().await;
                self.looked = now;
            }
        }
    }

    async fn next_due(&self) -> Option<DateTime<Utc>> {
        let sql = "SELECT MIN(t.due_at) AS due FROM sync_targets AS t JOIN sync_datasets AS d \
                   ON d.dataset = t.dataset WHERE d.enabled AND t.state IN ('active', 'shrunk')";
        self.store.query(sql, &[]).await.expect("reads").first().and_then(|r| r.time("due").expect("a time"))
    }

    /// Notes every target that was not stored or confirmed within two of its cadences. A new target has as much time.
    async fn look(&mut self) {
        let now = self.clock.now();
        for (dataset, cadence) in &self.jobs {
            for target in self.store.targets(dataset).await.expect("the ledger reads") {
                let known = target.last_success_at.or(target.due_at);
                let fresh = known.is_some_and(|at| now - at <= *cadence * 2);
                if !fresh && target.state == TargetState::Active {
                    let since = target.last_success_at.map(|at| (now - at).num_seconds());
                    self.stalest.push(format!("{dataset} {} at {now}: {since:?} s old", target.target));
                }
            }
        }
    }

    /// The time of the day.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The number of checks, by dataset, in which a target was too old.
    pub fn stale(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for line in &self.stalest {
            *counts.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
        }
        counts
    }
}

/// The live datasets, with their cadences.
pub fn live_jobs(config: &Config) -> Vec<Cadence> {
    supervisor::jobs(config)
        .iter()
        .filter(|job| {
            job.dataset.class == Class::Live && !matches!(job.dataset.targets, Targets::Named { .. })
        })
        .map(|job| (job.dataset.name, TimeDelta::from_std(Job::period(job)).expect("a period")))
        .collect()
}
