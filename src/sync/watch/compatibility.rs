//! Checks our compatibility date against what the tables say about ESI.
//!
//! The date is compiled in, so the daemon can only report: that ESI no longer lists a date as old as ours,
//! that newer dates exist, and what these change in enabled routes. It reads the tables and not ESI, so that
//! `check` and `status` report the same at any time, and nothing is reported of a copy that does not exist.
//!
//! What a reader could still get wrong: the changelog decides nothing. A `breaking` entry says what a newer
//! date would break; it does not say that anything is broken now.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{Level, debug, error, info, warn};

use crate::datasets::well_known::{CHANGELOG, COMPATIBILITY_DATES};
use crate::declare::Dataset;
use crate::esi::COMPATIBILITY_DATE;
use crate::store::{Row, Store, StoreError, newest};
use crate::sync::Context;

/// How often the watch looks whether ESI was read again.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// An old date is reported once a day, whether ESI is read again or not.
const SAY_EVERY: TimeDelta = TimeDelta::hours(24);

/// What the tables say about our compatibility date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compatibility {
    /// The oldest date that ESI serves; `None` if ESI was never read.
    pub oldest: Option<String>,
    /// The newest.
    pub newest: Option<String>,
    /// What newer dates change in enabled routes, by date.
    pub changes: Vec<Announced>,
}

/// An entry of ESI's changelog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Announced {
    /// The compatibility date from which the change applies.
    pub date: String,
    /// The method of the route.
    pub method: String,
    /// The path of the route.
    pub path: String,
    /// `breaking`, `changed`, `new` or `removed`.
    pub kind: String,
}

impl Announced {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| row.text(column).map(Option::unwrap_or_default);
        Ok(Self { date: text("day")?, method: text("method")?, path: text("path")?, kind: text("type")? })
    }

    /// Whether moving to that date needs another declaration.
    #[must_use]
    pub fn is_severe(&self) -> bool {
        matches!(self.kind.as_str(), "breaking" | "removed")
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { date, method, path, kind } = self;
        format!("compatibility date {date} announces: {method} {path} ({kind})")
    }
}

impl Compatibility {
    /// Reads the tables. `enabled` are the datasets whose routes matter.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn read(store: &Store, enabled: &[&'static Dataset]) -> Result<Self, StoreError> {
        if store.schema_version().await? < newest(store.dialect()) {
            return Ok(Self::default());
        }
        let sql = "SELECT CAST(MIN(date) AS TEXT) AS oldest, CAST(MAX(date) AS TEXT) AS newest \
                   FROM esi_compatibility_dates";
        let rows = store.query(sql, &[]).await?;
        let date = |column| rows.first().map_or(Ok(None), |row| row.text(column));
        let sql = "SELECT CAST(date AS TEXT) AS day, method, path, type FROM esi_changelog";
        let all: Vec<Announced> =
            store.query(sql, &[]).await?.iter().map(Announced::read).collect::<Result<_, _>>()?;
        let ours: BTreeSet<(String, String)> = enabled.iter().flat_map(|dataset| routes(dataset)).collect();
        let touches = |entry: &Announced| ours.contains(&(entry.method.clone(), shape(&entry.path)));
        let newer = |entry: &Announced| entry.date.as_str() > COMPATIBILITY_DATE;
        let mut changes: Vec<Announced> =
            all.into_iter().filter(|entry| newer(entry) && touches(entry)).collect();
        changes.sort();
        Ok(Self { oldest: date("oldest")?, newest: date("newest")?, changes })
    }

    /// What to report if ESI no longer lists a date as old as ours.
    #[must_use]
    pub fn outdated(&self) -> Option<String> {
        let oldest = self.oldest.as_deref().filter(|oldest| *oldest > COMPATIBILITY_DATE)?;
        Some(format!(
            "the oldest compatibility date that ESI serves is {oldest}, ours is {COMPATIBILITY_DATE}: install a newer \
             esi-syncd"
        ))
    }

    /// The newest date, if it is newer than ours.
    #[must_use]
    pub fn newer(&self) -> Option<&str> {
        self.newest.as_deref().filter(|newest| *newest > COMPATIBILITY_DATE)
    }
}

/// The operations of a dataset, as the changelog writes them.
fn routes(dataset: &Dataset) -> Vec<(String, String)> {
    let own = dataset.operation();
    let (method, path) = own.split_once(' ').unwrap_or_default();
    let list = dataset.id_list().map(|list| ("GET".to_owned(), shape(list.path)));
    [(method.to_owned(), shape(path))].into_iter().chain(list).collect()
}

