//! ESI's condition, for readers of the database: the one row of `sync_esi`.

use crate::esi::Condition;

use crate::store::{Store, StoreError};

impl Store {
    /// Stores ESI's condition.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn put_esi(&self, condition: &Condition) -> Result<(), StoreError> {
        let sql = "INSERT INTO sync_esi (id, state, since, until, reason) VALUES (1, $1, $2, $3, $4) \
                   ON CONFLICT (id) DO UPDATE SET state = excluded.state, since = excluded.since, \
                   until = excluded.until, reason = excluded.reason";
        let args = [
            condition.state.name().into(),
            condition.since.into(),
            condition.until.into(),
            condition.reason.as_str().into(),
        ];
        let mut tx = self.begin().await?;
        tx.execute(sql, &args).await?;
        tx.commit().await
    }
}
