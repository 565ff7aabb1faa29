//! The ledger: one row per target, written in the transaction that writes the target's rows.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::{Arg, Row, Store, StoreError, Write};

/// What may be asked of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
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
const ASKED: &str = "('active', 'shrunk', 'leaving')";

impl State {
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

    fn parse(name: &str) -> Self {
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
    /// The parameters as canonical text (`region_id=10000002`); empty for a route without any, and for id lists.
    pub target: String,
    /// What may be asked of it.
    pub state: State,
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
    pub fn new(dataset: &str, target: String, now: DateTime<Utc>) -> Self {
        Self {
            dataset: dataset.to_owned(),
            target,
            state: State::Active,
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

    /// The target's parameters: `region_id` and `10000002` of `region_id=10000002`.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.target.split('&').filter_map(|pair| pair.split_once('='))
    }

    /// The value of the target's first parameter; empty where it has none.
    #[must_use]
    pub fn value(&self) -> &str {
        self.values().next().map_or("", |(_, value)| value)
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            dataset: row.text("dataset")?.unwrap_or_default(),
            target: row.text("target")?.unwrap_or_default(),
            state: State::parse(&row.text("state")?.unwrap_or_default()),
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

/// How many targets one statement adds.
const ADDED_AT_ONCE: usize = 500;

/// Adds so many targets of one dataset: `$1` dataset, `$2` when they are due, then the targets.
fn add_statement(targets: usize) -> String {
    let rows: Vec<String> =
        (0..targets).map(|i| format!("($1, ${}, 'active', $2, 0, 0, 0)", i + 3)).collect();
    format!(
        "INSERT INTO sync_targets (dataset, target, state, due_at, rows, failures, drift) VALUES {} \
         ON CONFLICT (dataset, target) DO NOTHING",
        rows.join(", ")
    )
}

impl Write {
    /// Stores a target's ledger entry.
    pub(super) async fn put_target(&mut self, t: &Target) -> Result<(), StoreError> {
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

/// What a row says of its version, from which a target comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The target, as canonical text.
    pub target: String,
    /// The version of the row, as text.
    pub version: String,
}

/// Which targets a dataset is to have.
#[derive(Clone, Debug)]
pub struct Selection<'a> {
    /// The dataset's name.
    pub dataset: &'a str,
    /// All targets that are wanted, as canonical texts.
    pub wanted: &'a [String],
    /// What becomes of targets that are not among them.
    pub others: State,
}

/// Which targets are not asked.
#[derive(Clone, Copy, Debug)]
pub struct Skip<'a> {
    /// The dataset's name.
    pub dataset: &'a str,
    /// Of a dataset with an id list: only the list, or all but the list.
    pub list: Option<bool>,
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

    /// Targets of a dataset whose time has come, the longest overdue first. `by_expiry` asks for those whose reply
    /// has expired, whatever our own cadence says; after a failure the cool-down counts all the same. The id list (the empty target of a dataset that has one) is not
    /// among them.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn due(
        &self,
        dataset: &str,
        listed: bool,
        by_expiry: bool,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Target>, StoreError> {
        let condition = if by_expiry {
            "CASE WHEN last_error IS NULL THEN expires_at IS NULL OR expires_at <= $2 ELSE due_at <= $2 END"
        } else {
            "due_at <= $2"
        };
        let without_list = if listed { "AND target <> ''" } else { "" };
        let sql = format!(
            "SELECT * FROM sync_targets WHERE dataset = $1 AND state IN {ASKED} {without_list} \
             AND {condition} ORDER BY due_at, target LIMIT $3"
        );
        self.query(&sql, &[dataset.into(), now.into(), limit.into()])
            .await?
            .iter()
            .map(Target::read)
            .collect()
    }

    /// When the next target of a dataset falls due; `None` if it has no target.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn next_due(&self, dataset: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let sql =
            format!("SELECT MIN(due_at) AS due_at FROM sync_targets WHERE dataset = $1 AND state IN {ASKED}");
        let rows = self.query(&sql, &[dataset.into()]).await?;
        rows.first().map_or(Ok(None), |row| row.time("due_at"))
    }

    /// Moves what is due of a dataset to `until`, and says why; no failure is counted. Returns how many targets that
    /// concerned.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn skip(
        &self,
        skip: Skip<'_>,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        why: &str,
    ) -> Result<u64, StoreError> {
        let some = match skip {
            Skip { list: Some(true), .. } => "AND target = ''",
            Skip { list: Some(false), .. } => "AND target <> ''",
            Skip { list: None, .. } => "",
        };
        let sql = format!(
            "UPDATE sync_targets SET due_at = $3, last_error = $4 WHERE dataset = $1 AND due_at <= $2 \
             AND state IN {ASKED} {some}"
        );
        let mut tx = self.begin().await?;
        let moved = tx.execute(&sql, &[skip.dataset.into(), now.into(), until.into(), why.into()]).await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// Makes a dataset's targets those that are wanted: adds new ones, due now; revives known ones; marks others.
    /// Returns how many were added.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn select(&self, selection: &Selection<'_>, now: DateTime<Utc>) -> Result<usize, StoreError> {
        let mut tx = self.begin().await?;
        let added = tx.select_targets(selection, now).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Adds targets that the ledger does not know yet, due now.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn add(&self, dataset: &str, targets: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.add_targets(dataset, targets.iter(), now).await?;
        tx.commit().await
    }

    /// Adds targets that the ledger does not know yet, each with its own due time.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn add_ranked(
        &self,
        dataset: &str,
        targets: &[(String, DateTime<Utc>)],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (target, due_at) in targets {
            tx.add_targets(dataset, std::iter::once(target), *due_at).await?;
        }
        tx.commit().await
    }

    /// Notes the versions of the rows that targets come from. Targets that were complete under another version are asked
    /// again, not before their reply has expired. Returns how many these are.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn wake_moved(
        &self,
        dataset: &str,
        moved: &[Moved],
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let known: HashMap<String, Target> =
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
            if state == State::Complete {
                (state, due) = (State::Active, entry.expires_at.max(Some(now)));
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

    /// How many targets have expired though they were stored under the build `server_version`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn expired_of_build(
        &self,
        dataset: &str,
        server_version: &str,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = $1 AND server_version = $2 \
                   AND expires_at <= $3 AND failures = 0 AND state = 'active'";
        let rows = self.query(sql, &[dataset.into(), server_version.into(), now.into()]).await?;
        rows.first().map_or(Ok(None), |row| row.int("n")).map(|n| n.unwrap_or(0))
    }

    /// Static content whose build is still the current one needs no request: its next look is moved to `until`.
    /// Returns how many targets that concerned.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn postpone_unchanged_build(
        &self,
        dataset: &str,
        server_version: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let sql = "UPDATE sync_targets SET due_at = $4, expires_at = $4 WHERE dataset = $1 AND server_version = $2 \
                   AND expires_at <= $3 AND failures = 0 AND state = 'active'";
        let mut tx = self.begin().await?;
        let moved =
            tx.execute(sql, &[dataset.into(), server_version.into(), now.into(), until.into()]).await?;
        tx.commit().await?;
        Ok(moved)
    }
}

