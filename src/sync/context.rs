//! What all jobs share. The supervisor builds it once and hands it down.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Clock;
use crate::declare::TargetKey;
use crate::esi::{BudgetSnapshot, Client};
use crate::store::{Commit, Due, Store, StoreError, Target, Written};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Progress;
use super::attempt::memory::Memory;
use super::schedule::clock_rewind::Rewinds;
use super::schedule::start_queue::Spread;
use super::watch::outage::{Outage, Waiting};

/// How often, at most, spent tokens are saved along with a commit.
const SAVE_BUDGETS_EVERY: TimeDelta = TimeDelta::seconds(5);
/// The longest pause between two tries of a commit.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The shared client, the database pool, the clock, and their companions.
#[derive(Debug)]
pub struct Context {
    /// The one ESI client.
    pub client: Client,
    /// The one database.
    pub store: Store,
    /// The world's time.
    pub clock: Clock,
    /// Cancelled when no new work may begin.
    pub stop: CancellationToken,
    /// Counters of the work done, for people who watch.
    pub progress: Progress,
    /// How long a commit waits for a database that is busy, full or away; `None`: without limit.
    pub patience: Option<Duration>,
    /// Room for the rows of sets that are being read.
    pub(super) memory: Memory,
    /// The queue of starts for buckets in heavy use.
    pub(super) spread: Spread,
    /// What the pass over named datasets has tried although it was resting.
    tried: Mutex<Tried>,
    /// When the clock was set back.
    pub(super) rewinds: Rewinds,
    /// Rises with every commit that changed rows, so that drivers fed by other tables look again.
    pub changes: watch::Sender<u64>,
    /// How often each table was written to since the process started.
    revisions: Mutex<HashMap<&'static str, u64>>,
    /// Rises with every turn and every try of a commit. It shows that the process is alive.
    pub turns: AtomicU64,
    saved: Mutex<(u64, DateTime<Utc>)>,
    outage: watch::Sender<Outage>,
    /// Patience with the database has ended: fetching more is pointless, because it could not be stored.
    gave_up: AtomicBool,
}

/// The targets that a pass has tried although they were resting: dataset and key.
#[derive(Debug, Default)]
struct Tried {
    /// When the pass began.
    pass: Option<DateTime<Utc>>,
    targets: HashSet<(String, TargetKey)>,
}

impl Context {
    /// Puts the shared parts together.
    #[must_use]
    pub fn new(
        client: Client,
        store: Store,
        clock: Clock,
        stop: CancellationToken,
        patience: Option<Duration>,
    ) -> Self {
        let saved = Mutex::new((client.limits().revision(), DateTime::UNIX_EPOCH));
        Self {
            client,
            store,
            clock,
            stop,
            progress: Progress::default(),
            patience,
            memory: Memory::default(),
            spread: Spread::default(),
            tried: Mutex::default(),
            rewinds: Rewinds::default(),
            changes: watch::Sender::new(0),
            revisions: Mutex::default(),
            turns: AtomicU64::new(0),
            saved,
            outage: watch::Sender::default(),
            gave_up: AtomicBool::new(false),
        }
    }

    /// Notes that a loop has turned.
    pub fn turned(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether a target that failed is left alone for now. A pass over named datasets tries each once.
    pub(super) fn rests(&self, failed: &Target, due: Due, now: DateTime<Utc>) -> bool {
        let is_early = failed.due_at.is_some_and(|due| due > now);
        let Due::Named { by } = due else { return is_early };
        if !is_early {
            return false;
        }
        let mut tried = self.tried.lock().unwrap_or_else(PoisonError::into_inner);
        if tried.pass != Some(by) {
            *tried = Tried { pass: Some(by), targets: HashSet::new() };
        }
        !tried.targets.insert((failed.dataset.clone(), failed.target.clone()))
    }

    /// How often a table was written to since the process started.
    pub(super) fn revision(&self, table: &str) -> u64 {
        let revisions = self.revisions.lock().unwrap_or_else(PoisonError::into_inner);
        revisions.get(table).copied().unwrap_or(0)
    }

    /// The limits' state, if it is time to save it.
    fn budgets_to_save(&self) -> Option<BudgetSnapshot> {
        let revision = self.client.limits().revision();
        let now = self.clock.now();
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        if saved.0 == revision || now - saved.1 < SAVE_BUDGETS_EVERY {
            return None;
        }
        *saved = (revision, now);
        Some(self.client.limits().snapshot())
    }

    /// Saves spent tokens and pauses now.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub async fn save_budgets(&self) -> Result<(), StoreError> {
        self.store.save_budgets(&self.client.limits().snapshot()).await
    }

    /// Commits, and waits out a database that is busy, full or away, so that fetched data is not lost.
    ///
    /// # Errors
    /// If the database refuses, if patience ends, or if the process is to stop while the database is away.
    pub async fn commit(&self, mut commit: Commit<'_>) -> Result<Written, StoreError> {
        let budgets = self.budgets_to_save();
        commit.budgets = budgets.as_ref();
        let commit = &commit;
        let written = self.patiently(|| self.store.commit(commit).boxed()).await?;
        if written.total() > 0 {
            let mut revisions = self.revisions.lock().unwrap_or_else(PoisonError::into_inner);
            for table in commit.dataset.tables {
                *revisions.entry(table.name).or_default() += 1;
            }
        }
        if written.total() > 0 || commit.selection.is_some() {
            self.changes.send_modify(|n| *n += 1);
        }
        Ok(written)
    }

    /// Repeats database work until it succeeds, fails for good, or patience ends.
    ///
    /// # Errors
    /// See [`Context::commit`].
    pub async fn patiently<'a, T>(
        &self,
        mut work: impl FnMut() -> BoxFuture<'a, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let began = std::time::Instant::now();
        let mut wait = Duration::from_millis(250);
        let mut waiting: Option<Waiting<'_>> = None;
        loop {
            self.turned();
            match work().await {
                Ok(value) => {
                    waiting.into_iter().for_each(Waiting::succeeded);
                    return Ok(value);
                }
                Err(error) if error.is_transient() => {
                    if error.is_outage() && waiting.is_none() {
                        waiting = Some(Waiting::begin(&self.outage, &error));
                    }
                    if self.stop.is_cancelled() {
                        return Err(error);
                    }
                    if self.patience.is_some_and(|p| began.elapsed() > p) {
                        self.gave_up.fetch_or(error.is_outage(), Ordering::Relaxed);
                        return Err(error);
                    }
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {}
                        () = self.stop.cancelled() => {}
                    }
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether the database takes no writes, and why.
    #[must_use]
    pub fn outage(&self) -> watch::Receiver<Outage> {
        self.outage.subscribe()
    }

    /// Waits until the database takes writes: data that cannot be stored is not fetched.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if patience with the database has ended.
    pub(super) async fn until_writable(&self) -> Result<(), StoreError> {
        let mut outage = self.outage.subscribe();
        tokio::select! {
            _ = outage.wait_for(|outage| outage.waiting == 0) => {}
            () = self.stop.cancelled() => {}
        }
        if self.gave_up.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("it did not take writes for too long".to_owned()));
        }
        Ok(())
    }
}
