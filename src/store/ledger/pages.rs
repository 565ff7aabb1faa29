//! The pages of stored sets: the keys of the rows on each page, and the page's validator.
//!
//! A 304 says that a page has not changed. The page's earlier state is stored here, in the transaction that
//! writes the rows. The pages of a target together hold all keys of its rows, also pages without a validator.
//! A row has vanished if a changed page had its key and the new set has not.

use crate::declare::{Dataset, LAST_SEEN, Retention, TargetKey};

use crate::store::prune::scope_condition;
use crate::store::{Arg, Store, StoreError, Target, Write};

/// How many pages one statement writes.
const AT_ONCE: usize = 50;

/// A page of a stored set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPage {
    /// Its number, from 1.
    pub page: u32,
    /// Its validator; `None` if the page must be read whole.
    pub etag: Option<String>,
    /// Unknown fields and missing values on it, counted.
    pub drift: i64,
    /// The keys of its rows, as [`pack`](crate::rows::pack) packs them.
    pub keys: Vec<u8>,
}

/// Changes to the stored pages of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageChanges {
    /// Pages that are new or different.
    pub put: Vec<StoredPage>,
    /// The last page of the set: stored pages beyond it are deleted. 0 deletes all.
    pub last: u32,
}

/// Writes this many pages of one target: `$1` dataset, `$2` target, then the pages.
fn put_statement(pages: usize) -> String {
    let rows: Vec<String> = (0..pages)
        .map(|i| format!("($1, $2, ${}, ${}, ${}, ${})", i * 4 + 3, i * 4 + 4, i * 4 + 5, i * 4 + 6))
        .collect();
    format!(
        "INSERT INTO sync_pages (dataset, target, page, etag, drift, keys) VALUES {} \
         ON CONFLICT (dataset, target, page) DO UPDATE SET etag = excluded.etag, drift = excluded.drift, \
         keys = excluded.keys",
        rows.join(", ")
    )
}

impl Store {
    /// The stored pages of a target, in order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn pages(&self, target: &Target) -> Result<Vec<StoredPage>, StoreError> {
        let sql =
            "SELECT page, etag, drift, keys FROM sync_pages WHERE dataset = $1 AND target = $2 ORDER BY page";
        let args = [target.dataset.as_str().into(), target.target.as_str().into()];
        let mut pages = Vec::new();
        for row in self.query(sql, &args).await? {
            pages.push(StoredPage {
                page: row.int("page")?.and_then(|page| page.try_into().ok()).unwrap_or(0),
                etag: row.text("etag")?,
                drift: row.int("drift")?.unwrap_or(0),
                keys: row.bytes("keys")?,
            });
        }
        Ok(pages)
    }

    /// How many rows of the main table belong to the newest set of the target `key`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn rows_of(&self, dataset: &Dataset, key: &TargetKey) -> Result<i64, StoreError> {
        let Some(table) = dataset.tables.first() else { return Ok(0) };
        let (condition, args) = scope_condition(table, key)?;
        let present = if dataset.retention == Retention::Track {
            format!(" AND {} IS NULL", LAST_SEEN.name)
        } else {
            String::new()
        };
        let sql = format!("SELECT COUNT(*) AS n FROM {} WHERE {condition}{present}", table.name);
        self.number(&sql, &args).await
    }
}

impl Write {
    /// Updates the stored pages of a target.
    pub(in crate::store) async fn put_pages(
        &mut self,
        target: &Target,
        changes: &PageChanges,
    ) -> Result<(), StoreError> {
        let (dataset, name) = (target.dataset.as_str(), target.target.as_str());
        let forget = "DELETE FROM sync_pages WHERE dataset = $1 AND target = $2 AND page > $3";
        self.execute(forget, &[dataset.into(), name.into(), i64::from(changes.last).into()]).await?;
        for some in changes.put.chunks(AT_ONCE) {
            let mut args: Vec<Arg> = vec![dataset.into(), name.into()];
            for page in some {
                args.extend([
                    i64::from(page.page).into(),
                    page.etag.clone().into(),
                    page.drift.into(),
                    page.keys.clone().into(),
                ]);
            }
            self.execute(&put_statement(some.len()), &args).await?;
        }
        Ok(())
    }
}
