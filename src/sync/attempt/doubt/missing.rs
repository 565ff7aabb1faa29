//! Values and lists that ESI must send and that are missing en masse.
//!
//! A single missing value is stored as NULL and counted as drift. If many values are missing, the stored ones
//! are likely to be better, and the set is doubtful. Where nothing better is stored nothing can be lost, but
//! such a reply does not settle a target that is asked only once.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::declare::{Body, Dataset, Retention, Source, Table};
use crate::rows::{Batch, Cell, Page, typed};
use crate::store::{Arg, StoreError, Target};
use crate::sync::{Context, Job};

use super::doubts::{Doubts, is_mass};
use super::shrink_guard;

/// How many stored rows are looked up to see whether they have the value.
const SAMPLE: usize = 200;

/// What is missing en masse.
#[derive(Debug, Default)]
pub(in crate::sync) struct Missing {
    /// Missing values where the stored rows have better ones.
    pub lost: Doubts,
    /// Missing values that the stored rows lack too.
    pub unknown: Doubts,
}

/// The columns and lists that are missing en masse on any of these pages.
pub(in crate::sync) fn names<'a>(
    dataset: &Dataset,
    pages: impl Iterator<Item = &'a Page>,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for page in pages {
        for (name, &missing) in &page.drift.missing {
            let missing = usize::try_from(missing).unwrap_or(usize::MAX);
            let of = place(dataset, name).map_or(0, |(at, list)| holders(page, at, list.is_some()));
            if is_mass(missing, of.max(1)) && !names.contains(name) {
                names.insert(name.clone());
            }
        }
    }
    names
}

/// The table, by position, and the list's name if a list is meant (`table.list[]`) and not a column
/// (`table.column`).
fn place<'a>(dataset: &Dataset, name: &'a str) -> Option<(usize, Option<&'a str>)> {
    let (table, rest) = name.split_once('.')?;
    let at = dataset.tables.iter().position(|t| t.name == table)?;
    Some((at, rest.strip_suffix("[]")))
}

/// How many rows, or records around lists, could have it on a page.
fn holders(page: &Page, at: usize, list: bool) -> usize {
    let batch = &page.batches[at];
    if !list {
        return batch.rows();
    }
    let Some((outer, _)) = batch.table.at.rsplit_once('.') else { return page.records };
    page.batches.iter().find(|b| b.table.at == outer).map_or(0, Batch::rows)
}

/// Judges the missing values: compares them with the stored rows.
pub(in crate::sync) async fn judge(
    ctx: &Context,
    job: &Job,
    target: &Target,
    names: &BTreeSet<String>,
    page: &Page,
) -> Result<Missing, StoreError> {
    let mut missing = Missing::default();
    let is_known = target.last_success_at.is_some();
    for name in names {
        let Some((at, list)) = place(job.dataset, name) else { continue };
        let count = page.drift.missing.get(name).copied().unwrap_or(0);
        let (better, words) = if let Some(list) = list {
            (is_known && target.rows > 0, format!("{count} records lack the list {list}"))
        } else {
            let better = would_lose(ctx, job, target, &page.batches[at], name).await?;
            (better, format!("{count} records have no value for {name}"))
        };
        let doubts = if better { &mut missing.lost } else { &mut missing.unknown };
        doubts.add(format!("no:{name}"), words);
    }
    Ok(missing)
}

/// Holds one reply of many, because its records lack values that the stored rows have. Only the end of all
/// replies clears the doubt.
pub(in crate::sync) async fn hold(
    ctx: &Context,
    job: &Job,
    entry: &mut Target,
    page: &Page,
    version: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let names = names(job.dataset, std::iter::once(page));
    if names.is_empty() {
        return Ok(None);
    }
    let lost = judge(ctx, job, entry, &names, page).await?.lost;
    if lost.is_empty() {
        return Ok(None);
    }
    Ok(shrink_guard::hold(entry, &lost, version))
}

/// Whether the stored rows have the value that these rows lack.
async fn would_lose(
    ctx: &Context,
    job: &Job,
    target: &Target,
    batch: &Batch,
    name: &str,
) -> Result<bool, StoreError> {
    let table = batch.table;
    let Some(column) = name.split_once('.').and_then(|(_, column)| table.position(column)) else {
        return Ok(false);
    };
    // A reading of a time series never replaces another: the next one is a new row.
    if job.dataset.retention == Retention::Append {
        return Ok(true);
    }
    if target.last_success_at.is_none() && job.dataset.retention != Retention::Upsert {
        return Ok(false);
    }
    let empty: Vec<usize> = (0..batch.rows()).filter(|&row| !batch.columns[column].present[row]).collect();
    let step = empty.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<usize> = empty.into_iter().step_by(step).collect();
    let keys: Option<Vec<Vec<Arg>>> = sample.iter().map(|&row| key(batch, table, target, row)).collect();
    let Some(keys) = keys else { return Ok(target.last_success_at.is_some()) };
    let found = ctx.store.with_value(table, table.columns[column].name, &keys).await?;
    Ok(is_mass(found, keys.len()))
}

/// The key of a row, as arguments; `None` if a part of it cannot be an argument.
fn key(batch: &Batch, table: &Table, target: &Target, row: usize) -> Option<Vec<Arg>> {
    let part = |at: usize| {
        let column = &batch.columns[at];
        if row < column.len() {
            return argument(&column.get(row));
        }
        let value = target.target.get(table.columns[at].name)?;
        argument(&typed(&table.columns[at], value).ok()?)
    };
    table.key_positions().into_iter().map(part).collect()
}

fn argument(cell: &Cell<'_>) -> Option<Arg> {
    match cell {
        Cell::Int(v) => Some((*v).into()),
        Cell::Text(v) => Some(v.as_ref().into()),
        Cell::Bool(v) => Some((*v).into()),
        Cell::Time(v) => Some(DateTime::from_timestamp_secs(*v)?.into()),
        _ => None,
    }
}

/// Whether the reply of a route that gives one object lacks everything that the object should have: it is
/// empty, or an error with a success status.
pub(in crate::sync) fn is_no_object(dataset: &Dataset, page: &Page) -> bool {
    let (Body::Object, Some(main)) = (dataset.body, page.batches.first()) else { return false };
    if main.rows() != 1 || !main.table.at.is_empty() || page.batches[1..].iter().any(|batch| batch.rows() > 0)
    {
        return false;
    }
    let columns = || main.table.columns.iter().zip(&main.columns);
    let read = || columns().filter(|(c, _)| matches!(c.source, Source::Field(_) | Source::Tag(_)));
    let is_error = page.drift.unknown.contains_key("error");
    let has_required = read().any(|(column, _)| !column.optional && !main.table.is_key(column));
    (has_required || is_error) && read().all(|(_, data)| !data.present[0])
}
