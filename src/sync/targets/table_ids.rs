//! Targets from ids in other tables.
//!
//! Whoever is named in a contract has a name, an affiliation and a corporation worth knowing. So datasets may
//! take their targets from columns of other tables, and look again when those tables have changed. A look
//! reads whole columns, and tables may have millions of rows that change every few minutes. So a column is
//! read again only if its table has changed, and in the daemon only after a hundred times the duration of the
//! last read. A look thus costs at most a hundredth of the time; the larger the table, the longer new ids
//! wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tracing::{debug, info};

use crate::config;
use crate::datasets;
use crate::declare::{Column, Gone, IdColumns, Table, TableIds, TargetKey, Type};
use crate::store::{Arg, Moved, Row, Selection, StoreError, TargetKind, TargetState};

use crate::sync::{Context, Job};

/// How long a thing is still read after its end.
const OPEN_FOR: TimeDelta = TimeDelta::days(7);
/// A column is read again after this many times the duration of the last read.
const PATIENCE: u32 = 100;

/// When columns were read last.
#[derive(Debug, Default)]
pub(in crate::sync) struct ColumnReads(Mutex<BTreeMap<ColumnPlace, Look>>);

/// A table and its columns.
type ColumnPlace = (&'static str, &'static [&'static str]);

#[derive(Clone, Copy, Debug)]
struct Look {
    /// The table's revision that was read.
    revision: u64,
    again: Instant,
}

impl ColumnReads {
    /// Whether the columns may hold new ids, and a look is worth it now.
    fn is_due(&self, ids: &IdColumns, revision: u64, patient: bool) -> bool {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks
            .get(&(ids.table, ids.columns))
            .is_none_or(|look| look.revision != revision && (!patient || look.again <= Instant::now()))
    }

    fn note(&self, ids: &IdColumns, revision: u64, took: Duration) {
        let look = Look { revision, again: Instant::now() + took * PATIENCE };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((ids.table, ids.columns), look);
    }
}

/// The ids that a dataset should ask for, and whether all columns were read.
#[derive(Debug, Default)]
struct FoundIds {
    targets: BTreeSet<TargetKey>,
    moved: Vec<Moved>,
    all: bool,
}

/// Updates a dataset's targets from the tables that hold its ids. `patient`: the look may wait.
pub(in crate::sync) async fn refresh(
    ctx: &Context,
    job: &Job,
    seen: &TableIds,
    patient: bool,
) -> Result<(), StoreError> {
    let mut places = seen.ids.to_vec();
    if job.settings.ids == config::Ids::All {
        places.extend(seen.more);
    }
    // Only a look at all columns can show that an id is gone.
    let whole = seen.gone != Gone::Stays;
    let mut found = look(ctx, job, &places, patient, whole).await?;
    if let config::Ids::More(more) = &job.settings.ids {
        found.targets.extend(more.iter().map(|values| job.target_of(values)));
    }
    if whole && found.all {
        let wanted: Vec<TargetKey> = found.targets.into_iter().collect();
        let others = if seen.gone == Gone::LastLook { TargetState::Leaving } else { TargetState::Retired };
        select(ctx, job, &wanted, others).await?;
    } else {
        add_unknown(ctx, job, found.targets).await?;
    }
    if !found.moved.is_empty() {
        let (store, now) = (&ctx.store, ctx.clock.now());
        let woken = ctx.patiently(|| store.wake_moved(job.dataset.name, &found.moved, now).boxed()).await?;
        if woken > 0 {
            debug!(dataset = job.dataset.name, targets = woken, "changed since they were read");
        }
    }
    Ok(())
}

/// All ids that have names: of every column declared so.
pub(in crate::sync) async fn refresh_named(
    ctx: &Context,
    job: &Job,
    patient: bool,
) -> Result<(), StoreError> {
    let found = look(ctx, job, &named(), patient, false).await?;
    add_unknown(ctx, job, found.targets).await
}

/// Makes these the dataset's targets, if they are not already.
pub(in crate::sync) async fn select(
    ctx: &Context,
    job: &Job,
    wanted: &[TargetKey],
    others: TargetState,
) -> Result<(), StoreError> {
    let known = ctx.store.targets(job.dataset.name).await?;
    let asked = known
        .iter()
        .filter(|t| t.state.is_asked() && t.state != TargetState::Leaving && t.kind == TargetKind::Item);
    let settled = known.iter().filter(|t| t.state == TargetState::Complete);
    let current: BTreeSet<&str> = asked.map(|t| t.target.as_str()).collect();
    let settled: BTreeSet<&str> = settled.map(|t| t.target.as_str()).collect();
    if wanted.iter().map(TargetKey::as_str).filter(|t| !settled.contains(t)).collect::<BTreeSet<_>>()
        == current
    {
        return Ok(());
    }
    let selection = Selection { dataset: job.dataset.name, wanted, others };
    let now = ctx.clock.now();
    let added = ctx.patiently(|| ctx.store.select(&selection, now).boxed()).await?;
    if others == TargetState::Deselected {
        info!(dataset = job.dataset.name, selected = wanted.len(), added, "targets selected");
    }
    Ok(())
}

/// Adds those of these targets that the ledger does not have.
async fn add_unknown(ctx: &Context, job: &Job, mut targets: BTreeSet<TargetKey>) -> Result<(), StoreError> {
    if targets.is_empty() {
        return Ok(());
    }
    let sql = "SELECT target FROM sync_targets WHERE dataset = $1 AND kind = 'item'";
    for row in ctx.store.query(sql, &[job.dataset.name.into()]).await? {
        targets.remove(&TargetKey::parse(row.text("target")?.unwrap_or_default()));
    }
    if !targets.is_empty() {
        debug!(dataset = job.dataset.name, ids = targets.len(), "new ids");
        let targets: Vec<TargetKey> = targets.into_iter().collect();
        let now = ctx.clock.now();
        ctx.patiently(|| ctx.store.add(job.dataset.name, &targets, now).boxed()).await?;
    }
    Ok(())
}

/// Reads the columns that are worth reading now; with `whole`, reads all as soon as one is.
async fn look(
    ctx: &Context,
    job: &Job,
    places: &[IdColumns],
    patient: bool,
    whole: bool,
) -> Result<FoundIds, StoreError> {
    let due = |ids: &IdColumns| job.looks.is_due(ids, ctx.revision(ids.table), patient);
    let any = places.iter().any(due);
    let mut found = FoundIds { all: any, ..FoundIds::default() };
    for ids in places.iter().filter(|ids| if whole { any } else { due(ids) }) {
        let (began, revision) = (Instant::now(), ctx.revision(ids.table));
        read(ctx, job, ids, &mut found).await?;
        job.looks.note(ids, revision, began.elapsed());
    }
    Ok(found)
}

async fn read(ctx: &Context, job: &Job, ids: &IdColumns, found: &mut FoundIds) -> Result<(), StoreError> {
    let (sql, args) = statement(&ctx.store.qualified(ids.table), ids, ctx.clock.now());
    for row in ctx.store.query(&sql, &args).await? {
        let mut values = Vec::new();
        for column in ids.columns {
            values.extend(value(&row, ids.table, column)?);
        }
        if values.len() < ids.columns.len() {
            continue;
        }
        let target = job.target_of(&values);
        if let Some(column) = ids.moved {
            let version = value(&row, ids.table, column)?.unwrap_or_default();
            found.moved.push(Moved { target: target.clone(), version });
        }
        found.targets.insert(target);
    }
    Ok(())
}

/// The different ids in some columns.
fn statement(table: &str, ids: &IdColumns, now: DateTime<Utc>) -> (String, Vec<Arg>) {
    let mut conditions: Vec<String> = ids.columns.iter().map(|c| format!("{c} IS NOT NULL")).collect();
    let mut args: Vec<Arg> = Vec::new();
    if let Some((low, high)) = ids.within {
        conditions.push(format!("{} BETWEEN $1 AND $2", ids.columns[0]));
        args.extend([low.into(), high.into()]);
    }
    conditions.extend(ids.only.iter().map(ToString::to_string));
    if let Some(column) = ids.open {
        args.push((now - OPEN_FOR).into());
        conditions.push(format!("({column} IS NULL OR {column} > ${})", args.len()));
    }
    let columns: Vec<&str> = ids.columns.iter().copied().chain(ids.moved).collect();
    let sql =
        format!("SELECT DISTINCT {} FROM {} WHERE {}", columns.join(", "), table, conditions.join(" AND "));
    (sql, args)
}

/// A value as text, as a target has it.
fn value(row: &Row, table: &str, column: &str) -> Result<Option<String>, StoreError> {
    Ok(match declared(table, column).map(|c| c.ty) {
        Some(Type::Int) => row.int(column)?.map(|id| id.to_string()),
        Some(Type::Time) => row.time(column)?.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        _ => row.text(column)?,
    })
}

fn declared(table: &str, column: &str) -> Option<&'static Column> {
    let (_, table) = datasets::filling(table)?;
    table.columns.iter().find(|c| c.name == column)
}

/// All columns whose ids have names in `entity_names`.
fn named() -> Vec<IdColumns> {
    let of = |table: &'static Table| {
        table.columns.iter().filter_map(|column| {
            let within = column.named?;
            Some(IdColumns::of(table.name, std::slice::from_ref(&column.name)).within(within))
        })
    };
    datasets::tables().map(|(_, table)| table).filter(|t| !t.log).flat_map(of).collect()
}
