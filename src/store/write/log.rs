//! Tables that log another table's changes: each new state of a row, and when ESI first reported it.
//!
//! A log is written from the table itself, right after the new rows are in it, so that table and log cannot
//! differ. A row is logged if it differs from its last entry in the log; the first sight of a row is an entry
//! too.

use chrono::{DateTime, Utc};

use crate::declare::{Source, Table};
use crate::rows::{Batch, Cell};

use super::{StoreError, Write};
use crate::store::Arg;

/// Logs new or different rows of the main table, with keys from the batch's smallest to its largest.
pub(super) async fn changes(
    tx: &mut Write,
    log: &Table,
    main: &Batch,
    observed: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids = &main.columns[main.table.key_positions()[0]];
    let id = |row: usize| match ids.get(row) {
        Cell::Int(id) => Some(id),
        _ => None,
    };
    let ids = || (0..main.rows()).filter_map(id);
    let (Some(low), Some(high)) = (ids().min(), ids().max()) else { return Ok(()) };
    let args: [Arg; 3] = [observed.into(), low.into(), high.into()];
    tx.execute(&statement(log, main.table), &args).await?;
    Ok(())
}

/// `$1` the time, `$2` and `$3` the smallest and the largest key.
fn statement(log: &Table, main: &Table) -> String {
    let is_time = |c: &&crate::declare::Column| c.source == Source::Observed;
    let time = log.columns.iter().find(is_time).map_or("observed_at", |c| c.name);
    let key = main.key[0];
    let names: Vec<&str> = log.columns.iter().filter(|c| !is_time(c)).map(|c| c.name).collect();
    let same: Vec<String> = names.iter().map(|c| format!("l.{c} IS NOT DISTINCT FROM m.{c}")).collect();
    format!(
        "INSERT INTO {log} ({names}, {time}) SELECT {theirs}, $1 FROM {main} AS m \
         WHERE m.{key} BETWEEN $2 AND $3 AND NOT EXISTS (SELECT 1 FROM {log} AS l WHERE {same} AND l.{time} = \
         (SELECT MAX(x.{time}) FROM {log} AS x WHERE x.{key} = m.{key})) ON CONFLICT DO NOTHING",
        log = log.name,
        main = main.name,
        names = names.join(", "),
        theirs = names.iter().map(|c| format!("m.{c}")).collect::<Vec<_>>().join(", "),
        same = same.join(" AND "),
    )
}
