//! The plan for people: what limits there are, who uses them, and how long the first fill takes.

use std::time::Duration;

use super::{named, shortages, size, size_line, time, total_space, unit, whole};
use crate::cli::table::{grouped, numbers, table};
use crate::declare::Dialect;
use crate::plan::{Fill, LimitKind, Plan, Space, fills, space, together};

pub(super) fn as_text(plan: &Plan, basis: &str, dialect: Dialect) -> String {
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
    let mut out = table(&["limit", "window", "needed", "available", "used", "of it for"], &[]);
    let mut rows: Vec<usize> = (0..plan.limits.len()).collect();
    let order = |at: &usize| match plan.limits[*at].kind {
        LimitKind::Bucket => 0,
        LimitKind::Rate => 1,
        LimitKind::Backfill => 2,
        LimitKind::Hidden => 3,
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
    let mut out = table(
        &["dataset", "limit", "targets", "pages", "asked every", "fastest", "requests a day", "rows", "size"],
        &[],
    );
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
    let mut out = table(&["filled once", "requests", "at", "takes", "and again"], &[]);
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
pub(super) fn about(n: f64) -> String {
    let step = 10_f64.powf((n.max(1.0).log10().floor() - 2.0).max(0.0));
    grouped(whole((n / step).round() * step))
}
