//! Declarations in words, for people.

use crate::dataset::{Dataset, Each, Ids, Keep, Method, Pages, Ttl};

/// Where the ids come from that the route is asked for.
pub(super) fn ids(dataset: &Dataset) -> String {
    match &dataset.each {
        Each::Once => "none: the route has no parameter".to_owned(),
        Each::Regions => "the market regions that the configuration selects".to_owned(),
        Each::Listed(list) => format!("`GET {}`", list.path),
        Each::Seen(columns) => {
            let columns: Vec<String> = columns.iter().map(seen).collect();
            columns.join(", ")
        }
        Each::Named { batch } => format!("every column whose ids have public names, {batch} ids a request"),
        Each::Pairs(pairs) => {
            format!("pairs of region and type with open orders in `{}`, the busiest first", pairs.orders)
        }
    }
}

fn seen(ids: &Ids) -> String {
    let column = format!("`{}.{}`", ids.table, ids.column);
    if ids.high == i64::MAX { column } else { format!("{column} ({} to {})", ids.low, ids.high) }
}

/// How a route is asked: method, path, and how the reply is split.
pub(super) fn route(dataset: &Dataset) -> String {
    let pages = match dataset.pages {
        Pages::One => "",
        Pages::Numbered => ", in numbered pages",
    };
    format!("`{}`{pages}", dataset.operation())
}

/// How often a route is asked unless the configuration says otherwise.
pub(super) fn cadence(dataset: &Dataset) -> String {
    let seconds = dataset.period().as_secs();
    let often = match (dataset.method, dataset.ttl) {
        _ if dataset.with_build => return "after a new build of the game".to_owned(),
        (Method::Get, Ttl::Daily) if dataset.every.is_none() => "daily, after 11:05 UTC".to_owned(),
        (Method::Post, _) => format!("new ids at once, then every {}", span(seconds)),
        _ => format!("every {}", span(seconds)),
    };
    let limit = dataset.per_minute.map(|n| format!(", at most {n} requests a minute")).unwrap_or_default();
    format!("{often}{limit}")
}

fn span(seconds: u64) -> String {
    match seconds {
        s if s % 86_400 == 0 => many(s / 86_400, "day"),
        s if s % 3600 == 0 => many(s / 3600, "hour"),
        s if s % 60 == 0 => many(s / 60, "minute"),
        s => many(s, "second"),
    }
}

fn many(n: u64, what: &str) -> String {
    if n == 1 { what.to_owned() } else { format!("{n} {what}s") }
}

/// What happens to earlier rows.
pub(super) const fn keeping(keep: Keep) -> &'static str {
    match keep {
        Keep::Snapshot => "a target's rows become exactly the new set; what vanished upstream is deleted",
        Keep::Upsert => "rows are added or changed by their key, never deleted",
        Keep::Seen => {
            "like the newest set, but rows that vanish upstream stay and say when they were last seen"
        }
        Keep::Append => "rows are added and never changed: a time series",
    }
}
