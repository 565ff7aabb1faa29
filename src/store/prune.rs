//! Rows that are no longer wanted: of targets that nobody selects, and older than the operator keeps them.

use chrono::{DateTime, Utc};

use crate::declare::{Column, Dataset, Retention, Source, Table, Type};
use crate::rows::{Cell, scope_cell};

use super::{Arg, Store, StoreError, TargetState, Write};

/// Most rows deleted in one transaction, so that nobody waits long for the writer.
const AT_ONCE: i64 = 20_000;

/// What pruning deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Targets taken out of the ledger.
    pub targets: u64,
    /// Rows deleted.
    pub rows: u64,
}

impl Store {
    /// Deletes the rows of a dataset's deselected targets, and the targets themselves. Targets that retired because
    /// their id left ESI's list are not concerned: what they hold is history.
    ///
    /// # Errors
    /// If the database cannot be written; what was deleted until then stays deleted.
    pub async fn prune(&self, dataset: &Dataset) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        for target in self.targets(dataset.name).await?.iter().filter(|t| t.state == TargetState::Deselected)
        {
            let mut tx = self.begin().await?;
            for table in dataset.tables.iter().filter(|_| dataset.completes.is_none()) {
                let mut conditions = Vec::new();
                let mut args: Vec<Arg> = Vec::new();
                for (name, value) in target.values().filter(|(name, _)| table.key.contains(name)) {
                    args.push(arg(&scope_cell(std::slice::from_ref(table), value)));
                    conditions.push(format!("{name} = ${}", args.len()));
                }
                if !conditions.is_empty() {
                    let sql = format!("DELETE FROM {} WHERE {}", table.name, conditions.join(" AND "));
                    pruned.rows += tx.execute(&sql, &args).await?;
                }
            }
            tx.forget_target(dataset.name, &target.target).await?;
            tx.commit().await?;
            pruned.targets += 1;
        }
        Ok(pruned)
    }

    /// Deletes rows of a time series that were observed before `oldest`.
    ///
    /// # Errors
    /// If the database cannot be written; what was deleted until then stays deleted.
    pub async fn expire(&self, dataset: &Dataset, oldest: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for table in dataset.tables.iter().filter(|_| dataset.retention == Retention::Append) {
            let Some(column) = observed(table) else { continue };
            let key = table.key.join(", ");
            let sql = format!(
                "DELETE FROM {name} WHERE ({key}) IN \
                 (SELECT {key} FROM {name} WHERE {column} < $1 ORDER BY {key} LIMIT {AT_ONCE})",
                name = table.name
            );
            loop {
                let mut tx = self.begin().await?;
                let some = tx.execute(&sql, &[oldest.into()]).await?;
                tx.commit().await?;
                deleted += some;
                if some == 0 {
                    break;
                }
            }
        }
        Ok(deleted)
    }
}

/// The column that says when a row was observed.
fn observed(table: &Table) -> Option<&'static str> {
    let says_when = |c: &&Column| c.source == Source::Observed && matches!(c.ty, Type::Time | Type::Date);
    table.columns.iter().find(says_when).map(|c| c.name)
}

pub(super) fn arg(cell: &Cell<'_>) -> Arg {
    match cell {
        Cell::Int(v) => Arg::Int(Some(*v)),
        Cell::Text(v) => Arg::Text(Some(v.clone().into_owned())),
        _ => Arg::Int(None),
    }
}

impl Write {
    async fn forget_target(&mut self, dataset: &str, target: &str) -> Result<(), StoreError> {
        for table in ["sync_targets", "sync_rejects", "sync_pages"] {
            let sql = format!("DELETE FROM {table} WHERE dataset = $1 AND target = $2");
            self.execute(&sql, &[dataset.into(), target.into()]).await?;
        }
        Ok(())
    }
}
