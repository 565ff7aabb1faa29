//! A world, a database and the parts between them, for stories that go from pass to pass.

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

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        number(&self.ctx.store, sql).await
    }

    /// Keeps these datasets from now on.
    pub fn keep(&mut self, db: &Db, names: &[&str], more: &str) {
        self.config = configured(db, &self.sim, names, more);
    }

    /// The process is killed where it stands, and started again.
    pub async fn killed(self) -> Self {
        let Self { sim, clock, config, ctx } = self;
        drop(ctx);
        let ctx = context(&config, &clock).await;
        Self { sim, clock, config, ctx }
    }

    /// What a dataset's main table holds.
    pub async fn rows(&self, dataset: &str) -> Vec<String> {
        dump_table(&self.ctx.store, main_table(dataset)).await
    }

    /// What it would hold if it had been read now, without trouble, into an empty database. The world must stand still;
    /// counters begin anew, because ESI cannot tell that reader from ours.
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

    /// Requests whose address contains this, since the last reset.
    pub fn asked(&self, part: &str) -> usize {
        self.sim.requests().iter().filter(|r| r.url.contains(part)).count()
    }

    fn was_polite(&self) {
        let counters = self.sim.counters();
        assert_eq!(counters.early, 0, "requests before expiry: {:?}", counters.samples);
        assert!(counters.violations.is_empty(), "{:?}", counters.samples);
    }

    /// Nothing impolite was done, and it ends in good order.
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

/// An answer of this status, body and headers.
pub fn status(code: u16, body: &str, headers: &[(&str, &str)]) -> FaultKind {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    FaultKind::Status { code, body: body.to_owned(), headers }
}
