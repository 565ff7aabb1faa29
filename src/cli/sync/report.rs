//! What came of a pass: for people, for programs, and as an exit code.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::cli::say::{self, complain, say};
use crate::cli::table::{grouped, numbers, table};
use crate::cli::{Exit, Failure};
use crate::declare::{Class, Dataset};
use crate::store::StoreError;
use crate::sync::{ABSENT, Context, Counts, OMITTED, Turn};

/// What came of a pass.
pub(super) struct Report {
    /// It was told to stop before its end.
    stopped: bool,
    /// Details were left to the daemon.
    details_left: bool,
    datasets: Vec<DatasetReport>,
}

/// What came of one dataset.
struct DatasetReport {
    name: &'static str,
    /// The operator named it.
    named: bool,
    turn: Turn,
    counts: Counts,
    failing: Failing,
    /// Where nothing was asked: when the first of its replies expires.
    fresh_until: Option<DateTime<Utc>>,
}

/// The targets of a dataset whose last attempt failed. Ids that ESI does not know are not among them.
#[derive(Default)]
struct Failing {
    targets: i64,
    again_at: Option<DateTime<Utc>>,
    error: Option<String>,
    /// Why a set of one of them is held.
    held: Option<String>,
}

impl Report {
    pub(super) async fn of(
        ctx: &Context,
        totals: &[(&'static Dataset, Turn)],
        names: &[String],
        details: bool,
    ) -> Result<Self, Failure> {
        let counts = ctx.progress.snapshot();
        let mut datasets = Vec::new();
        for (dataset, turn) in totals {
            let mut failing = failing(ctx, dataset.name).await?;
            if failing.error.is_none() && turn.failed > 0 {
                let condition = ctx.client.condition().reason;
                failing.error = Some(if condition.is_empty() { "see the log".to_owned() } else { condition });
            }
            datasets.push(DatasetReport {
                name: dataset.name,
                named: names.iter().any(|name| name == dataset.name),
                turn: *turn,
                counts: counts.get(dataset.name).copied().unwrap_or_default(),
                failing,
                fresh_until: if turn.attempts == 0 { fresh_until(ctx, dataset.name).await? } else { None },
            });
        }
        let details_left =
            totals.iter().any(|(d, _)| d.class == Class::Detail) && names.is_empty() && !details;
        Ok(Self { stopped: ctx.stop.is_cancelled(), details_left, datasets })
    }

    /// A failed attempt is a failure, and so is a dataset that was asked for by name and is not whole.
    pub(super) fn exit(&self) -> Exit {
        let failed = self.stopped || self.datasets.iter().any(DatasetReport::has_failed);
        if failed { Exit::Failed } else { Exit::Fine }
    }

    pub(super) fn print(&self) {
        let mut out = table(&["dataset", "attempts", "failed", "pages", "records", "rows written"], &[]);
        let asked = || self.datasets.iter().filter(|dataset| dataset.turn.attempts > 0);
        for DatasetReport { name, turn, counts, .. } in asked() {
            out.add_row([
                (*name).to_owned(),
                grouped(turn.attempts),
                grouped(turn.failed),
                grouped(counts.pages),
                grouped(counts.rows),
                grouped(counts.written),
            ]);
        }
        numbers(&mut out, &[1, 2, 3, 4, 5]);
        if asked().next().is_some() {
            say!("{out}");
        }
        if self.stopped {
            complain!("esi-syncd: stopped before the end; the next pass does the rest");
            return;
        }
        for dataset in
            self.datasets.iter().filter(|dataset| dataset.turn.attempts == 0 && !dataset.has_failed())
        {
            match dataset.fresh_until {
                Some(until) => say!("{}: nothing to do before {}", dataset.name, time(until)),
                None => say!("{}: nothing to do", dataset.name),
            }
        }
        if self.details_left && asked().next().is_some() {
            say!("Details (regions, systems, ..) are filled by the daemon, or now with `sync --all`.");
        }
        for dataset in self.datasets.iter().filter(|dataset| dataset.has_failed()) {
            for trouble in dataset.troubles() {
                complain!("esi-syncd: {trouble}");
            }
        }
    }

    pub(super) fn print_json(&self) {
        let datasets: Vec<_> = self.datasets.iter().map(DatasetReport::as_json).collect();
        say::json(json!({ "exit_code": self.exit().code(), "stopped": self.stopped, "datasets": datasets }));
        if self.stopped {
            complain!("esi-syncd: stopped before the end; the next pass does the rest");
        }
    }
}

impl DatasetReport {
    fn has_failed(&self) -> bool {
        self.turn.failed + self.turn.held > 0 || self.named && self.failing.targets > 0
    }

    /// What failed or was held, and why; where nothing was asked, also when it is asked again.
    fn troubles(&self) -> Vec<String> {
        let Self { name, turn, failing, .. } = self;
        let why = failing.error.as_deref().unwrap_or("see the log");
        let mut troubles = Vec::new();
        if turn.held > 0 {
            let held = failing.held.as_deref().unwrap_or("see the log");
            troubles.push(format!("{name}: {} of {} sets not stored: {held}", turn.held, turn.attempts));
        }
        if turn.failed > 0 {
            troubles.push(format!("{name}: {} of {} attempts failed: {why}", turn.failed, turn.attempts));
        }
        if !troubles.is_empty() {
            return troubles;
        }
        let again = failing.again_at.map(|at| format!(" (asked again at {})", time(at))).unwrap_or_default();
        vec![format!("{name}: not asked now; {} of its targets failed before: {why}{again}", failing.targets)]
    }

    fn as_json(&self) -> serde_json::Value {
        json!({
            "dataset": self.name,
            "attempts": self.turn.attempts,
            "failed": self.turn.failed,
            "held": self.turn.held,
            "pages": self.counts.pages,
            "records": self.counts.rows,
            "rows_written": self.counts.written,
            "failing_targets": self.failing.targets,
            "again_at": self.failing.again_at,
            "error": self.failing.error,
            "fresh_until": self.fresh_until,
        })
    }
}

async fn failing(ctx: &Context, dataset: &str) -> Result<Failing, StoreError> {
    let sql = "SELECT COUNT(*) AS n, MIN(due_at) AS due_at, MIN(last_error) AS error, \
               MIN(CASE WHEN state = 'shrunk' THEN last_error END) AS held FROM sync_targets \
               WHERE dataset = $1 AND last_error IS NOT NULL AND state IN ('active', 'shrunk', 'leaving') \
               AND last_error NOT LIKE $2 AND last_error <> $3";
    let args = [dataset.into(), format!("{ABSENT}%").into(), OMITTED.into()];
    let rows = ctx.store.query(sql, &args).await?;
    let Some(row) = rows.first() else { return Ok(Failing::default()) };
    Ok(Failing {
        targets: row.int("n")?.unwrap_or(0),
        again_at: row.time("due_at")?,
        error: row.text("error")?,
        held: row.text("held")?,
    })
}

async fn fresh_until(ctx: &Context, dataset: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let sql = "SELECT MIN(CASE WHEN last_error IS NOT NULL AND due_at > COALESCE(expires_at, due_at) THEN due_at \
               ELSE COALESCE(expires_at, due_at) END) AS until FROM sync_targets WHERE dataset = $1 \
               AND (expires_at IS NOT NULL OR last_error IS NOT NULL)";
    let rows = ctx.store.query(sql, &[dataset.into()]).await?;
    rows.first().map_or(Ok(None), |row| row.time("until"))
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
