//! Writes rows into SQLite: multi-row statements with one placeholder per value.

use chrono::{DateTime, NaiveDate};
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use super::statement::Vanish;
use super::{OnConflict, StoreError, TableWrite, Written, statement};
use crate::declare::Dialect;
use crate::rows::{Batch, Cell};
use crate::store::value::sqlite_time;

fn add(arguments: &mut SqliteArguments, cell: &Cell<'_>) {
    let added = match cell {
        Cell::Null | Cell::Bad(_) => arguments.add(Option::<i64>::None),
        Cell::Int(v) => arguments.add(*v),
        Cell::Real(v) => arguments.add(*v),
        Cell::Bool(v) => arguments.add(*v),
        Cell::Text(v) | Cell::Json(v) => arguments.add(v.as_ref()),
        Cell::Time(v) => arguments.add(DateTime::from_timestamp_secs(*v).map(sqlite_time)),
        Cell::Date(v) => arguments.add(NaiveDate::from_epoch_days(*v).map(|d| d.to_string())),
    };
    added.expect("plain values encode");
}

fn add_columns(arguments: &mut SqliteArguments, batch: &Batch, columns: &[usize], row: u32) {
    for &column in columns {
        add(arguments, &batch.columns[column].get(row as usize));
    }
}

async fn execute(
    tx: &mut SqliteConnection,
    sql: String,
    arguments: SqliteArguments,
    again: bool,
) -> Result<u64, StoreError> {
    let done = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(again).execute(tx).await?;
    Ok(done.rows_affected())
}

pub(super) async fn write(tx: &mut SqliteConnection, job: &TableWrite<'_>) -> Result<Written, StoreError> {
    let mut written = Written::default();
    let (mut conflict, mut prune) = (job.conflict(), None);
    if let Some((vanish, keys)) = job.named() {
        for some in keys.chunks(statement::SQLITE_ROWS) {
            written.deleted += vanish_keys(tx, job, vanish, some).await?;
        }
    } else if let Some(vanish) = job.vanish() {
        if !any_row(tx, job).await? {
            conflict = OnConflict::Impossible;
        } else if job.order.is_empty() {
            written.deleted = vanish_all(tx, job, vanish).await?;
        } else {
            prune = job.vanish().filter(|_| !job.rest().is_empty());
        }
    }
    let columns: Vec<usize> = (0..job.table().columns.len()).collect();
    let size = statement::sqlite_chunk(job.table());
    for (rows, ends, before) in job.runs(size) {
        if let Some(vanish) = prune {
            written.deleted += vanish_run(tx, job, vanish, rows, ends, before).await?;
        }
        let mut arguments = SqliteArguments::default();
        for &row in rows {
            add_columns(&mut arguments, job.batch, &columns, row);
        }
        let sql = statement::sqlite_insert(job.table(), rows.len(), conflict);
        written.upserted += execute(tx, sql, arguments, rows.len() == size).await?;
    }
    Ok(written)
}

fn vanish_arguments(job: &TableWrite<'_>, vanish: Vanish) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    if vanish == Vanish::Mark {
        add(&mut arguments, &job.last_seen);
    }
    for (_, value) in job.scope.cells() {
        add(&mut arguments, value);
    }
    arguments
}

fn scope_arguments(job: &TableWrite<'_>) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    for (_, value) in job.scope.cells() {
        add(&mut arguments, value);
    }
    arguments
}

async fn any_row(tx: &mut SqliteConnection, job: &TableWrite<'_>) -> Result<bool, StoreError> {
    let sql = statement::any_row(job.table(), job.scope.len(), Dialect::Sqlite);
    let arguments = scope_arguments(job);
    Ok(sqlx::query_scalar_with::<_, bool, _>(AssertSqlSafe(sql), arguments).fetch_one(tx).await?)
}

async fn vanish_all(
    tx: &mut SqliteConnection,
    job: &TableWrite<'_>,
    vanish: Vanish,
) -> Result<u64, StoreError> {
    let sql = statement::vanish_all(job.table(), vanish, job.scope.len(), Dialect::Sqlite);
    execute(tx, sql + &job.unless_spared, vanish_arguments(job, vanish), job.unless_spared.is_empty()).await
}

async fn vanish_keys(
    tx: &mut SqliteConnection,
    job: &TableWrite<'_>,
    vanish: Vanish,
    keys: &[i64],
) -> Result<u64, StoreError> {
    let mut arguments = vanish_arguments(job, vanish);
    for &key in keys {
        add(&mut arguments, &Cell::Int(key));
    }
    let sql = statement::sqlite_vanish_keys(job.table(), vanish, job.scope.len(), keys.len());
    execute(tx, sql, arguments, keys.len() == statement::SQLITE_ROWS).await
}

async fn vanish_run(
    tx: &mut SqliteConnection,
    job: &TableWrite<'_>,
    vanish: Vanish,
    rows: &[u32],
    ends: statement::Ends,
    before: Option<u32>,
) -> Result<u64, StoreError> {
    let rest = job.rest();
    let mut arguments = vanish_arguments(job, vanish);
    if let Some(before) = before {
        add_columns(&mut arguments, job.batch, &rest, before);
    }
    if let (true, Some(&last)) = (ends.upper, rows.last()) {
        add_columns(&mut arguments, job.batch, &rest, last);
    }
    for &row in rows {
        add_columns(&mut arguments, job.batch, &rest, row);
    }
    let sql = statement::sqlite_vanish(job.table(), vanish, job.scope.len(), ends, rows.len());
    let again = rows.len() == statement::sqlite_chunk(job.table()) && ends.lower && ends.upper;
    execute(tx, sql + &job.unless_spared, arguments, again && job.unless_spared.is_empty()).await
}
