//! Rows into `PostgreSQL`: `COPY` where a target is new, arrays of whole columns where rows are compared.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use super::{Job, Keep, OnConflict, StoreError, Written, conflict, statement};
use crate::rows::{Cell, Cells, ColumnData};

mod copy;

type Added = Result<(), sqlx::error::BoxDynError>;

fn add(arguments: &mut PgArguments, cell: &Cell<'_>) {
    let added: Added = match cell {
        Cell::Null | Cell::Bad(_) => arguments.add(Option::<i64>::None),
        Cell::Int(v) => arguments.add(*v),
        Cell::Real(v) => arguments.add(*v),
        Cell::Bool(v) => arguments.add(*v),
        Cell::Text(v) | Cell::Json(v) => arguments.add(v.as_ref()),
        Cell::Time(v) => arguments.add(DateTime::from_timestamp_secs(*v)),
        Cell::Date(v) => arguments.add(NaiveDate::from_epoch_days(*v)),
    };
    added.expect("plain values encode");
}

/// Binds the values of a column in the given rows as one array.
fn add_array(arguments: &mut PgArguments, column: &ColumnData, rows: &[u32]) {
    fn pick<T>(column: &ColumnData, rows: &[u32], get: impl Fn(usize) -> Option<T>) -> Vec<Option<T>> {
        rows.iter().map(|&r| if column.present[r as usize] { get(r as usize) } else { None }).collect()
    }
    let added: Added = match &column.cells {
        Cells::Int(v) => arguments.add(pick(column, rows, |r| Some(v[r]))),
        Cells::Real(v) => arguments.add(pick(column, rows, |r| Some(v[r]))),
        Cells::Bool(v) => arguments.add(pick(column, rows, |r| Some(v[r]))),
        Cells::Text(v) | Cells::Json(v) => arguments.add(pick(column, rows, |r| Some(v.get(r)))),
        Cells::Time(v) => {
            arguments.add(pick::<DateTime<Utc>>(column, rows, |r| DateTime::from_timestamp_secs(v[r])))
        }
        Cells::Date(v) => arguments.add(pick(column, rows, |r| NaiveDate::from_epoch_days(v[r]))),
    };
    added.expect("plain values encode");
}

async fn execute(tx: &mut PgConnection, sql: String, arguments: PgArguments) -> Result<u64, StoreError> {
    Ok(sqlx::query_with(AssertSqlSafe(sql), arguments).execute(tx).await?.rows_affected())
}

pub(super) async fn write(tx: &mut PgConnection, keep: Keep, job: &Job<'_>) -> Result<Written, StoreError> {
    let mut written = Written::default();
    let mut prune = false;
    if keep == Keep::Snapshot {
        if !any_row(tx, job).await? {
            written.upserted = copy::rows(tx, job.batch, &job.order).await?;
            return Ok(written);
        }
        if job.order.is_empty() {
            written.deleted = delete_all(tx, job).await?;
        }
        prune = !job.rest().is_empty();
    }
    let conflict: OnConflict = conflict(keep);
    for (rows, ends, before) in job.runs(statement::POSTGRES_ROWS) {
        if prune {
            written.deleted += delete_vanished(tx, job, rows, ends, before).await?;
        }
        let mut arguments = PgArguments::default();
        for column in &job.batch.columns {
            add_array(&mut arguments, column, rows);
        }
        let sql = statement::postgres_upsert(job.table(), conflict);
        written.upserted += execute(tx, sql, arguments).await?;
    }
    Ok(written)
}

fn scope_arguments(job: &Job<'_>) -> PgArguments {
    let mut arguments = PgArguments::default();
    if let Some(scope) = job.scope {
        add(&mut arguments, scope);
    }
    arguments
}

async fn any_row(tx: &mut PgConnection, job: &Job<'_>) -> Result<bool, StoreError> {
    let sql = statement::any_row(job.table(), job.scope.is_some(), "$1");
    let arguments = scope_arguments(job);
    Ok(sqlx::query_scalar_with::<_, bool, _>(AssertSqlSafe(sql), arguments).fetch_one(tx).await?)
}

async fn delete_all(tx: &mut PgConnection, job: &Job<'_>) -> Result<u64, StoreError> {
    let sql = statement::delete_all(job.table(), job.scope.is_some(), "$1");
    execute(tx, sql, scope_arguments(job)).await
}

async fn delete_vanished(
    tx: &mut PgConnection,
    job: &Job<'_>,
    rows: &[u32],
    ends: statement::Ends,
    before: Option<u32>,
) -> Result<u64, StoreError> {
    let mut arguments = scope_arguments(job);
    let last = rows.last().copied().filter(|_| ends.upper);
    for row in before.into_iter().chain(last) {
        for column in job.rest() {
            add(&mut arguments, &job.batch.columns[column].get(row as usize));
        }
    }
    for column in job.rest() {
        add_array(&mut arguments, &job.batch.columns[column], rows);
    }
    let sql = statement::postgres_delete(job.table(), job.scope.is_some(), ends);
    execute(tx, sql, arguments).await
}
