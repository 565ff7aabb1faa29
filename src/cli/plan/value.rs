//! The plan for programs.

use std::time::Duration;

use serde_json::{Value, json};

use super::{shortages, total_space, unit, whole};
use crate::declare::{Class, Dialect};
use crate::plan::{DatasetPlan, LimitKind, Plan, fills, space, together};

pub(super) fn as_value(plan: &Plan, basis: &str, dialect: Dialect) -> Value {
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
        LimitKind::Bucket => "bucket",
        LimitKind::Rate => "rate",
        LimitKind::Backfill => "backfill_rate",
        LimitKind::Hidden => "hidden",
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
