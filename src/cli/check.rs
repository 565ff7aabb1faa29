//! `check`: is everything in place? Each line says ok, warn or fail, and what to do.

mod database;

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::plan::{dialect, shortages, size, size_line, total_space};
use super::say::{self, say};
use super::{Exit, Failure};
use crate::app::supervisor::open_client;
use crate::clock::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::datasets;
use crate::declare::Ttl;
use crate::esi::{Client, FetchErrorKind, Reply, Request};
use crate::plan::Plan;

/// How long the database and ESI get to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Less than this left free is worth a warning, whatever is planned.
const LITTLE_SPACE: u64 = 1 << 29;
/// A limit that is used by more than this leaves nothing to others behind the same address.
const NEARLY_ALL: f64 = 0.9;
/// A clock that is off by more is worth a warning.
const SKEW: i64 = 60;

/// How a line of the report begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ok,
    Warn,
    Fail,
}

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What is said, and the worst of it.
struct Report {
    exit: Exit,
    as_json: bool,
    lines: Vec<(Level, &'static str, String)>,
}

impl Report {
    fn ok(&mut self, what: &'static str, text: &str) {
        self.add(Level::Ok, what, text);
    }

    fn warn(&mut self, what: &'static str, text: &str) {
        self.add(Level::Warn, what, text);
    }

    fn fail(&mut self, what: &'static str, text: &str, exit: Exit) {
        self.add(Level::Fail, what, text);
        if self.exit == Exit::Fine {
            self.exit = exit;
        }
    }

    /// People see each line as soon as it is known, programs all of them at the end.
    fn add(&mut self, level: Level, what: &'static str, text: &str) {
        if !self.as_json {
            say!("{:4}  {what:14} {text}", level.name());
        }
        self.lines.push((level, what, text.to_owned()));
    }

    fn print_json(&self) {
        let line = |(level, what, text): &(Level, &str, String)| json!({ "level": level.name(), "what": what, "text": text });
        let worst = self.lines.iter().map(|(level, ..)| *level).max().unwrap_or(Level::Ok);
        say::json(json!({
            "exit_code": self.exit.code(),
            "result": worst.name(),
            "checks": self.lines.iter().map(line).collect::<Vec<_>>(),
        }));
    }
}

pub(super) async fn check(config: &Config, as_json: bool) -> Result<Exit, Failure> {
    let mut report = Report { exit: Exit::Fine, as_json, lines: Vec::new() };
    configuration(config, &mut report);
    let seen = database::look(config, &mut report).await;
    let plan = Plan::of(config, &seen.known);
    limits(&plan, &mut report);
    disk(config, &plan, seen.bytes, &mut report);
    let client = open_client(config, &Clock::system())?;
    esi(&client, &mut report).await;
    client.close();
    if as_json {
        report.print_json();
    }
    Ok(report.exit)
}

fn configuration(config: &Config, report: &mut Report) {
    let enabled = config.datasets.values().filter(|d| d.enabled).count();
    report.ok("configuration", &format!("{enabled} datasets enabled"));
    for warning in config.warnings() {
        report.warn("configuration", &warning);
    }
}

/// Says where ESI's limits do not suffice for what is configured, or hardly do.
fn limits(plan: &Plan, report: &mut Report) {
    for shortage in shortages(plan) {
        report.warn("limits", &shortage.replace('\n', " "));
    }
    let mut tight = plan.limits.iter().filter(|limit| limit.fits() && limit.used() > NEARLY_ALL).peekable();
    if plan.fits() && tight.peek().is_none() {
        report.ok("limits", "ESI's limits suffice; `esi-syncd plan` shows how far");
    }
    for limit in tight {
        let text = format!(
            "{}: {:.0} % of our share is planned for; other programs behind the same address would run into it",
            limit.name,
            limit.used() * 100.0
        );
        report.warn("limits", &text);
    }
}

/// What the data will take, beside what is free.
fn disk(config: &Config, plan: &Plan, has: u64, report: &mut Report) {
    let dialect = dialect(config);
    let total = total_space(plan, dialect);
    report.ok("size", &size_line(&total, dialect));
    let DatabaseUrl::Sqlite(path) = &config.database.url else { return };
    let folder = database::folder_of(path);
    let Ok(free) = free_space(folder) else { return };
    let year = total.bytes + total.yearly_bytes;
    let text = format!(
        "needs about {} in the first year; {} free for {}",
        size(year),
        size(real(free)),
        path.display()
    );
    if real(free) + real(has) < year {
        report.warn("disk", &format!("{text}; choose fewer datasets, or a shorter `keep` for time series"));
    } else if free < LITTLE_SPACE {
        report.warn("disk", &format!("{text}; that is little"));
    } else {
        report.ok("disk", &text);
    }
}

/// Bytes that an ordinary user may still write there.
fn free_space(folder: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn real(bytes: u64) -> f64 {
    bytes as f64
}

async fn esi(client: &Client, report: &mut Report) {
    let request = Request {
        group: datasets::find(datasets::well_known::SERVER_STATUS).and_then(|d| d.group),
        ttl: Ttl::Seconds(30),
        cannot_fail: true,
        ..Request::get("/status", "/status")
    };
    match tokio::time::timeout(PATIENCE, client.fetch(&request)).await {
        Ok(Ok(reply)) => {
            let players = match &reply {
                Reply::Body(_, body) => serde_json::from_slice::<serde_json::Value>(body).ok(),
                Reply::NotModified(_) => None,
            };
            let players = players.and_then(|v| v["players"].as_i64()).unwrap_or(0);
            report.ok("ESI", &format!("answers; {players} players online"));
            clock(reply.meta().clock_skew.map_or(0, |s| s.num_seconds()), report);
        }
        Ok(Err(error)) if error.kind == FetchErrorKind::Outdated => {
            report.fail("ESI", &error.message, Exit::Failed);
        }
        Ok(Err(error)) if error.kind == FetchErrorKind::Certificate => report.fail(
            "ESI",
            &format!("{error}; is a proxy rewriting TLS, or are the system's certificates missing?"),
            Exit::Failed,
        ),
        Ok(Err(error)) => {
            report.fail("ESI", &format!("{error}; check network, proxy and [esi] base_url"), Exit::Failed);
        }
        Err(_) => {
            report.fail(
                "ESI",
                "no answer within 10 s; check network, proxy and [esi] base_url",
                Exit::Failed,
            );
        }
    }
}

fn clock(skew: i64, report: &mut Report) {
    if skew.abs() > SKEW {
        let text = format!("is {skew} s ahead of ESI's: expiry is still kept, but set the clock (NTP)");
        report.warn("clock", &text);
    } else {
        report.ok("clock", &format!("agrees with ESI's ({skew} s)"));
    }
}
