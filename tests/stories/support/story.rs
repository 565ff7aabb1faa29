//! A world, a database and the daemon's parts between them, for stories in single passes.

use esi_syncd::clock::Clock;
use esi_syncd::config::Config;
use esi_syncd::datasets;
use esi_syncd::declare::Table;
use esi_syncd::sim::{FaultKind, Sim, SimSettings};
use esi_syncd::sync::Context;

use super::esi::{clock, close, config, context, number, only, run_pass};
use super::{Db, dump_table};

/// A world, and the parts that a pass over some datasets needs.
pub struct Story {
    pub sim: Sim,
    pub clock: Clock,
    pub config: Config,
    pub ctx: Context,
}

impl Story {
    /// `more` is TOML: sections of datasets.
    pub async fn begin(db: &Db, settings: SimSettings, names: &[&str], more: &str) -> Self {
        let clock = clock(3.0);
        let sim = Sim::start(settings, clock.clone()).await.expect("a port");
        let config = configured(db, &sim, names, more);
        let ctx = context(&config, &clock).await;
        Self { sim, clock, config, ctx }
    }

    /// One pass: attempts and failures.
    pub async fn pass(&self) -> (u64, u64) {
        run_pass(&self.ctx, &self.config).await
    }

    /// One number, in the column `n`.
    pub async fn number(&self, sql: &str) -> i64 {
        number(&self.ctx.store, sql).await
    }

    /// Enables only these datasets from now on.
    pub fn keep(&mut self, db: &Db, names: &[&str], more: &str) {
        self.config = configured(db, &self.sim, names, more);
    }

    /// The story after a kill of the process and a new start.
    pub async fn killed(self) -> Self {
        let Self { sim, clock, config, ctx } = self;
        drop(ctx);
        let ctx = context(&config, &clock).await;
        Self { sim, clock, config, ctx }
    }

    /// The rows of a dataset's main table.
    pub async fn rows(&self, dataset: &str) -> Vec<String> {
        dump_table(&self.ctx.store, main_table(dataset)).await
    }

    /// The rows that a reading into an empty database would store now, without faults. The world must be stopped. The
    /// counters are reset, because ESI cannot distinguish that reader from the story's.
    pub async fn truth(&self, db: &Db, dataset: &str, more: &str) -> Vec<String> {
        self.was_polite();
        let other = Db::create(db.kind).await.expect("a second database");
        let config = configured(&other, &self.sim, &[dataset], more);
        let ctx = context(&config, &self.clock).await;
        assert_eq!(run_pass(&ctx, &config).await.1, 0);
        let rows = dump_table(&ctx.store, main_table(dataset)).await;
        close(ctx).await;
        other.remove().await;
        self.sim.reset_counters();
        rows
    }

    /// The number of requests since the last reset whose address contains `part`.
    pub fn asked(&self, part: &str) -> usize {
        self.sim.requests().iter().filter(|r| r.url.contains(part)).count()
    }

    fn was_polite(&self) {
        let counters = self.sim.counters();
        assert_eq!(counters.early, 0, "requests before expiry: {:?}", counters.samples);
        assert!(counters.violations.is_empty(), "{:?}", counters.samples);
    }

    /// Fails if any request was impolite, and closes everything.
    pub async fn end(self) {
        self.was_polite();
        close(self.ctx).await;
        self.sim.stop().await;
    }
}

fn configured(db: &Db, sim: &Sim, names: &[&str], more: &str) -> Config {
    let rates = "max_rate = 1000\nbackfill_rate = 1000\n";
    config(db, sim, &format!("{rates}{}{more}", only(names)))
}

fn main_table(dataset: &str) -> &'static Table {
    &datasets::find(dataset).expect("a dataset").tables[0]
}

/// A fault: a reply with this status, body and headers.
pub fn status(code: u16, body: &str, headers: &[(&str, &str)]) -> FaultKind {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    FaultKind::Status { code, body: body.to_owned(), headers }
}