/// A path without the names of its parameters, which may differ between dates.
fn shape(path: &str) -> String {
    let steps = path.split('/').map(|step| if step.starts_with('{') { "{}" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

/// What has been reported since the process started.
#[derive(Debug, Default)]
struct Statements {
    read_at: Option<DateTime<Utc>>,
    outdated_at: Option<DateTime<Utc>>,
    newest: Option<String>,
    changes: BTreeSet<Announced>,
}

/// Reports what the tables say, after each time they were read from ESI, until the context's `stop`.
pub async fn watch(ctx: Arc<Context>, enabled: Vec<&'static Dataset>) {
    if !enabled.iter().any(|dataset| [COMPATIBILITY_DATES, CHANGELOG].contains(&dataset.name)) {
        return;
    }
    let mut said = Statements::default();
    while !ctx.stop.is_cancelled() {
        if let Err(error) = said.look(&ctx, &enabled).await {
            debug!(%error, "cannot judge the compatibility date; trying again later");
        }
        tokio::select! {
            () = ctx.clock.sleep(LOOK_EVERY) => {}
            () = ctx.stop.cancelled() => {}
        }
    }
}

impl Statements {
    async fn look(&mut self, ctx: &Context, enabled: &[&'static Dataset]) -> Result<(), StoreError> {
        let mut read_at = None;
        for dataset in [COMPATIBILITY_DATES, CHANGELOG] {
            read_at = read_at.max(ctx.store.target(dataset, "").await?.and_then(|t| t.last_success_at));
        }
        let now = ctx.clock.now();
        let overdue = self.outdated_at.is_some_and(|at| now - at >= SAY_EVERY);
        if read_at != self.read_at || overdue {
            let found = Compatibility::read(&ctx.store, enabled).await?;
            for (level, text) in self.news(found, now) {
                match level {
                    Level::ERROR => error!("{text}"),
                    Level::WARN => warn!("{text}"),
                    _ => info!("{text}"),
                }
            }
            self.read_at = read_at;
        }
        Ok(())
    }

    /// What to report now: each thing once, but an old date once a day, because it will stop everything.
    fn news(&mut self, found: Compatibility, now: DateTime<Utc>) -> Vec<(Level, String)> {
        let mut news = Vec::new();
        match found.outdated() {
            Some(text) if self.outdated_at.is_none_or(|at| now - at >= SAY_EVERY) => {
                news.push((Level::ERROR, text));
                self.outdated_at = Some(now);
            }
            Some(_) => {}
            None => self.outdated_at = None,
        }
        if let Some(date) = found.newer().filter(|date| self.newest.as_deref() != Some(*date)) {
            let text = format!("ESI serves compatibility date {date}, ours is {COMPATIBILITY_DATE}");
            news.push((Level::INFO, format!("{text}: `esi-syncd spec diff` says what that changes")));
        }
        self.newest = found.newest;
        for entry in found.changes {
            let level = if entry.is_severe() { Level::WARN } else { Level::INFO };
            let words = entry.words();
            if self.changes.insert(entry) {
                news.push((level, words));
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn found(oldest: &str, newest: &str, changes: &[(&str, &str)]) -> Compatibility {
        let change = |(path, kind): &(&str, &str)| Announced {
            date: "2026-09-22".to_owned(),
            method: "GET".to_owned(),
            path: (*path).to_owned(),
            kind: (*kind).to_owned(),
        };
        Compatibility {
            oldest: Some(oldest.to_owned()),
            newest: Some(newest.to_owned()),
            changes: changes.iter().map(change).collect(),
        }
    }

    #[test]
    fn an_old_date_is_said_daily_until_it_is_not() {
        let mut said = Statements::default();
        let old = || found("2027-01-01", "2027-01-01", &[]);
        let errors = |said: &mut Statements, found, hours| {
            said.news(found, at(hours)).iter().filter(|(level, _)| *level == Level::ERROR).count()
        };
        assert_eq!([0, 1, 23, 24, 47, 48].map(|h| errors(&mut said, old(), h)), [1, 0, 0, 1, 0, 1]);
        assert_eq!(
            errors(&mut said, found("2026-08-18", "2027-01-01", &[]), 49),
            0,
            "as old as ours will do"
        );
        assert_eq!(errors(&mut said, old(), 50), 1, "and again if it comes back");
    }

    #[test]
    fn news_is_said_once() {
        let mut said = Statements::default();
        let ours = || found("2020-01-01", COMPATIBILITY_DATE, &[]);
        assert_eq!(said.news(ours(), at(0)), [], "nothing is newer");
        let changes = [("/status", "breaking"), ("/wars", "changed")];
        let news = said.news(found("2020-01-01", "2026-09-22", &changes), at(1));
        assert_eq!(
            news.iter().map(|(level, _)| *level).collect::<Vec<_>>(),
            [Level::INFO, Level::WARN, Level::INFO]
        );
        assert_eq!(said.news(found("2020-01-01", "2026-09-22", &changes), at(25)), []);
        let more = [changes[0], changes[1], ("/status", "removed")];
        let news = said.news(found("2020-01-01", "2026-09-22", &more), at(49));
        let words = "compatibility date 2026-09-22 announces: GET /status (removed)".to_owned();
        assert_eq!(news, [(Level::WARN, words)]);
    }
}
