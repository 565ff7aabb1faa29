//! `plan`: what the configuration will ask of ESI, before anything is asked.

use std::time::Duration;

use serde_json::{Value, json};

use super::say::say;
use super::table::{grouped, numbers, table};
use super::{Exit, Failure};
use crate::config::{Config, DatabaseUrl};
use crate::dataset::{Class, Dialect};
use crate::plan::{DatasetPlan, Fill, Kind, Known, LimitPlan, Plan, Space, fills, space, together, wanted};
use crate::store::Store;
use crate::supervisor::location;
use crate::sync;

/// How long the database gets to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Datasets that are named as the users of a limit, or as those who starve another.
const NAMED: usize = 3;

pub(super) async fn plan(config: &Config, as_json: bool) -> Result<Exit, Failure> {
    let (known, basis) = match look(config).await {
        Ok(known) => (known, "what the database holds, and estimates beyond".to_owned()),
        Err(why) => (Known::default(), format!("estimates, since {why}")),
    };
    let plan = Plan::of(config, &known);
    let dialect = dialect(config);
    if as_json {
        let whole = as_value(&plan, &basis, dialect);
        say!("{}", serde_json::to_string_pretty(&whole).map_err(std::io::Error::from)?);
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
async fn look(config: &Config) -> Result<Known, String> {
    if matches!(&config.database.url, DatabaseUrl::Sqlite(path) if !path.exists()) {
        return Err("there is no database yet".to_owned());
    }
    let opened = tokio::time::timeout(PATIENCE, Store::open_to_read(&location(config))).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err("the database did not answer within 10 s".to_owned()),
    };
    let known = known(config, &store).await;
    store.close().await;
    known
}

/// What an open database knows, or why it does not.
pub(super) async fn known(config: &Config, store: &Store) -> Result<Known, String> {
    match store.schema_version().await {
        Ok(0) => return Err("the database has no tables yet".to_owned()),
        Ok(_) => {}
        Err(error) => return Err(format!("the database cannot be read ({error})")),
    }
    let wanted = wanted(config);
    let known = sync::known(store, wanted.iter().map(|w| (w.dataset, &w.settings))).await;
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
    let more = unique.len().saturating_sub(NAMED);
    let first = unique[..unique.len().min(NAMED)].join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}

fn as_text(plan: &Plan, basis: &str, dialect: Dialect) -> String {
    let fills = fills(plan);
    let total = total_space(plan, dialect);
    let mut parts = vec![
        format!(
            "Planned from {basis}.\nA page costs 2 tokens of its bucket; of every bucket at most {} % are used (budget_share).",
            whole(plan.rules.budget_share * 100.0)
        ),
        limits_table(plan),
        datasets_table(plan, dialect),
    ];
    if !fills.is_empty() {
        parts.push(fills_table(&fills));
        parts.push(format!(
            "Together about {}, in the background and behind what is live.",
            time(rough(together(plan, &fills)))
        ));
    }
    let spread: Vec<&str> = plan.limits.iter().filter(|l| l.is_spread()).map(|l| l.name.as_str()).collect();
    if !spread.is_empty() {
        parts.push(format!(
            "More than half used, so that sets are spread over the time instead of bursting: {}.",
            spread.join(", ")
        ));
    }
    parts.push(format!(
        "In all about {} requests a day, none of them before ESI's data has expired. Failures are not planned for:\n\
         ESI refuses everything after 100 errors in a minute, and esi-syncd pauses at 20.",
        about(plan.requests_a_day())
    ));
    parts.push(format!("On disk {}.", size_line(&total, dialect)));
    parts.extend(shortages(plan));
    if plan.fits() {
        parts.push("Everything fits.".to_owned());
    }
    parts.join("\n\n")
}

fn limits_table(plan: &Plan) -> String {
    let mut out = table(&["limit", "window", "needed", "available", "used", "of it for"]);
    let mut rows: Vec<usize> = (0..plan.limits.len()).collect();
    let order = |at: &usize| match plan.limits[*at].kind {
        Kind::Bucket => 0,
        Kind::Rate => 1,
        Kind::Backfill => 2,
        Kind::Hidden => 3,
    };
    rows.sort_by(|a, b| {
        order(a).cmp(&order(b)).then(plan.limits[*b].used().total_cmp(&plan.limits[*a].used()))
    });
    for at in rows {
        let limit = &plan.limits[at];
        let users: Vec<&str> = plan.users(at).map(|d| d.wanted.dataset.name).collect();
        out.add_row([
            limit.name.clone(),
            time(limit.window),
            grouped(whole(limit.needed.ceil())),
            format!("{} {}", grouped(whole(limit.available)), unit(limit)),
            format!("{:.0} %", limit.used() * 100.0),
            named(&users),
        ]);
    }
    numbers(&mut out, &[2, 3, 4]);
    out.to_string()
}

fn datasets_table(plan: &Plan, dialect: Dialect) -> String {
    let mut out = table(&[
        "dataset",
        "limit",
        "targets",
        "pages",
        "asked every",
        "fastest",
        "requests a day",
        "rows",
        "size",
    ]);
    for d in &plan.datasets {
        let limits: Vec<&str> =
            d.limits.first().map(|at| plan.limits[*at].name.as_str()).into_iter().collect();
        let asked = match (d.planned, d.interval) {
            (Some(planned), Some(interval)) if d.stretch() > 1.0 => {
                format!("{} (not {})", time(planned), time(interval))
            }
            (Some(planned), _) => time(planned),
            (None, _) if d.wanted.dataset.with_build => "new build".to_owned(),
            (None, _) if d.wanted.dataset.is_asked_when_moved() => "changed".to_owned(),
            (None, _) => "once".to_owned(),
        };
        let taken = space(d, dialect);
        out.add_row([
            d.wanted.dataset.name.to_owned(),
            limits.concat(),
            grouped(whole(d.demand.targets)),
            grouped(whole(d.demand.requests.ceil())),
            asked,
            d.fastest.map_or_else(String::new, time),
            grouped(whole(d.requests_a_day().ceil())),
            rows_of(&taken),
            size_of(&taken),
        ]);
    }
    numbers(&mut out, &[2, 3, 4, 5, 6, 7, 8]);
    out.to_string()
}

fn fills_table(fills: &[Fill]) -> String {
    let mut out = table(&["filled once", "requests", "at", "takes", "and again"]);
    for fill in fills {
        let rate = if fill.rate < 5.0 {
            format!("{:.0} a minute", fill.rate * 60.0)
        } else {
            format!("{:.0} a second", fill.rate)
        };
        out.add_row([
            fill.dataset.to_owned(),
            grouped(whole(fill.requests.ceil())),
            rate,
            time(rough(fill.time())),
            fill.again.to_owned(),
        ]);
    }
    numbers(&mut out, &[1, 2, 3]);
    out.to_string()
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

fn rows_of(taken: &Space) -> String {
    if taken.yearly_rows > 0.0 && taken.rows <= 0.0 {
        format!("{} a year", grouped(whole(taken.yearly_rows)))
    } else {
        grouped(whole(taken.rows))
    }
}

fn size_of(taken: &Space) -> String {
    if taken.yearly_rows > 0.0 && taken.rows <= 0.0 {
        format!("{} a year", size(taken.yearly_bytes))
    } else {
        size(taken.bytes)
    }
}

fn as_value(plan: &Plan, basis: &str, dialect: Dialect) -> Value {
    let fills = fills(plan);
    let total = total_space(plan, dialect);
    let limits: Vec<Value> = (0..plan.limits.len()).map(|at| limit_value(plan, at)).collect();
    let datasets: Vec<Value> = plan.datasets.iter().map(|d| dataset_value(plan, d, dialect)).collect();
    let filled: Vec<Value> = fills
        .iter()
        .map(|f| {
            json!({
                "dataset": f.dataset,
                "requests": whole(f.requests.ceil()),
                "requests_per_second": f.rate,
                "seconds": f.time().as_secs(),
                "again_with_build": f.with_build,
            })
        })
        .collect();
    json!({
        "basis": basis,
        "budget_share": plan.rules.budget_share,
        "fits": plan.fits(),
        "requests_per_day": whole(plan.requests_a_day().ceil()),
        "limits": limits,
        "datasets": datasets,
        "fills": filled,
        "fill_seconds": together(plan, &fills).as_secs(),
        "rows": whole(total.rows),
        "rows_after_a_year": whole(total.rows + total.yearly_rows),
        "bytes": whole(total.bytes),
        "bytes_after_a_year": whole(total.bytes + total.yearly_bytes),
        "shortages": shortages(plan).iter().map(|s| s.replace('\n', " ")).collect::<Vec<_>>(),
    })
}

fn limit_value(plan: &Plan, at: usize) -> Value {
    let limit = &plan.limits[at];
    let kind = match limit.kind {
        Kind::Bucket => "bucket",
        Kind::Rate => "rate",
        Kind::Backfill => "backfill_rate",
        Kind::Hidden => "hidden",
    };
    json!({
        "limit": limit.name,
        "kind": kind,
        "unit": unit(limit),
        "window_seconds": limit.window.as_secs(),
        "announced": limit.limit,
        "available": limit.available,
        "needed": limit.needed,
        "used": limit.used(),
        "fits": limit.fits(),
        "spread": limit.is_spread(),
        "requests_per_day": whole(plan.users(at).map(DatasetPlan::requests_a_day).sum::<f64>().ceil()),
        "datasets": plan.users(at).map(|d| d.wanted.dataset.name).collect::<Vec<_>>(),
    })
}

fn dataset_value(plan: &Plan, d: &DatasetPlan, dialect: Dialect) -> Value {
    let seconds = |time: Option<Duration>| time.map(|t| t.as_secs());
    let taken = space(d, dialect);
    json!({
        "dataset": d.wanted.dataset.name,
        "class": if d.wanted.dataset.class == Class::Live { "live" } else { "backfill" },
        "limits": d.limits.iter().map(|at| plan.limits[*at].name.as_str()).collect::<Vec<_>>(),
        "targets": whole(d.demand.targets),
        "pages": whole(d.demand.requests.ceil()),
        "configured_seconds": seconds(d.interval),
        "fastest_seconds": seconds(d.fastest),
        "planned_seconds": seconds(d.planned),
        "stretch": d.stretch(),
        "starved_by": d.starved_by,
        "requests_per_day": whole(d.requests_a_day().ceil()),
        "rows": whole(taken.rows),
        "rows_per_year": whole(taken.yearly_rows),
        "bytes": whole(taken.bytes),
        "bytes_per_year": whole(taken.yearly_bytes),
    })
}

fn unit(limit: &LimitPlan) -> &'static str {
    if limit.kind == Kind::Bucket { "tokens" } else { "requests" }
}

fn time(time: Duration) -> String {
    humantime::format_duration(time).to_string()
}

/// A long time without its small change.
fn rough(time: Duration) -> Duration {
    let step = match time.as_secs() {
        0..120 => 1,
        120..36_000 => 60,
        _ => 3600,
    };
    Duration::from_secs(time.as_secs().div_ceil(step) * step)
}

/// A number to three places: nobody plans for the last of its figures.
fn about(n: f64) -> String {
    let step = 10_f64.powf((n.max(1.0).log10().floor() - 2.0).max(0.0));
    grouped(whole((n / step).round() * step))
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