impl Write {
    /// See [`Store::select`].
    pub(super) async fn select_targets(
        &mut self,
        selection: &Selection<'_>,
        now: DateTime<Utc>,
    ) -> Result<usize, StoreError> {
        let Selection { dataset, wanted, others } = *selection;
        let sql = "SELECT target, state FROM sync_targets WHERE dataset = $1 AND target <> ''";
        let mut known = HashSet::new();
        let (mut revive, mut mark) = (Vec::new(), Vec::new());
        let wanted_set: HashSet<&str> = wanted.iter().map(String::as_str).collect();
        for row in self.query(sql, &[dataset.into()]).await? {
            let target = row.text("target")?.unwrap_or_default();
            let state = State::parse(&row.text("state")?.unwrap_or_default());
            match (wanted_set.contains(target.as_str()), state) {
                (true, State::Deselected | State::Retired | State::Leaving) => revive.push(target.clone()),
                (false, State::Active | State::Shrunk) => mark.push(target.clone()),
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
        let unknown: Vec<&String> = wanted.iter().filter(|t| !known.contains(t.as_str())).collect();
        self.add_targets(dataset, unknown.iter().copied(), now).await?;
        Ok(unknown.len())
    }

    pub(super) async fn add_targets(
        &mut self,
        dataset: &str,
        targets: impl Iterator<Item = &String>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let targets: Vec<&String> = targets.collect();
        for some in targets.chunks(ADDED_AT_ONCE) {
            let mut args: Vec<Arg> = vec![dataset.into(), now.into()];
            args.extend(some.iter().map(|t| t.as_str().into()));
            self.execute(&add_statement(some.len()), &args).await?;
        }
        Ok(())
    }
}
