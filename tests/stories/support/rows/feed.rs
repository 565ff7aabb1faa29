//! Sets of rows, made as the daemon makes them: JSON through the decoder, pages merged, one commit.
//!
//! Tests cannot make rows in another way, so a test of the store always uses the decoder's real output.

use chrono::{DateTime, TimeZone as _, Utc};
use esi_syncd::datasets;
use esi_syncd::declare::{Dataset, TargetKey};
use esi_syncd::rows::{Decoder, Page, Rows};
use esi_syncd::store::{Commit, Store, StoreError, Target, Written};
use serde_json::Value;

/// The time at which every story begins.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a time")
}

/// When ESI built the sets of a story, in seconds since 1970.
pub fn observed() -> i64 {
    now().timestamp() - 60
}

/// A target's parameters. `value` is the path parameter's text, or the whole target's (`region_id=1&type_id=2`).
pub fn params<'a>(dataset: &Dataset, value: &'a str) -> Vec<(&'a str, &'a str)> {
    if value.contains('=') {
        return value.split('&').filter_map(|pair| pair.split_once('=')).collect();
    }
    dataset.param().map(|name| (name, value)).into_iter().collect()
}

/// A set of one page, decoded and completed.
pub fn whole(dataset: &Dataset, value: &str, built: i64, body: &[u8]) -> Page {
    let page = Decoder::new(dataset).page(body).expect("the body decodes");
    let mut rows = Rows::default();
    rows.put(1, page);
    rows.finish(dataset.tables, &TargetKey::new(params(dataset, value)), built)
}

/// A dataset's target, to be fed with sets.
#[derive(Clone, Copy, Debug)]
pub struct Feed {
    pub dataset: &'static Dataset,
    pub value: &'static str,
}

impl Feed {
    /// `value`: see [`params`]; empty for a route without parameters.
    pub fn new(dataset: &str, value: &'static str) -> Self {
        let dataset = datasets::find(dataset).unwrap_or_else(|| panic!("no dataset {dataset}"));
        Self { dataset, value }
    }

    /// The target's parameters.
    pub fn params(&self) -> Vec<(&'static str, &'static str)> {
        params(self.dataset, self.value)
    }

    /// The target as the ledger names it.
    pub fn target(&self) -> Target {
        Target::new(self.dataset.name, TargetKey::new(self.params()), now())
    }

    /// Commits a set that must be stored.
    pub async fn put(&self, store: &Store, body: &Value) -> Written {
        self.try_put(store, body).await.unwrap_or_else(|e| panic!("{}: {e}", self.dataset.name))
    }

    /// Commits a set.
    pub async fn try_put(&self, store: &Store, body: &Value) -> Result<Written, StoreError> {
        let bytes = serde_json::to_vec(body).expect("JSON");
        self.try_put_bytes(store, observed(), &bytes).await
    }

    /// Commits a set that ESI built at `built`, with its ledger entry and its rejects.
    pub async fn try_put_bytes(&self, store: &Store, built: i64, body: &[u8]) -> Result<Written, StoreError> {
        let page = whole(self.dataset, self.value, built, body);
        let mut target = self.target();
        target.rows = i64::try_from(page.records).expect("a count");
        target.last_success_at = Some(now());
        target.last_modified = DateTime::from_timestamp_secs(built);
        let commit = Commit {
            batches: Some(&page.batches),
            rejects: Some(&page.rejects),
            ..Commit::new(self.dataset, std::slice::from_ref(&target), now())
        };
        store.commit(&commit).await
    }
}
