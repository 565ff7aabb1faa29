//! A target's entry in the ledger, and the meaning of its state.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};

use crate::declare::{Owner, TargetKey};
use crate::store::{Arg, Row, StoreError, Write};

/// Whether and how a target is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetState {
    /// The target is kept fresh.
    Active,
    /// Its newest set was doubtful and is held until the next version agrees.
    Shrunk,
    /// The configuration no longer selects it; its rows stay.
    Deselected,
    /// Its id left the list it came from; its rows stay.
    Retired,
    /// Its id left the list it came from; it is asked once more, for its final state.
    Leaving,
    /// Everything about it is stored. It is not asked again until the row it came from changes.
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

/// The kind of a ledger entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A route without parameters: the dataset's only target.
    Route,
    /// The list operation that a dataset takes its ids from. It fills no table.
    List,
    /// One of many targets of a route with parameters.
    Item,
}

impl TargetKind {
    /// The word in the column `kind`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::List => "list",
            Self::Item => "item",
        }
    }

    fn parse(name: &str) -> Self {
        match name {
            "route" => Self::Route,
            "list" => Self::List,
            _ => Self::Item,
        }
    }
}

/// A row of `sync_targets`: one target of one dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The dataset's name.
    pub dataset: String,
    /// The values of its parameters (`region_id=10000002`); empty for a route without parameters, and for id
    /// lists.
    pub target: TargetKey,
    /// The owner of its private rows; `None` for public data.
    pub owner: Option<Owner>,
    /// Whether the entry is a route, a list or an item.
    pub kind: TargetKind,
    /// Its place among the targets that were never asked, smaller first; `None` after the first request, or
    /// if the order does not matter.
    pub rank: Option<i64>,
    /// Whether and how it is asked.
    pub state: TargetState,
    /// When a reply was last stored or confirmed.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it was last asked.
    pub last_attempt_at: Option<DateTime<Utc>>,
    /// When ESI's reply expires; it is never asked before.
    pub expires_at: Option<DateTime<Utc>>,
    /// When we plan to ask again.
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
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Unknown fields and missing values of the stored set, counted.
    pub drift: i64,
    /// The game's build when it was stored.
    pub server_version: Option<String>,
    /// What the stored validators depend on: the question and how its reply was read. Validators of another
    /// fingerprint are worthless.
    pub fingerprint: Option<String>,
    /// The `Last-Modified` of the set that is held back (`shrunk`).
    pub quarantined_version: Option<String>,
    /// The version of the row that the target came from, when the target was last stored.
    pub source_version: Option<String>,
    /// The cursor's token: everything after it is new.
    pub cursor: Option<String>,
    /// The progress of a walk backwards: the token or id before which it continues.
    pub walk: Option<String>,
    /// Whether the walk backwards has reached the beginning.
    pub walk_ended: bool,
    /// Whether everything is being read again, because stored rows may be old.
    pub rereading: bool,
}

impl Target {
    /// A target that was never asked, due at once: one of many, or the only one of a route without
    /// parameters.
    #[must_use]
    pub fn new(dataset: &str, target: TargetKey, now: DateTime<Utc>) -> Self {
        let kind = if target.is_empty() { TargetKind::Route } else { TargetKind::Item };
        Self {
            dataset: dataset.to_owned(),
            target,
            owner: None,
            kind,
            rank: None,
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
            quarantined_version: None,
            source_version: None,
            cursor: None,
            walk: None,
            walk_ended: false,
            rereading: false,
        }
    }

    /// The entry of the list operation that a dataset takes its ids from, never asked, due at once.
    #[must_use]
    pub fn list(dataset: &str, now: DateTime<Utc>) -> Self {
        Self { kind: TargetKind::List, ..Self::new(dataset, TargetKey::empty(), now) }
    }

    pub(in crate::store) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            dataset: row.text("dataset")?.unwrap_or_default(),
            target: TargetKey::parse(row.text("target")?.unwrap_or_default()),
            owner: Owner::parse(&row.text("owner_kind")?.unwrap_or_default(), row.int("owner_id")?),
            kind: TargetKind::parse(&row.text("kind")?.unwrap_or_default()),
            rank: row.int("rank")?,
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
            quarantined_version: row.text("quarantined_version")?,
            source_version: row.text("source_version")?,
            cursor: row.text("cursor")?,
            walk: row.text("walk")?,
            walk_ended: row.bool("walk_ended")?,
            rereading: row.bool("rereading")?,
        })
    }
}

/// The columns of the ledger that are written, the key's first.
const COLUMNS: [&str; 26] = [
    "dataset",
    "target",
    "owner_kind",
    "owner_id",
    "kind",
    "rank",
    "state",
    "last_success_at",
    "last_attempt_at",
    "expires_at",
    "due_at",
    "last_modified",
    "etag",
    "pages",
    "rows",
    "failures",
    "last_error",
    "drift",
    "server_version",
    "fingerprint",
    "quarantined_version",
    "source_version",
    "cursor",
    "walk",
    "walk_ended",
    "rereading",
];
/// How many of [`COLUMNS`] form the key.
const KEY: usize = 2;

static PUT: LazyLock<String> = LazyLock::new(|| {
    let places: Vec<String> = (1..=COLUMNS.len()).map(|n| format!("${n}")).collect();
    let updates: Vec<String> = COLUMNS[KEY..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    format!(
        "INSERT INTO sync_targets ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
        COLUMNS.join(", "),
        places.join(", "),
        COLUMNS[..KEY].join(", "),
        updates.join(", ")
    )
});

impl Target {
    /// The values of [`COLUMNS`].
    fn arguments(&self) -> [Arg; COLUMNS.len()] {
        [
            self.dataset.as_str().into(),
            self.target.as_str().into(),
            self.owner.map(|owner| owner.kind.name().to_owned()).into(),
            self.owner.map(|owner| owner.id).into(),
            self.kind.name().into(),
            self.rank.into(),
            self.state.name().into(),
            self.last_success_at.into(),
            self.last_attempt_at.into(),
            self.expires_at.into(),
            self.due_at.into(),
            self.last_modified.into(),
            self.etag.clone().into(),
            self.pages.into(),
            self.rows.into(),
            self.failures.into(),
            self.last_error.clone().into(),
            self.drift.into(),
            self.server_version.clone().into(),
            self.fingerprint.clone().into(),
            self.quarantined_version.clone().into(),
            self.source_version.clone().into(),
            self.cursor.clone().into(),
            self.walk.clone().into(),
            self.walk_ended.into(),
            self.rereading.into(),
        ]
    }
}

impl Write {
    /// Stores a target's ledger entry.
    pub(in crate::store) async fn put_target(&mut self, target: &Target) -> Result<(), StoreError> {
        self.execute(&PUT, &target.arguments()).await?;
        Ok(())
    }
}
