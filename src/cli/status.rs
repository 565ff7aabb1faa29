//! `status`: how fresh the database is, and whether somebody keeps it so.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::existing::existing;
use super::say::{self, say};
use super::table::{grouped, numbers, table};
use super::{Exit, Failure};
use crate::app::supervisor::enabled;
use crate::config::Config;
use crate::esi::COMPATIBILITY_DATE;
use crate::store::{CLOCK_SLACK, DriftRow, Row, Store, StoreError};
use crate::sync::Compatibility;
use crate::sync::watch::compatibility::Announced;

/// How many failing targets are named.
const NAMED: i64 = 10;

struct Line {
    dataset: String,
    enabled: bool,
    targets: i64,
    fresh: i64,
    stale: i64,
    failing: i64,
    rows: i64,
    deselected: i64,
    oldest_success_at: Option<DateTime<Utc>>,
    newest_success_at: Option<DateTime<Utc>>,
}

impl Line {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let n = |column| row.int(column).map(|n| n.unwrap_or(0));
        Ok(Self {
            dataset: row.text("dataset")?.unwrap_or_default(),
            enabled: row.bool("enabled")?,
            targets: n("targets")?,
            fresh: n("fresh")?,
            stale: n("stale")?,
            failing: n("failing")?,
            rows: n("rows")?,
            deselected: n("deselected")?,
            oldest_success_at: row.time("oldest_success_at")?,
            newest_success_at: row.time("newest_success_at")?,
        })
    }
}

/// Whether ESI was there when the database was last written.
struct Esi {
    state: String,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    reason: String,
}

struct Failing {
    dataset: String,
    target: String,
    failures: i64,
    due_at: Option<DateTime<Utc>>,
    error: String,
}

impl Failing {
    /// What failed, why, how often in a row, and when it is tried again, as far as the reason does not say so.
    fn words(&self) -> String {
        let what = format!("{} {}", self.dataset, self.target);
        let times = match self.failures {
            0 => None,
            1 => Some("once".to_owned()),
            n => Some(format!("{} times", grouped(n))),
        };
        let at = self.due_at.map(|t| t.format("%H:%M:%S").to_string());
        let again = at.filter(|at| !self.error.contains(at)).map(|at| format!("again at {at} UTC"));
        let more = [times, again].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let more = if more.is_empty() { more } else { format!(" ({more})") };
        format!("{}: {}{more}", what.trim_end(), self.error)
    }
}

pub(super) async fn status(config: &Config, as_json: bool) -> Result<Exit, Failure> {
    let store = existing(config).await?;
    let shown = show(config, &store, as_json).await;
    store.close().await;
    shown
}

async fn show(config: &Config, store: &Store, as_json: bool) -> Result<Exit, Failure> {
    let lines: Vec<Line> = store
        .query("SELECT * FROM sync_status ORDER BY dataset", &[])
        .await?
        .iter()
        .map(Line::read)
        .collect::<Result<_, _>>()?;
    let failing = failing(store).await?;
    let esi = esi(store).await?;
    let running = store.running().await?;
    let instance = store.instance().await?;
    let rejects = store.query("SELECT COUNT(*) AS n FROM sync_rejects", &[]).await?;
    let rejects = rejects.first().map_or(Ok(None), |r| r.int("n"))?.unwrap_or(0);
    let drift = store.drift().await?;
    let compatibility = Compatibility::read(store, &enabled(config)).await?;
    let mut warnings = config.warnings();
    let ahead = lines.iter().filter_map(|l| l.newest_success_at).any(|at| at - Utc::now() > CLOCK_SLACK);
    if ahead {
        let why = "the database was written under a clock that was ahead of this one; the daemon corrects its due times";
        warnings.push(why.to_owned());
    }
    warnings.extend(compatibility.outdated());
    warnings.extend(compatibility.changes.iter().filter(|c| c.is_severe()).map(Announced::words));
    if as_json {
        let datasets: Vec<_> = lines.iter().map(line_json).collect();
        let failing: Vec<_> = failing.iter().map(failing_json).collect();
        let whole = json!({
            "running": running,
            "holder": instance.as_ref().filter(|_| running).map(|i| &i.holder),
            "started_at": instance.as_ref().and_then(|i| i.started_at),
            "stopped_at": instance.as_ref().and_then(|i| i.stopped_at),
            "version": instance.as_ref().map(|i| &i.version),
            "esi": esi.as_ref().map(esi_json),
            "datasets": datasets,
            "failing": failing,
            "rejects": rejects,
            "drift": drift.iter().map(drift_json).collect::<Vec<_>>(),
            "compatibility": compatibility_json(&compatibility),
            "warnings": warnings,
        });
        say::json(whole);
        return Ok(Exit::Fine);
    }
    match (&instance, running) {
        (Some(i), true) => say!("running: {}, since {}", i.holder, time(i.started_at)),
        (Some(i), false) if i.stopped_at.is_some() => {
            say!("not running, stopped at {}", time(i.stopped_at));
        }
        (Some(i), false) => {
            say!("not running, and did not stop in good order (started {})", time(i.started_at));
        }
        (None, _) => say!("never run"),
    }
    if let Some(esi) = esi.filter(|esi| running && esi.state != "up") {
        let until =
            esi.until.map(|until| format!(", until {} at least", time(Some(until)))).unwrap_or_default();
        say!("ESI: {} since {}{until}: {}", esi.state, time(esi.since), esi.reason);
    }
    let mut out =
        table(&["dataset", "targets", "fresh", "stale", "failing", "rows", "oldest", "newest"], &[]);
    for line in lines.iter().filter(|l| l.enabled) {
        out.add_row([
            line.dataset.clone(),
            grouped(line.targets),
            grouped(line.fresh),
            grouped(line.stale),
            grouped(line.failing),
            grouped(line.rows),
            age(line.oldest_success_at),
            age(line.newest_success_at),
        ]);
    }
    numbers(&mut out, &[1, 2, 3, 4, 5, 6, 7]);
    say!("{out}");
    for f in &failing {
        say!("failing: {}", f.words());
    }
    if rejects > 0 {
        say!("{} records could not be stored: SELECT * FROM sync_rejects", grouped(rejects));
    }
    for d in &drift {
        say!("drift: {}", drift_words(d));
    }
    for line in lines.iter().filter(|l| l.deselected > 0) {
        say!("{}: {} targets are no longer selected; their rows stay", line.dataset, line.deselected);
    }
    for warning in warnings {
        say!("warning: {warning}");
    }
    Ok(Exit::Fine)
}

