//! A database that was filled once, to sync again during a fault.

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::config::Config;
use esi_syncd::datasets;
use esi_syncd::sim::{Fault, Sim, SimSettings};
use esi_syncd::store::Target;
use esi_syncd::sync::Context;

use super::esi::{clock, close, config, context, entry, only, quiet_moment, run_pass};
use super::{Db, dump_table};

/// The live datasets of a [`Patient`]: some have a bucket of their own, one has none.
pub const DATASETS: [&str; 5] =
    ["server_status", "market_orders", "market_prices", "industry_cost_indices", "incursions"];

/// A simulator, a database, and the daemon's parts between them.
pub struct Patient {
    pub sim: Sim,
    pub clock: Clock,
    pub config: Config,
    pub ctx: Context,
}

/// A target, by dataset and name.
pub type Place = (&'static str, &'static str);

impl Patient {
    /// Fills the datasets `names` once, without faults. `more` is TOML. An hour passes in a minute.
    pub async fn filled(db: &Db, settings: SimSettings, names: &[&str], more: &str) -> Self {
        Self::at_speed(60.0, db, settings, names, more).await
    }

    /// The same at another speed, for stories that must wait for replies to expire.
    pub async fn at_speed(speed: f64, db: &Db, settings: SimSettings, names: &[&str], more: &str) -> Self {
        let clock = clock(speed);
        let sim = Sim::start(settings, clock.clone()).await.expect("a port");
        let regions = "[datasets.market_orders]\nregions = [10000002, 10000043]\n";
        let regions = if names.contains(&"market_orders") { regions } else { "" };
        let config = config(db, &sim, &format!("{more}\n{}{regions}", only(names)));
        let ctx = context(&config, &clock).await;
        let patient = Self { sim, clock, config, ctx };
        assert_eq!(patient.pass().await.1, 0, "the first fill");
        patient
    }

    /// One pass: attempts and failures.
    pub async fn pass(&self) -> (u64, u64) {
        run_pass(&self.ctx, &self.config).await
    }

    /// Steps the clock so far that everything has expired and all backoffs are over, to a time at which prices and The
    /// Forge are not rebuilt during a pass.
    pub fn next_day(&self) {
        let paths = [
            ("/markets/prices", "/markets/prices"),
            ("/markets/{region_id}/orders", "/markets/10000002/orders"),
        ];
        let next = self.clock.now() + TimeDelta::hours(26);
        let quiet = quiet_moment(&self.sim, next, &paths, TimeDelta::seconds(200));
        self.clock.step(quiet - self.clock.now());
    }

    pub fn fault(&self, fault: Fault) {
        self.sim.fault(fault);
    }

    pub async fn entry(&self, (dataset, target): Place) -> Target {
        entry(&self.ctx.store, dataset, target).await
    }

    /// The rows of a target's dataset; only those of the target if it has a name.
    pub async fn rows(&self, (dataset, target): Place) -> Vec<String> {
        let dataset = datasets::find(dataset).expect("a dataset");
        let mut rows = Vec::new();
        for table in dataset.tables {
            rows.extend(dump_table(&self.ctx.store, table).await);
        }
        rows.retain(|row| target.is_empty() || row.contains(&format!(" {target} ")));
        rows
    }

    /// Fails unless all targets except those of `except` were stored or confirmed after `since`.
    pub async fn others_went_on(&self, except: &[&str], since: DateTime<Utc>, why: &str) {
        let held_up = self.held_up(except, since).await;
        assert!(held_up.is_none(), "{why}: this target was held up: {held_up:?}");
    }

    /// A target, not of `except`, that was neither stored nor confirmed after `since`.
    pub async fn held_up(&self, except: &[&str], since: DateTime<Utc>) -> Option<Target> {
        for dataset in DATASETS.iter().filter(|d| !except.contains(d)) {
            for target in self.ctx.store.targets(dataset).await.expect("reads") {
                // Times are stored in whole seconds.
                if target.last_success_at.is_none_or(|at| at <= since - TimeDelta::seconds(1)) {
                    return Some(target);
                }
            }
        }
        None
    }

    pub async fn end(self) {
        close(self.ctx).await;
    }
}
