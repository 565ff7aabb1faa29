//! The routes about ESI itself.

use serde_json::{Value, json};

use super::RouteResult;
use crate::sim::exchange::ask::Ask;
use crate::spec::facts;

/// Dates before and after the one of the facts.
pub const OTHER_DATES: [&str; 3] = ["2020-01-01", "2025-12-16", "2026-09-22"];

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    let body = match ask.operation.path.as_str() {
        "/meta/status" => status(),
        "/meta/compatibility-dates" => dates(),
        "/meta/changelog" => changelog(),
        _ => return None,
    };
    Some(Ok(body.into()))
}

fn status() -> Value {
    let routes =
        facts().operations.iter().map(|o| json!({ "method": o.method, "path": o.path, "status": "OK" }));
    json!({ "routes": routes.collect::<Vec<_>>() })
}

fn dates() -> Value {
    let mut dates = OTHER_DATES.to_vec();
    dates.push(&facts().compat_date);
    dates.sort_unstable();
    dates.reverse();
    json!({ "compatibility_dates": dates })
}

fn changelog() -> Value {
    let entry = |date: &str, kind: &str, path: &str| {
        json!({
            "compatibility_date": date, "method": "GET", "path": path, "type": kind,
            "description": format!("{path} is {kind}."),
        })
    };
    let (date, next) = (facts().compat_date.as_str(), OTHER_DATES[2]);
    json!({ "changelog": {
        next: [
            entry(next, "breaking", "/markets/prices"),
            entry(next, "changed", "/meta/compatibility-dates"),
            entry(next, "new", "/meta/weather"),
        ],
        date: [entry(date, "new", "/sovereignty/systems")],
    } })
}
