//! Rate-limit tokens and pauses, stored across a restart.

use crate::esi::{BudgetSnapshot, LONGEST_PAUSE, SpentSlot, StoredPause};

use crate::store::{Store, StoreError, Write};

impl Store {
    /// Saves the state of the limits.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn save_budgets(&self, budgets: &BudgetSnapshot) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.put_budgets(budgets).await?;
        tx.commit().await
    }

    /// The state of the limits as last saved; `None` if it was never saved.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn budgets(&self) -> Result<Option<BudgetSnapshot>, StoreError> {
        let mut slots = Vec::new();
        for row in
            self.query("SELECT budget, owner, slot, tokens, bucket_limit FROM sync_budgets", &[]).await?
        {
            let Some(slot_start) = row.time("slot")? else { continue };
            slots.push(SpentSlot {
                group: row.text("budget")?.unwrap_or_default(),
                owner: row.text("owner")?.unwrap_or_default(),
                slot_start,
                tokens: row.int("tokens")?.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
                limit: row.int("bucket_limit")?.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
            });
        }
        let mut pauses = Vec::new();
        for row in self.query("SELECT budget, until FROM sync_pauses", &[]).await? {
            let (Some(what), Some(until)) = (row.text("budget")?, row.time("until")?) else { continue };
            pauses.push(StoredPause { what, until });
        }
        let saved_at = slots.iter().map(|s| s.slot_start).max();
        Ok(saved_at.or(pauses.first().map(|p| p.until)).map(|saved_at| BudgetSnapshot {
            saved_at,
            slots,
            pauses,
        }))
    }
}

impl Write {
    pub(in crate::store) async fn put_budgets(&mut self, budgets: &BudgetSnapshot) -> Result<(), StoreError> {
        self.execute("DELETE FROM sync_budgets", &[]).await?;
        for slot in &budgets.slots {
            let sql = "INSERT INTO sync_budgets (budget, owner, slot, tokens, bucket_limit) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (budget, owner, slot) DO UPDATE SET tokens = sync_budgets.tokens + excluded.tokens";
            let args = [
                slot.group.as_str().into(),
                slot.owner.as_str().into(),
                slot.slot_start.into(),
                i64::from(slot.tokens).into(),
                i64::from(slot.limit).into(),
            ];
            self.execute(sql, &args).await?;
        }
        // A snapshot may be written after a newer one, so a pause ends by time alone. A pause that lies
        // further ahead than any real one was saved before the clock was set back.
        let args = [budgets.saved_at.into(), (budgets.saved_at + LONGEST_PAUSE).into()];
        self.execute("DELETE FROM sync_pauses WHERE until <= $1 OR until > $2", &args).await?;
        for pause in &budgets.pauses {
            let sql = "INSERT INTO sync_pauses (budget, until) VALUES ($1, $2) ON CONFLICT (budget) DO UPDATE SET \
                       until = CASE WHEN sync_pauses.until > excluded.until THEN sync_pauses.until ELSE excluded.until END";
            self.execute(sql, &[pause.what.as_str().into(), pause.until.into()]).await?;
        }
        Ok(())
    }
}
