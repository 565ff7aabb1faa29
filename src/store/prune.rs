//! Deletes unwanted rows: of targets that are no longer selected, and rows older than `keep`.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::declare::{Column, Dataset, Dialect, Retention, Source, Table, TargetKey, Type};
use crate::rows::{Cell, RowScope};

use super::{Arg, Store, StoreError, Target, TargetState, Write};

/// Most rows deleted in one transaction, so that other writers wait only briefly.
const AT_ONCE: i64 = 20_000;

/// The result of pruning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Targets taken out of the ledger.
    pub targets: u64,
    /// Rows deleted.
    pub rows: u64,
}

impl Store {
    /// Deletes the rows of a dataset's deselected targets, and the targets themselves. Targets that retired
    /// because their id left ESI's list stay, because their rows are history.
    ///
    /// # Errors
    /// If the database cannot be written; rows deleted before the error stay deleted.
    pub async fn prune(&self, dataset: &Dataset) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        for target in self.targets(dataset.name).await?.iter().filter(|t| t.state == TargetState::Deselected)
        {
            let mut tx = self.begin().await?;
            for (from, args) in self.scopes_of(dataset, target)? {
                pruned.rows += tx.execute(&format!("DELETE {from}"), &args).await?;
            }
            tx.forget_target(dataset.name, target.target.as_str()).await?;
            tx.commit().await?;
            pruned.targets += 1;
        }
        Ok(pruned)
    }

    /// What [`Store::prune`] would delete once the targets that are not `wanted` are deselected; `None`: all are wanted.
    /// Nothing is written.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn would_prune(
        &self,
        dataset: &Dataset,
        wanted: Option<&[TargetKey]>,
    ) -> Result<Pruned, StoreError> {
        let wanted: Option<HashSet<&str>> = wanted.map(|all| all.iter().map(TargetKey::as_str).collect());
        let is_left = |target: &&Target| match target.state {
            TargetState::Deselected => wanted.as_ref().is_none_or(|w| !w.contains(target.target.as_str())),
            TargetState::Active | TargetState::Shrunk if !target.target.is_empty() => {
                wanted.as_ref().is_some_and(|w| !w.contains(target.target.as_str()))
            }
            _ => false,
        };
        let mut pruned = Pruned::default();
        for target in self.targets(dataset.name).await?.iter().filter(is_left) {
            for (from, args) in self.scopes_of(dataset, target)? {
                pruned.rows += self.count(&from, &args).await?;
            }
            pruned.targets += 1;
        }
        Ok(pruned)
    }

    /// How many rows [`Store::expire`] would delete.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn would_expire(&self, dataset: &Dataset, oldest: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut rows = 0;
        for table in dataset.tables.iter().filter(|_| dataset.retention == Retention::Append) {
            let Some(column) = observed(table) else { continue };
            let from = format!("FROM {} WHERE {} < $1", self.qualified(table.name), Dialect::ident(column));
            rows += self.count(&from, &[oldest.into()]).await?;
        }
        Ok(rows)
    }

    /// The rows of a target: for each table `FROM .. WHERE ..` with its arguments.
    fn scopes_of(&self, dataset: &Dataset, target: &Target) -> Result<Vec<(String, Vec<Arg>)>, StoreError> {
        let mut all = Vec::new();
        for table in dataset.tables.iter().filter(|_| dataset.completes.is_none()) {
            let (condition, args) = scope_condition(table, &target.target)?;
            if !args.is_empty() {
                all.push((format!("FROM {} WHERE {condition}", self.qualified(table.name)), args));
            }
        }
        Ok(all)
    }

    async fn count(&self, from: &str, args: &[Arg]) -> Result<u64, StoreError> {
        let rows = self.query(&format!("SELECT COUNT(*) AS n {from}"), args).await?;
        let n = rows.first().map_or(Ok(None), |row| row.int("n"))?;
        Ok(n.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    /// Deletes rows of a time series that were observed before `oldest`.
    ///
    /// # Errors
    /// If the database cannot be written; rows deleted before the error stay deleted.
    pub async fn expire(&self, dataset: &Dataset, oldest: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for table in dataset.tables.iter().filter(|_| dataset.retention == Retention::Append) {
            let Some(column) = observed(table) else { continue };
            let key = table.key.iter().map(|name| Dialect::ident(name)).collect::<Vec<_>>().join(", ");
            let sql = format!(
                "DELETE FROM {name} WHERE ({key}) IN \
                 (SELECT {key} FROM {name} WHERE {column} < $1 ORDER BY {key} LIMIT {AT_ONCE})",
                name = self.qualified(table.name),
                column = Dialect::ident(column)
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

/// The column that holds the time of the observation.
fn observed(table: &Table) -> Option<&'static str> {
    let says_when = |c: &&Column| c.source == Source::Observed && matches!(c.ty, Type::Time | Type::Date);
    table.columns.iter().find(says_when).map(|c| c.name)
}

/// The condition that bounds a statement to a target's rows, and its arguments: `$1`, `$2`, .. Without
/// parameters it holds for every row.
pub(super) fn scope_condition(
    table: &'static Table,
    key: &TargetKey,
) -> Result<(String, Vec<Arg>), StoreError> {
    let scope =
        RowScope::of(table, key).map_err(|why| StoreError::Refused(format!("{}: {why}", table.name)))?;
    let mut args = Vec::new();
    let mut conditions = vec!["1 = 1".to_owned()];
    for (column, value) in scope.cells() {
        args.push(match value {
            Cell::Int(v) => Arg::Int(Some(*v)),
            Cell::Text(v) => Arg::Text(Some(v.clone().into_owned())),
            _ => Arg::Int(None),
        });
        conditions.push(format!("{} = ${}", column.name, args.len()));
    }
    if !args.is_empty() {
        conditions.remove(0);
    }
    Ok((conditions.join(" AND "), args))
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
