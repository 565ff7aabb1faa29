//! `check`: is everything in place? Each line says ok, warn or fail, and what to do.

use std::path::Path;
use std::time::Duration;

use super::plan::{dialect, plan_input, shortages, size, size_line, total_space};
use super::say::say;
use super::{Exit, Failure};
use crate::app::supervisor::{enabled, location, open_client};
use crate::clock::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::datasets;
use crate::declare::Ttl;
use crate::esi::{COMPATIBILITY_DATE, Client, FetchErrorKind, Reply, Request};
use crate::plan::{Plan, PlanInput};
use crate::store::{Store, StoreError, newest};
use crate::sync::{Compatibility, unknown_regions};

/// How long the database and ESI get to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Less than this left free is worth a warning, whatever is planned.
const LITTLE_SPACE: u64 = 1 << 29;
/// A limit that is used by more than this leaves nothing to others behind the same address.
const NEARLY_ALL: f64 = 0.9;
/// A clock that is off by more is worth a warning.
const SKEW: i64 = 60;

/// What is said, and the worst of it.
struct Report {
    exit: Exit,
}

impl Report {
    #[expect(clippy::unused_self, reason = "reads like its siblings")]
    fn ok(&self, what: &str, text: &str) {
        say!("ok    {what:14} {text}");
    }

    #[expect(clippy::unused_self, reason = "reads like its siblings")]
    fn warn(&self, what: &str, text: &str) {
        say!("warn  {what:14} {text}");
    }

    fn fail(&mut self, what: &str, text: &str, exit: Exit) {
        say!("fail  {what:14} {text}");
        if self.exit == Exit::Fine {
            self.exit = exit;
        }
    }
}

pub(super) async fn check(config: &Config) -> Result<Exit, Failure> {
    let mut report = Report { exit: Exit::Fine };
    configuration(config, &report);
    let seen = database(config, &mut report).await;
    let plan = Plan::of(config, &seen.known);
    limits(&plan, &report);
    disk(config, &plan, seen.bytes, &report);
    let client = open_client(config, &Clock::system())?;
    esi(&client, &mut report).await;
    client.close();
    Ok(report.exit)
}

fn configuration(config: &Config, report: &Report) {
    let enabled = config.datasets.values().filter(|d| d.enabled).count();
    report.ok("configuration", &format!("{enabled} datasets enabled"));
    for warning in config.warnings() {
        report.warn("configuration", &warning);
    }
}

/// What the database could tell for the plan.
#[derive(Default)]
struct Seen {
    known: PlanInput,
    bytes: u64,
}

async fn database(config: &Config, report: &mut Report) -> Seen {
    let opened = tokio::time::timeout(PATIENCE, Store::open_to_read(&location(config))).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => {
            unopened(config, &error, report);
            return Seen::default();
        }
        Err(_) => {
            report.fail("database", "no answer within 10 s: is the server running?", Exit::Failed);
            return Seen::default();
        }
    };
    if let Err(error) = look_at(config, &store, report).await {
        report.fail("database", &error.to_string(), Failure::from(error).exit);
    }
    let seen = Seen {
        known: plan_input(config, &store).await.unwrap_or_default(),
        bytes: store.bytes().await.unwrap_or_default(),
    };
    store.close().await;
    seen
}

fn unopened(config: &Config, error: &StoreError, report: &mut Report) {
    if let (DatabaseUrl::Sqlite(path), StoreError::Unavailable(_)) = (&config.database.url, error) {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return match tempfile_in(folder) {
            Ok(()) => report.ok("database", &format!("{} will be created at the first run", path.display())),
            Err(e) => report.fail(
                "database",
                &format!("{} cannot be created: {e}; make its folder writable", path.display()),
                Exit::Denied,
            ),
        };
    }
    let exit = match error {
        StoreError::Denied(_) => Exit::Denied,
        StoreError::Foreign(_) => Exit::Configuration,
        _ => Exit::Failed,
    };
    report.fail("database", &format!("{error}; check [database] url, and that the server runs"), exit);
}

/// Whether a file can be created in the folder, or in the nearest one above it that exists.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let mut folder = folder;
    while !folder.exists() {
        folder = folder.parent().unwrap_or(Path::new("/"));
    }
    let probe = folder.join(format!(".esi-syncd-check-{}", std::process::id()));
    std::fs::File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}

async fn look_at(config: &Config, store: &Store, report: &mut Report) -> Result<(), StoreError> {
    report.ok("database", &store.software().await?);
    let (has, knows) = (store.schema_version().await?, newest(store.dialect()));
    if has == 0 {
        report.ok("schema", "none yet; the first run creates the tables");
        return Ok(());
    }
    match has.cmp(&knows) {
        std::cmp::Ordering::Equal => report.ok("schema", &format!("version {has}")),
        std::cmp::Ordering::Less => {
            report.warn("schema", &format!("version {has}; the next start brings it to {knows}"));
        }
        std::cmp::Ordering::Greater => report.fail(
            "schema",
            &format!("version {has} is newer than this esi-syncd ({knows}); upgrade esi-syncd"),
            Exit::Configuration,
        ),
    }
    match store.try_write().await {
        Ok(()) => report.ok("writing", "the database takes writes"),
        Err(error) if error.is_transient() => {
            report.warn("writing", &format!("another program holds a write lock right now ({error})"));
        }
        Err(error) => report.fail("writing", &error.to_string(), Exit::Denied),
    }
    if store.running().await? {
        let holder = store.instance().await?.map(|i| i.holder).unwrap_or_default();
        report.ok("instance", &format!("the daemon is running: {holder}"));
    }
    compatibility(config, store, report).await?;
    for (name, settings) in &config.datasets {
        let Some(regions) = settings.regions.as_ref().filter(|_| settings.enabled) else { continue };
        for region in unknown_regions(store, regions).await? {
            report.warn("regions", &format!("[datasets.{name}]: {region}"));
        }
    }
    Ok(())
}

/// What the copy of ESI's own tables says about the compiled-in date.
async fn compatibility(config: &Config, store: &Store, report: &mut Report) -> Result<(), StoreError> {
    let found = Compatibility::read(store, &enabled(config)).await?;
    let what = "compatibility";
    match (found.outdated(), &found.oldest, &found.newest) {
        (Some(text), ..) => report.fail(what, &text, Exit::Failed),
        (None, Some(oldest), Some(newest)) => {
            report.ok(what, &format!("date {COMPATIBILITY_DATE}; ESI serves {oldest} to {newest}"));
        }
        _ => report.ok(what, &format!("date {COMPATIBILITY_DATE}; not known yet which ones ESI serves")),
    }
    for change in found.changes.iter().filter(|change| change.is_severe()) {
        report.warn(what, &change.words());
    }
    Ok(())
}

/// Says where ESI's limits do not suffice for what is configured, or hardly do.
fn limits(plan: &Plan, report: &Report) {
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
fn disk(config: &Config, plan: &Plan, has: u64, report: &Report) {
    let dialect = dialect(config);
    let total = total_space(plan, dialect);
    report.ok("size", &size_line(&total, dialect));
    let DatabaseUrl::Sqlite(path) = &config.database.url else { return };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
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

fn clock(skew: i64, report: &Report) {
    if skew.abs() > SKEW {
        let text = format!("is {skew} s ahead of ESI's: expiry is still kept, but set the clock (NTP)");
        report.warn("clock", &text);
    } else {
        report.ok("clock", &format!("agrees with ESI's ({skew} s)"));
    }
}
