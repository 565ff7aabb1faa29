//! A target's entry in the ledger, and what its state says.

use chrono::{DateTime, Utc};

use crate::declare::TargetKey;
use crate::store::{Row, StoreError, Write};

/// What may be asked of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetState {
    /// It is kept fresh.
    Active,
    /// Its newest set was suspiciously small and is held until the next version agrees.
    Shrunk,
    /// The configuration no longer selects it; its rows stay.
    Deselected,
    /// Its id left the list it came from; its rows stay.
    Retired,
    /// Its id left the list it came from; it is asked once more, for how it ended.
    Leaving,
    /// All there is to know of it is stored, and it is not asked until what it came from has changed.
    Complete,
}

/// The states of targets that are asked, as a list in SQL.
pub(in crate::store) const ASKED: &str = "('active', 'shrunk', 'leaving')";

impl TargetState {
    /// The word in the column `state`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Shrunk => "shrunk",
            Self::Deselected => "deselected",
            Self::Retired => "retired",
            Self::Leaving => "leaving",
            Self::Complete => "complete",
        }
    }

    /// Whether targets in this state are asked.
    #[must_use]
    pub const fn is_asked(self) -> bool {
        matches!(self, Self::Active | Self::Shrunk | Self::Leaving)
    }

    pub(in crate::store) fn parse(name: &str) -> Self {
        match name {
            "shrunk" => Self::Shrunk,
            "deselected" => Self::Deselected,
            "retired" => Self::Retired,
            "leaving" => Self::Leaving,
            "complete" => Self::Complete,
            _ => Self::Active,
        }
    }
}

/// A row of `sync_targets`: one target of one dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The dataset's name.
    pub dataset: String,
    /// The values of its parameters (`region_id=10000002`); empty for a route without any, and for id lists.
    pub target: TargetKey,
    /// What may be asked of it.
    pub state: TargetState,
    /// When a reply was last stored or confirmed.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it was last asked.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When ESI's reply expires; it is never asked before.
    pub expires_at: Option<DateTime<Utc>>,
    /// When we mean to ask again.
    pub due_at: Option<DateTime<Utc>>,
    /// ESI's `Last-Modified` of the stored rows.
    pub last_modified: Option<DateTime<Utc>>,
    /// The validator of a one-page set.
    pub etag: Option<String>,
    /// How many pages the stored set had.
    pub pages: Option<i64>,
    /// How many rows of the main table the stored set has.
    pub rows: i64,
    /// How many attempts in a row failed.
    pub failures: i64,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// Unknown fields and missing values of the stored set, counted.
    pub drift: i64,
    /// The game's build when it was stored.
    pub server_version: Option<String>,
    /// What was asked for, and how it was understood: validators of another fingerprint are worth nothing.
    pub fingerprint: Option<String>,
    /// The `Last-Modified` of the set that is held back (`shrunk`).
    pub held_version: Option<String>,
    /// What the row that the target came from said of its version when it was last stored.
    pub source_version: Option<String>,
    /// Where a cursor stands: the token after which everything is new.
    pub cursor: Option<String>,
    /// How far a walk backwards has come that is not at its end yet.
    pub walk: Option<String>,
}

impl Target {
    /// A target that was never asked, due at once.
    #[must_use]
    pub fn new(dataset: &str, target: TargetKey, now: DateTime<Utc>) -> Self {
        Self {
            dataset: dataset.to_owned(),
            target,
            state: TargetState::Active,
            last_success_at: None,
            last_attempt_at: None,
            expires_at: None,
            due_at: Some(now),
            last_modified: None,
            etag: None,
            pages: None,
            rows: 0,
            failures: 0,
            last_error: None,
            drift: 0,
            server_version: None,
            fingerprint: None,
            held_version: None,
            source_version: None,
            cursor: None,
            walk: None,
        }
    }

    pub(in crate::store) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            dataset: row.text("dataset")?.unwrap_or_default(),
            target: TargetKey::parse(row.text("target")?.unwrap_or_default()),
            state: TargetState::parse(&row.text("state")?.unwrap_or_default()),
            last_success_at: row.time("last_success_at")?,
            last_attempt_at: row.time("last_attempt_at")?,
            expires_at: row.time("expires_at")?,
            due_at: row.time("due_at")?,
            last_modified: row.time("last_modified")?,
            etag: row.text("etag")?,
            pages: row.int("pages")?,
            rows: row.int("rows")?.unwrap_or(0),
            failures: row.int("failures")?.unwrap_or(0),
            last_error: row.text("last_error")?,
            drift: row.int("drift")?.unwrap_or(0),
            server_version: row.text("server_version")?,
            fingerprint: row.text("fingerprint")?,
            held_version: row.text("held_version")?,
            source_version: row.text("source_version")?,
            cursor: row.text("cursor")?,
            walk: row.text("walk")?,
        })
    }
}

const PUT: &str = "\
INSERT INTO sync_targets (dataset, target, state, last_success_at, last_attempt_at, expires_at, due_at, \
last_modified, etag, pages, rows, failures, last_error, drift, server_version, fingerprint, held_version, \
source_version, cursor, walk) \
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
ON CONFLICT (dataset, target) DO UPDATE SET state = excluded.state, \
last_success_at = excluded.last_success_at, last_attempt_at = excluded.last_attempt_at, \
expires_at = excluded.expires_at, due_at = excluded.due_at, last_modified = excluded.last_modified, \
etag = excluded.etag, pages = excluded.pages, rows = excluded.rows, failures = excluded.failures, \
last_error = excluded.last_error, drift = excluded.drift, server_version = excluded.server_version, \
fingerprint = excluded.fingerprint, held_version = excluded.held_version, \
source_version = excluded.source_version, cursor = excluded.cursor, walk = excluded.walk";

impl Write {
    /// Stores a target's ledger entry.
    pub(in crate::store) async fn put_target(&mut self, t: &Target) -> Result<(), StoreError> {
        let args = [
            t.dataset.as_str().into(),
            t.target.as_str().into(),
            t.state.name().into(),
            t.last_success_at.into(),
            t.last_attempt_at.into(),
            t.expires_at.into(),
            t.due_at.into(),
            t.last_modified.into(),
            t.etag.clone().into(),
            t.pages.into(),
            t.rows.into(),
            t.failures.into(),
            t.last_error.clone().into(),
            t.drift.into(),
            t.server_version.clone().into(),
            t.fingerprint.clone().into(),
            t.held_version.clone().into(),
            t.source_version.clone().into(),
            t.cursor.clone().into(),
            t.walk.clone().into(),
        ];
        self.execute(PUT, &args).await?;
        Ok(())
    }
}
