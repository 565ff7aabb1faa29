//! `demo`: the whole thing without any network, in under a minute.
//!
//! The simulated ESI runs inside this process and serves what the specification says; everything else is what the
//! daemon does: one client, one database, a pass over all datasets. Then the demo does what a user does: it asks.

use std::cmp::Reverse;
use std::path::Path;
use std::time::{Duration, Instant};

use url::Url;

use super::say::say;
use super::table::{grouped, numbers, table};
use super::{Exit, Failure, sync};
use crate::app::supervisor::open_store;
use crate::clock::Clock;
use crate::config;
use crate::config::{Config, ConfigSource, DatabaseUrl, Ids, Regions};
use crate::datasets;
use crate::sim::{Sim, SimSettings};
use crate::store::{Store, StoreError};

const FILE: &str = "demo.db";
/// How many tables are shown, the fullest first.
const SHOWN: usize = 20;
/// The simulated ESI does not mind being asked quickly.
const RATE: f64 = 2_000.0;

/// Each pair's history is a request of its own, and the pace for them is the same as with the real ESI.
const PAIRS: u32 = 40;

/// ESI has no list of these: whoever wants them names them.
const SCHEMATICS: &str = "planet_schematics";

/// A question, and the query that answers it.
struct Question {
    asks: &'static str,
    sql: &'static str,
}

const QUESTIONS: &[Question] = &[
    Question {
        asks: "What does Jita 4-4 charge for minerals, and what does it pay?",
        sql: include_str!("demo/minerals.sql"),
    },
    Question {
        asks: "Where is manufacturing cheapest, in high security space?",
        sql: include_str!("demo/industry.sql"),
    },
    Question { asks: "How fresh is the copy?", sql: include_str!("demo/freshness.sql") },
];

pub(super) async fn demo() -> Result<Exit, Failure> {
    let began = Instant::now();
    let sim = Sim::start(SimSettings::demo(), Clock::system()).await?;
    let config = configuration(&sim.base_url())?;
    crate::app::log::init(&config.log)?;
    make_room(&config).await?;
    say!(
        "Simulated ESI at {}; filling {FILE} from it, as the daemon would from the real one.",
        sim.base_url()
    );
    let store = open_store(&config).await?;
    let ctx = sync::context(&config, store, tokio_util::sync::CancellationToken::new()).await?;
    let totals = sync::go(&config, &ctx, sync::plan(&config, &[], true)?).await?;
    let failed: u64 = totals.iter().map(|(_, turn)| turn.failed).sum();
    stored(&ctx.store, began.elapsed(), &sim).await?;
    for question in QUESTIONS {
        answer(&ctx.store, question).await?;
    }
    sync::close(&ctx).await?;
    sim.stop().await;
    say!("\nIt is all in {FILE}: open it with sqlite3, DBeaver, Python, or whatever you like.");
    say!("For the real thing: `esi-syncd` (see README.md).");
    Ok(if failed == 0 { Exit::Fine } else { Exit::Failed })
}

fn configuration(base_url: &str) -> Result<Config, Failure> {
    let mut config = config::load(&ConfigSource::built_in(), std::iter::empty(), &datasets::supported())?;
    config.esi.base_url = Url::parse(base_url).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    config.esi.max_rate = RATE;
    config.esi.backfill_rate = RATE;
    config.database.url = DatabaseUrl::Sqlite(FILE.into());
    "warn".clone_into(&mut config.log.level);
    for (name, settings) in &mut config.datasets {
        settings.enabled = true;
        if name == SCHEMATICS {
            settings.ids = Ids::More((65..70).map(|id| vec![id.to_string()]).collect());
        }
        if settings.max_pairs.is_some() {
            settings.max_pairs = Some(PAIRS);
        } else if settings.regions.is_some() {
            settings.regions = Some(Regions::All);
        }
    }
    Ok(config)
}

/// A demo begins with an empty database; one that another demo is filling stays.
async fn make_room(config: &Config) -> Result<(), Failure> {
    if Path::new(FILE).exists() {
        match open_store(config).await {
            Ok(store) => store.close().await,
            Err(held @ StoreError::Locked { .. }) => return Err(held.into()),
            // What cannot be opened is no demo that is running.
            Err(_) => {}
        }
    }
    remove(Path::new(FILE))
}

fn remove(database: &Path) -> Result<(), Failure> {
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", database.display());
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::new(Exit::Denied, format!("{path}: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn stored(store: &Store, took: Duration, sim: &Sim) -> Result<(), Failure> {
    let mut filled = Vec::new();
    for (dataset, table) in datasets::tables() {
        let rows = store.query(&format!("SELECT COUNT(*) AS n FROM {}", table.name), &[]).await?;
        let rows = rows.first().map_or(Ok(None), |r| r.int("n"))?.unwrap_or(0);
        filled.push((rows, table.name, if table.doc.is_empty() { dataset.doc } else { table.doc }));
    }
    filled.sort_by_key(|(rows, name, _)| (Reverse(*rows), *name));
    let all: i64 = filled.iter().map(|(rows, ..)| rows).sum();
    let mut out = table(&["table", "rows", "what it is"], &[2]);
    for (rows, name, doc) in filled.iter().take(SHOWN) {
        out.add_row([(*name).to_owned(), grouped(rows), (*doc).to_owned()]);
    }
    numbers(&mut out, &[1]);
    say!("{out}");
    let (tables, others) = (filled.len().saturating_sub(SHOWN), filled.iter().skip(SHOWN));
    say!(
        "and {tables} more tables with {} rows; `SELECT * FROM sync_tables` says what is in each.",
        grouped(others.map(|(rows, ..)| rows).sum::<i64>())
    );
    let counters = sim.counters();
    say!(
        "{} rows in {:.1} s, with {} requests; asked before expiry: {}, limits broken: {}.",
        grouped(all),
        took.as_secs_f64(),
        grouped(counters.requests),
        counters.early,
        counters.violations.values().sum::<u64>()
    );
    Ok(())
}

async fn answer(store: &Store, question: &Question) -> Result<(), Failure> {
    say!("\n{}\n", question.asks);
    for line in question.sql.trim_end().lines() {
        say!("    {line}");
    }
    let rows = store.query(question.sql.trim().trim_end_matches(';'), &[]).await?;
    let Some(first) = rows.first() else {
        say!("\n(no rows)");
        return Ok(());
    };
    let columns = first.columns();
    let mut out = table(&columns.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    for row in &rows {
        out.add_row((0..columns.len()).map(|at| row.display(at)));
    }
    say!("\n{out}");
    Ok(())
}
