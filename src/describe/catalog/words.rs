//! Declarations in words, for documents.

use std::fmt::Write as _;

use crate::declare::{Complete, Dataset, IdColumns, Method, Pages, Retention, TableIds, Targets, Ttl};

/// Where the ids of a dataset's targets come from.
#[must_use]
pub fn ids(dataset: &Dataset) -> String {
    match &dataset.targets {
        Targets::Once => "none: the route has no parameter".to_owned(),
        Targets::Regions(_) => "the regions that the configuration selects".to_owned(),
        Targets::Listed(list) => format!("`GET {}`", list.path),
        Targets::FromTables(from) => places(from),
        Targets::Batched { ids, batch } => format!("{}, {batch} ids a request", places(ids)),
        Targets::Named { batch } => {
            format!("every column whose ids have public names, {batch} ids a request")
        }
        Targets::Pairs(pairs) => {
            format!("pairs of region and type with open orders in `{}`, the busiest first", pairs.orders)
        }
    }
}

/// The columns that hold the ids, and the list and the columns that `ids = "all"` adds.
fn places(from: &TableIds) -> String {
    let mut words: Vec<String> = from.ids.iter().map(source).collect();
    if words.is_empty() {
        words.push("the ids that the configuration lists".to_owned());
    }
    let list = from.list.map(|list| format!("`GET {}`", list.path));
    let more: Vec<String> = from.more.iter().map(source).chain(list).collect();
    if !more.is_empty() {
        words.push(format!("with `ids = \"all\"` also {}", more.join(", ")));
    }
    words.join("; ")
}

fn source(ids: &IdColumns) -> String {
    let mut words = format!("`{}.{}`", ids.table, ids.columns.join(", "));
    if let Some((low, high)) = ids.within.filter(|(_, high)| *high != i64::MAX) {
        let _ = write!(words, " ({low} to {high})");
    }
    if !ids.only.is_empty() {
        let conditions: Vec<String> = ids.only.iter().map(ToString::to_string).collect();
        let _ = write!(words, " where `{}`", conditions.join(" AND "));
    }
    if let Some(column) = ids.open {
        let _ = write!(words, " until a week after `{column}`");
    }
    if let Some(column) = ids.moved {
        let _ = write!(words, ", whenever `{column}` has changed");
    }
    words
}

/// A dataset's route: method, path, and how the reply is split.
pub(in crate::describe::catalog) fn route(dataset: &Dataset) -> String {
    let pages = match dataset.pages {
        Pages::One => "",
        Pages::Numbered => ", in numbered pages",
        Pages::Cursor => ", along a cursor",
        Pages::Walk(_) => ", walked backwards",
    };
    format!("`{}`{pages}", dataset.operation())
}

/// The default cadence of a dataset.
#[must_use]
pub fn cadence(dataset: &Dataset) -> String {
    let seconds = dataset.period().as_secs();
    let often = match (dataset.method, dataset.ttl) {
        _ if dataset.complete == Complete::Once => "once".to_owned(),
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
pub(in crate::describe::catalog) const fn retention(retention: Retention) -> &'static str {
    match retention {
        Retention::Snapshot => {
            "a target's rows become exactly the new set; rows that vanish upstream are deleted"
        }
        Retention::Upsert => "rows are added or changed by their key, never deleted",
        Retention::Track => {
            "like the newest set, but rows that vanish upstream stay, and `last_seen_at` says when they were last there"
        }
        Retention::Append => "rows are added and never changed: a time series",
    }
}
