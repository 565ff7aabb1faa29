//! The ledger: one row per target, written in the transaction that writes the target's rows.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::declare::TargetKey;
use crate::store::{Arg, Store, StoreError, Target, TargetKind, TargetState, Write};

/// How many targets one statement adds.
const ADDED_AT_ONCE: usize = 500;

/// Adds this many targets of one dataset: `$1` dataset, `$2` when they are due, then kind, target and rank of
/// each.
fn add_statement(targets: usize) -> String {
    let row = |i: usize| {
        let at = i * 3 + 3;
        format!("($1, ${}, ${}, ${}, 'active', $2, 0, 0, 0, FALSE, FALSE)", at + 1, at, at + 2)
    };
    let rows: Vec<String> = (0..targets).map(row).collect();
    format!(
        "INSERT INTO sync_targets (dataset, target, kind, rank, state, due_at, rows, failures, drift, walk_ended, \
         rereading) VALUES {} ON CONFLICT (dataset, target) DO NOTHING",
        rows.join(", ")
    )
}

/// The version of the row that a target comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The target.
    pub target: TargetKey,
    /// The version of the row, as text.
    pub version: String,
}

/// The targets that a dataset is to have.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    /// The dataset's name.
    pub dataset: &'a str,
    /// All targets that are wanted.
    pub wanted: &'a [TargetKey],
    /// The new state of targets that are not among them.
    pub others: TargetState,
}

impl Store {
    /// One target's ledger entry.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn target(&self, dataset: &str, target: &str) -> Result<Option<Target>, StoreError> {
        let sql = "SELECT * FROM sync_targets WHERE dataset = $1 AND target = $2";
        let rows = self.query(sql, &[dataset.into(), target.into()]).await?;
        rows.first().map(Target::read).transpose()
    }

    /// All targets of a dataset, in order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn targets(&self, dataset: &str) -> Result<Vec<Target>, StoreError> {
        let sql = "SELECT * FROM sync_targets WHERE dataset = $1 ORDER BY target";
        self.query(sql, &[dataset.into()]).await?.iter().map(Target::read).collect()
    }

    /// Makes these the dataset's targets: adds new ones, due now; revives known ones; marks others. Returns
    /// how many were added.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn select(&self, selection: &Selection<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut tx = self.begin().await?;
        let added = tx.select_targets(selection, now).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Adds targets that the ledger does not have yet, due now.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn add(
        &self,
        dataset: &str,
        targets: &[TargetKey],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.add_targets(dataset, targets.iter().zip(std::iter::repeat(None)), now).await?;
        tx.commit().await
    }

    /// Adds targets that the ledger does not have yet, due now and ranked in this order.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn add_ranked(
        &self,
        dataset: &str,
        targets: &[TargetKey],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.add_targets(dataset, targets.iter().zip((0..).map(Some)), now).await?;
        tx.commit().await
    }

    /// Stores the versions of the rows that targets come from. Targets that were complete under another
    /// version are asked again, but not before their reply has expired. Returns their number.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn wake_moved(
        &self,
        dataset: &str,
        moved: &[Moved],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let known: HashMap<TargetKey, Target> =
            self.targets(dataset).await?.into_iter().map(|t| (t.target.clone(), t)).collect();
        let other = |m: &&Moved| {
            known.get(&m.target).is_some_and(|t| t.source_version.as_deref() != Some(m.version.as_str()))
        };
        let changed: Vec<&Moved> = moved.iter().filter(other).collect();
        if changed.is_empty() {
            return Ok(0);
        }
        let sql = "UPDATE sync_targets SET source_version = $3, state = $4, due_at = $5 WHERE dataset = $1 AND target = $2";
        let mut woken = 0;
        let mut tx = self.begin().await?;
        for Moved { target, version } in changed {
            let entry = &known[target];
            let (mut state, mut due) = (entry.state, entry.due_at);
            if state == TargetState::Complete {
                (state, due) = (TargetState::Active, entry.expires_at.max(Some(now)));
                woken += 1;
            }
            let args = [
                dataset.into(),
                target.as_str().into(),
                version.as_str().into(),
                state.name().into(),
                due.into(),
            ];
            tx.execute(sql, &args).await?;
        }
        tx.commit().await?;
        Ok(woken)
    }
}

impl Write {
    /// See [`Store::select`].
    pub(in crate::store) async fn select_targets(
        &mut self,
        selection: &Selection<'_>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let Selection { dataset, wanted, others } = *selection;
        let sql = "SELECT target, state FROM sync_targets WHERE dataset = $1 AND kind = 'item'";
        let mut known = HashSet::new();
        let (mut revive, mut mark) = (Vec::new(), Vec::new());
        let wanted_set: HashSet<&str> = wanted.iter().map(TargetKey::as_str).collect();
        for row in self.query(sql, &[dataset.into()]).await? {
            let target = row.text("target")?.unwrap_or_default();
            let state = TargetState::parse(&row.text("state")?.unwrap_or_default());
            match (wanted_set.contains(target.as_str()), state) {
                (true, TargetState::Deselected | TargetState::Retired | TargetState::Leaving) => {
                    revive.push(target.clone());
                }
                (false, TargetState::Active | TargetState::Shrunk) => mark.push(target.clone()),
                _ => {}
            }
            known.insert(target);
        }
        let to_state = "UPDATE sync_targets SET state = $3 WHERE dataset = $1 AND target = $2";
        for target in &revive {
            self.execute(to_state, &[dataset.into(), target.as_str().into(), "active".into()]).await?;
        }
        for target in &mark {
            self.execute(to_state, &[dataset.into(), target.as_str().into(), others.name().into()]).await?;
        }
        let unknown: Vec<&TargetKey> = wanted.iter().filter(|t| !known.contains(t.as_str())).collect();
        self.add_targets(dataset, unknown.iter().copied().zip(std::iter::repeat(None)), now).await?;
        Ok(unknown.len())
    }

    /// Adds those targets, each with its rank, that the ledger does not have yet.
    pub(in crate::store) async fn add_targets<'a>(
        &mut self,
        dataset: &str,
        targets: impl Iterator<Item = (&'a TargetKey, Option<i64>)>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let targets: Vec<(&TargetKey, Option<i64>)> = targets.collect();
        for some in targets.chunks(ADDED_AT_ONCE) {
            let mut args: Vec<Arg> = vec![dataset.into(), now.into()];
            for (target, rank) in some {
                let kind = if target.is_empty() { TargetKind::Route } else { TargetKind::Item };
                args.extend([kind.name().into(), target.as_str().into(), (*rank).into()]);
            }
            self.execute(&add_statement(some.len()), &args).await?;
        }
        Ok(())
    }
}
