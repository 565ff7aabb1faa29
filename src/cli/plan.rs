//! `plan`: what the configuration will ask of ESI, before anything is asked.

mod text;
mod value;

use std::time::Duration;

use super::say::{self, say};
use super::table::grouped;
use super::{Exit, Failure};
use crate::app::supervisor::location;
use crate::config::{Config, DatabaseUrl};
use crate::declare::Dialect;
use crate::plan::{DatasetPlan, LimitKind, LimitPlan, Plan, PlanInput, Space, space, wanted};
use crate::store::Store;
use crate::sync;
use text::{about, as_text};
use value::as_value;

/// How long the database gets to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Datasets that are named as the users of a limit, or as those who starve another.
const NAMED: usize = 3;
/// Their names together have so many characters at most.
const LINE: usize = 68;

pub(super) async fn plan(config: &Config, as_json: bool) -> Result<Exit, Failure> {
    let (known, basis) = match look(config).await {
        Ok(known) => (known, "what the database holds, and estimates beyond".to_owned()),
        Err(why) => (PlanInput::default(), format!("estimates, since {why}")),
    };
    let plan = Plan::of(config, &known);
    let dialect = dialect(config);
    if as_json {
        say::json(as_value(&plan, &basis, dialect));
    } else {
        say!("{}", as_text(&plan, &basis, dialect));
    }
    Ok(Exit::Fine)
}

/// The dialect of the configured database.
pub(super) fn dialect(config: &Config) -> Dialect {
    match config.database.url {
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
    }
}

/// What the database knows, or why it does not.
async fn look(config: &Config) -> Result<PlanInput, String> {
    if matches!(&config.database.url, DatabaseUrl::Sqlite(path) if !path.exists()) {
        return Err("there is no database yet".to_owned());
    }
    let opened = tokio::time::timeout(PATIENCE, Store::open_to_read(&location(config))).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err("the database did not answer within 10 s".to_owned()),
    };
    let known = plan_input(config, &store).await;
    store.close().await;
    known
}

/// What an open database knows, or why it does not.
pub(super) async fn plan_input(config: &Config, store: &Store) -> Result<PlanInput, String> {
    match store.schema_version().await {
        Ok(0) => return Err("the database has no tables yet".to_owned()),
        Ok(_) => {}
        Err(error) => return Err(format!("the database cannot be read ({error})")),
    }
    let wanted = wanted(config);
    let known = sync::plan_input(store, wanted.iter().map(|w| (w.dataset, &w.settings))).await;
    known.map_err(|error| format!("the database cannot be read ({error})"))
}

/// What all datasets take on disk.
pub(super) fn total_space(plan: &Plan, dialect: Dialect) -> Space {
    plan.datasets.iter().fold(Space::default(), |sum, dataset| sum + space(dataset, dialect))
}

/// For each limit that does not suffice: what happens, and what can be done about it.
pub(super) fn shortages(plan: &Plan) -> Vec<String> {
    let short = plan.limits.iter().enumerate().filter(|(_, limit)| !limit.fits());
    short
        .map(|(at, limit)| {
            let stretched: Vec<&DatasetPlan> = plan.users(at).filter(|d| d.stretch() > 1.0).collect();
            let what: Vec<String> = stretched.iter().map(|d| stretched_to(d)).collect();
            let advice: Vec<String> = stretched.iter().take(NAMED).map(|d| advice(d)).collect();
            let (needed, available) = (whole(limit.needed.ceil()), whole(limit.available));
            format!(
                "{} does not suffice: {} of {} {} in {}.\n{}.\nTo ask for less: {}.",
                limit.name,
                grouped(needed),
                grouped(available),
                unit(limit),
                time(limit.window),
                what.join("; "),
                advice.join("; ")
            )
        })
        .collect()
}

fn stretched_to(of: &DatasetPlan) -> String {
    let name = of.wanted.dataset.name;
    let (from, to) = (of.interval.unwrap_or_default(), of.planned.unwrap_or_default());
    let starved = if of.starved_by.is_empty() {
        "it alone is too much".to_owned()
    } else {
        format!("the rest goes to {}", named(&of.starved_by))
    };
    format!("{name} is asked every {} instead of every {} ({starved})", time(to), time(from))
}

fn advice(of: &DatasetPlan) -> String {
    let dataset = of.wanted.dataset;
    let fewer = match dataset.params() {
        params if params.contains(&"max_pairs") => "a smaller max_pairs or ",
        params if params.contains(&"regions") => "fewer regions or ",
        _ => "",
    };
    format!("{fewer}every = \"{}\" under [datasets.{}]", time(of.planned.unwrap_or_default()), dataset.name)
}

fn named(names: &[&str]) -> String {
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(name) {
            unique.push(name);
        }
    }
    let mut length = 0;
    let fits = |name: &&&str| {
        length += name.len() + 2;
        length <= LINE
    };
    let first: Vec<&str> = unique.iter().take(NAMED).take_while(fits).copied().collect();
    let more = unique.len() - first.len();
    let first = first.join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

/// What it takes on disk, in a sentence.
pub(super) fn size_line(total: &Space, dialect: Dialect) -> String {
    format!(
        "about {} rows and {} ({}) once filled; {} rows and {} after a year",
        about(total.rows),
        size(total.bytes),
        dialect.name(),
        about(total.rows + total.yearly_rows),
        size(total.bytes + total.yearly_bytes)
    )
}

fn unit(limit: &LimitPlan) -> &'static str {
    if limit.kind == LimitKind::Bucket { "tokens" } else { "requests" }
}

fn time(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}

/// Bytes as people say them.
pub(super) fn size(bytes: f64) -> String {
    const MIB: f64 = 1024.0 * 1024.0;
    match bytes / MIB {
        m if m < 0.1 => "under 0.1 MiB".to_owned(),
        m if m < 10.0 => format!("{m:.1} MiB"),
        m if m < 1000.0 => format!("{m:.0} MiB"),
        m => format!("{:.1} GiB", m / 1024.0),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of things, never negative"
)]
fn whole(n: f64) -> u64 {
    n.max(0.0) as u64
}