async fn esi(store: &Store) -> Result<Option<Esi>, StoreError> {
    let read = |row: &Row| {
        Ok(Esi {
            state: row.text("state")?.unwrap_or_default(),
            since: row.time("since")?,
            until: row.time("until")?,
            reason: row.text("reason")?.unwrap_or_default(),
        })
    };
    store.query("SELECT * FROM sync_esi WHERE id = 1", &[]).await?.first().map(read).transpose()
}

fn esi_json(esi: &Esi) -> serde_json::Value {
    json!({ "state": esi.state, "since": esi.since, "until": esi.until, "reason": esi.reason })
}

async fn failing(store: &Store) -> Result<Vec<Failing>, StoreError> {
    let sql = "SELECT t.* FROM sync_targets AS t JOIN sync_datasets AS d ON d.dataset = t.dataset \
               WHERE t.last_error IS NOT NULL AND d.enabled AND t.state IN ('active', 'shrunk', 'leaving') \
               ORDER BY t.last_attempt_at DESC, t.dataset, t.target LIMIT $1";
    let read = |row: &Row| {
        Ok(Failing {
            dataset: row.text("dataset")?.unwrap_or_default(),
            target: row.text("target")?.unwrap_or_default(),
            failures: row.int("failures")?.unwrap_or(0),
            due_at: row.time("due_at")?,
            error: row.text("last_error")?.unwrap_or_default(),
        })
    };
    store.query(sql, &[NAMED.into()]).await?.iter().map(read).collect()
}

fn line_json(line: &Line) -> serde_json::Value {
    json!({
        "dataset": line.dataset,
        "enabled": line.enabled,
        "targets": line.targets,
        "fresh": line.fresh,
        "stale": line.stale,
        "failing": line.failing,
        "rows": line.rows,
        "deselected": line.deselected,
        "oldest_success_at": line.oldest_success_at,
        "newest_success_at": line.newest_success_at,
    })
}

fn failing_json(f: &Failing) -> serde_json::Value {
    json!({
        "dataset": f.dataset,
        "target": f.target,
        "failures": f.failures,
        "due_at": f.due_at,
        "error": f.error,
    })
}

fn drift_words(d: &DriftRow) -> String {
    let what = match d.kind.as_str() {
        "missing" => format!("no value for {}", d.field),
        kind => format!("{kind} field `{}`", d.field),
    };
    let seen = format!("since {}, last seen {} ago", time(d.first_seen_at), age(d.last_seen_at));
    format!("{}: {what}, {} times in a reply; {seen}", d.dataset, grouped(d.records))
}

fn drift_json(d: &DriftRow) -> serde_json::Value {
    json!({
        "dataset": d.dataset,
        "field": d.field,
        "kind": d.kind,
        "records": d.records,
        "first_seen_at": d.first_seen_at,
        "last_seen_at": d.last_seen_at,
    })
}

fn compatibility_json(c: &Compatibility) -> serde_json::Value {
    let change = |change: &Announced| json!({ "date": change.date, "method": change.method, "path": change.path, "type": change.kind });
    json!({
        "date": COMPATIBILITY_DATE,
        "oldest": c.oldest,
        "newest": c.newest,
        "outdated": c.outdated().is_some(),
        "changes": c.changes.iter().map(change).collect::<Vec<_>>(),
    })
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "?".to_owned(), |t| t.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// How long ago, in the one or two units that matter.
fn age(at: Option<DateTime<Utc>>) -> String {
    let Some(at) = at else { return "never".to_owned() };
    let ago = Utc::now() - at;
    if ago < -CLOCK_SLACK {
        return "to come".to_owned();
    }
    match ago.num_seconds().max(0) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}
