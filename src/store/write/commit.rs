//! One commit: the result of one attempt at one target.

use chrono::{DateTime, Utc};

use crate::declare::{Dataset, Pages, Retention, TargetKey, digest};
use crate::esi::BudgetSnapshot;
use crate::rows::{Batch, Drift, Reject};

use crate::store::{
    PageChanges, PartialSet, Selection, Spare, Store, StoreError, Target, Write, Written, write,
};

/// Most rejected records kept for one dataset.
const REJECTS_KEPT: i64 = 1_000;

/// Everything that must become visible together. All but the targets is optional: a 304 or a failure has no
/// rows.
#[derive(Debug)]
pub struct Commit<'a> {
    /// The dataset whose tables are written.
    pub dataset: &'a Dataset,
    /// The ledger entries that describe the attempt: one, whose `rows` the commit counts, or one per id of a batch.
    pub targets: &'a [Target],
    /// When the compared, earlier set was built: rows that vanish were last seen then.
    pub before: Option<DateTime<Utc>>,
    /// The rows of a complete set; with `part`, only those of the pages that were read.
    pub batches: Option<&'a [Batch]>,
    /// What is known of the unchanged pages, if the set has any.
    pub part: Option<PartialSet<'a>>,
    /// Rows that stay although the set does not have them, because some of its records could not be read.
    pub spare: Option<&'a Spare>,
    /// The changes to the target's stored pages; `None` leaves them unchanged.
    pub pages: Option<&'a PageChanges>,
    /// The records of the set that were set aside; `None` leaves earlier ones.
    pub rejects: Option<&'a [Reject]>,
    /// Overrides the dataset's retention of earlier rows.
    pub retention: Option<Retention>,
    /// The set's differences from the specification; `None` leaves the stored ones unchanged.
    pub drift: Option<&'a Drift>,
    /// The targets that an id list selects.
    pub selection: Option<Selection<'a>>,
    /// Targets that the ledger may not have yet.
    pub added: &'a [TargetKey],
    /// Rate-limit tokens to save.
    pub budgets: Option<&'a BudgetSnapshot>,
    /// When ESI built the rows, for tables that log changes; `None`: the time of the commit.
    pub observed: Option<DateTime<Utc>>,
    /// The time of the commit.
    pub now: DateTime<Utc>,
}

impl<'a> Commit<'a> {
    /// A commit of ledger entries alone.
    #[must_use]
    pub fn new(dataset: &'a Dataset, targets: &'a [Target], now: DateTime<Utc>) -> Self {
        Self {
            dataset,
            targets,
            before: None,
            batches: None,
            part: None,
            spare: None,
            pages: None,
            rejects: None,
            retention: None,
            drift: None,
            selection: None,
            added: &[],
            budgets: None,
            observed: None,
            now,
        }
    }
}

impl Commit<'_> {
    /// The key of the target whose rows are written; empty for a batch of many targets.
    fn key(&self) -> &TargetKey {
        const MANY: &TargetKey = &TargetKey::empty();
        match self.targets {
            [target] if self.dataset.batch().is_none() => &target.target,
            _ => MANY,
        }
    }
}

impl Store {
    /// Writes a target's rows and its ledger entry in one transaction.
    ///
    /// # Errors
    /// If the database cannot be written; nothing has changed then.
    pub async fn commit(&self, commit: &Commit<'_>) -> Result<Written, StoreError> {
        let mut tx = self.begin().await?;
        let mut outcome = write::WriteReport::default();
        if let Some(batches) = commit.batches {
            let dataset = commit.dataset;
            let into = write::Into {
                retention: commit.retention.unwrap_or(dataset.retention),
                key: commit.key(),
                dataset,
                last_seen: commit.before.unwrap_or(commit.now),
                observed: commit.observed.unwrap_or(commit.now),
                part: commit.part,
                spare: commit.spare,
            };
            outcome = write::batches(&mut tx, &into, batches).await?;
            if commit.spare.is_some() {
                outcome.rows = tx.count_newest(dataset, commit.key()).await?;
            }
        }
        match (commit.batches, commit.targets) {
            // A cursor page is not a full set, so the caller maintains the row count.
            (Some(_), [target]) if commit.dataset.pages != Pages::Cursor => {
                let rows = i64::try_from(outcome.rows).unwrap_or(i64::MAX);
                tx.put_target(&Target { rows, ..target.clone() }).await?;
            }
            (_, targets) => {
                for target in targets {
                    tx.put_target(target).await?;
                }
            }
        }
        if let (Some(pages), [target]) = (commit.pages, commit.targets) {
            tx.put_pages(target, pages).await?;
        }
        if let (Some(rejects), [target]) = (commit.rejects, commit.targets) {
            if commit.dataset.pages != Pages::Cursor {
                tx.clear_rejects(target).await?;
            }
            tx.put_rejects(target, rejects, commit.now).await?;
        }
        if let Some(drift) = commit.drift {
            tx.put_drift(commit.dataset.name, drift, commit.now).await?;
        }
        if let Some(selection) = &commit.selection {
            tx.select_targets(selection, commit.now).await?;
        }
        tx.add_targets(commit.dataset.name, commit.added.iter().zip(std::iter::repeat(None)), commit.now)
            .await?;
        if let Some(budgets) = commit.budgets {
            tx.put_budgets(budgets).await?;
        }
        tx.commit().await?;
        Ok(outcome.written)
    }
}

impl Write {
    /// Deletes the stored rejected records of a target.
    async fn clear_rejects(&mut self, target: &Target) -> Result<(), StoreError> {
        let clear = "DELETE FROM sync_rejects WHERE dataset = $1 AND target = $2";
        self.execute(clear, &[target.dataset.as_str().into(), target.target.as_str().into()]).await?;
        Ok(())
    }

    /// Stores the rejected records of a target.
    async fn put_rejects(
        &mut self,
        target: &Target,
        rejects: &[Reject],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (dataset, name) = (target.dataset.as_str(), target.target.as_str());
        if rejects.is_empty() {
            return Ok(());
        }
        let count = "SELECT COUNT(*) AS n FROM sync_rejects WHERE dataset = $1";
        let kept = match self.query(count, &[dataset.into()]).await?.first() {
            Some(row) => row.int("n")?.unwrap_or(0),
            None => 0,
        };
        let room = usize::try_from(REJECTS_KEPT - kept).unwrap_or(0);
        let put = "INSERT INTO sync_rejects (dataset, target, hash, reason, json, seen_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dataset, target, hash) DO NOTHING";
        for reject in rejects.iter().take(room) {
            let json = reject.json.replace('\0', "\u{FFFD}");
            let args = [
                dataset.into(),
                name.into(),
                digest(&json).into(),
                reject.reason.replace('\0', "\u{FFFD}").into(),
                json.into(),
                now.into(),
            ];
            self.execute(put, &args).await?;
        }
        Ok(())
    }
}
