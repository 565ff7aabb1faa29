//! Writes rows into `PostgreSQL`: `COPY` for a new, large target, else arrays of whole columns.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use super::statement::{OnConflict, Vanish};
use super::{StoreError, TableWrite, Written, statement};
use crate::declare::Dialect;
use crate::rows::{Cell, Cells, ColumnData};

mod copy;

/// A new target with fewer rows is written like any other. The driver sends the end of a `COPY` apart from
/// its rows and leaves Nagle's algorithm on. So the end waits 40 ms for the server's delayed acknowledgement;
/// arrays of this many rows take as long.
const COPIED: usize = 4_000;

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

pub(super) async fn write(tx: &mut PgConnection, job: &TableWrite<'_>) -> Result<Written, StoreError> {
    let mut written = Written::default();
    let (mut conflict, mut prune) = (job.conflict(), None);
    if let Some((vanish, keys)) = job.named() {
        for some in keys.chunks(statement::POSTGRES_ROWS) {
            written.deleted += vanish_keys(tx, job, vanish, some).await?;
        }
    } else if let Some(vanish) = job.vanish() {
        if !any_row(tx, job).await? {
            if job.order.len() >= COPIED {
                written.upserted = copy::rows(tx, job.batch, &job.order).await?;
                return Ok(written);
            }
            conflict = OnConflict::Impossible;
        } else if job.order.is_empty() {
            written.deleted = vanish_all(tx, job, vanish).await?;
        } else {
            prune = job.vanish().filter(|_| !job.rest().is_empty());
        }
    }
    let fixed = if conflict == OnConflict::Update { job.scope.len() } else { 0 };
    let sql = statement::postgres_upsert(job.table(), conflict, fixed);
    for (rows, ends, before) in job.runs(statement::POSTGRES_ROWS) {
        if let Some(vanish) = prune {
            written.deleted += vanish_run(tx, job, vanish, rows, ends, before).await?;
        }
        let mut arguments = PgArguments::default();
        for column in &job.batch.columns {
            add_array(&mut arguments, column, rows);
        }
        for (_, value) in job.scope.cells().take(fixed) {
            add(&mut arguments, value);
        }
        written.upserted += execute(tx, sql.clone(), arguments).await?;
    }
    Ok(written)
}

fn vanish_arguments(job: &TableWrite<'_>, vanish: Vanish) -> PgArguments {
    let mut arguments = PgArguments::default();
    if vanish == Vanish::Mark {
        add(&mut arguments, &job.last_seen);
    }
    for (_, value) in job.scope.cells() {
        add(&mut arguments, value);
    }
    arguments
}

fn scope_arguments(job: &TableWrite<'_>) -> PgArguments {
    let mut arguments = PgArguments::default();
    for (_, value) in job.scope.cells() {
        add(&mut arguments, value);
    }
    arguments
}

async fn any_row(tx: &mut PgConnection, job: &TableWrite<'_>) -> Result<bool, StoreError> {
    let sql = statement::any_row(job.table(), job.scope.len(), Dialect::Postgres);
    let arguments = scope_arguments(job);
    Ok(sqlx::query_scalar_with::<_, bool, _>(AssertSqlSafe(sql), arguments).fetch_one(tx).await?)
}

async fn vanish_all(tx: &mut PgConnection, job: &TableWrite<'_>, vanish: Vanish) -> Result<u64, StoreError> {
    let sql = statement::vanish_all(job.table(), vanish, job.scope.len(), Dialect::Postgres);
    execute(tx, sql + &job.unless_spared, vanish_arguments(job, vanish)).await
}

async fn vanish_keys(
    tx: &mut PgConnection,
    job: &TableWrite<'_>,
    vanish: Vanish,
    keys: &[i64],
) -> Result<u64, StoreError> {
    let mut arguments = vanish_arguments(job, vanish);
    let added: Added = arguments.add(keys.to_vec());
    added.expect("plain values encode");
    execute(tx, statement::postgres_vanish_keys(job.table(), vanish, job.scope.len()), arguments).await
}

async fn vanish_run(
    tx: &mut PgConnection,
    job: &TableWrite<'_>,
    vanish: Vanish,
    rows: &[u32],
    ends: statement::Ends,
    before: Option<u32>,
) -> Result<u64, StoreError> {
    let mut arguments = vanish_arguments(job, vanish);
    let last = rows.last().copied().filter(|_| ends.upper);
    for row in before.into_iter().chain(last) {
        for column in job.rest() {
            add(&mut arguments, &job.batch.columns[column].get(row as usize));
        }
    }
    for column in job.rest() {
        add_array(&mut arguments, &job.batch.columns[column], rows);
    }
    let sql = statement::postgres_vanish(job.table(), vanish, job.scope.len(), ends);
    execute(tx, sql + &job.unless_spared, arguments).await
}
