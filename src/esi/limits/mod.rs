//! Everything that bounds what we send: token buckets, the legacy error limit, a rate, hidden limits of single routes,
//! slots, and pauses.
//!
//! [`Limits::acquire`] is the only way to send. It returns a [`Permit`] once all limits have room, in the order of
//! priority and arrival. The permit is settled with the reply's head ([`Permit::charge`]) and holds its slot until it is
//! dropped, however the request ends. So a cancelled request cannot leak a slot and cannot escape being counted.
//!
//! Waiters do not poll. A waiter is woken by a request that returns budget, or by a timer. Only one waiter holds the timer; when
//! it leaves, it passes the timer to the next. (A timer task would need an owner. A timer for each waiter would wake
//! hundreds to let one go.)

mod bucket;
mod charge;
mod errors;
mod pace;
mod pauses;
mod permit;
mod slots;
mod snapshot;
mod state;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::{Notify, oneshot, watch};
use tracing::info;

pub(super) use charge::Charge;
use pauses::EVERYTHING;
pub use pauses::LONGEST_PAUSE;
pub(super) use permit::Permit;
pub use snapshot::{BudgetSnapshot, SpentSlot, StoredPause};
use state::{BucketKey, LimitState};

use super::client::request::{Priority, Request};
use super::client::settings::ClientSettings;
use crate::clock::Clock;
use crate::declare::Group;

/// The pause after a 420 that names no end.
const DEFAULT_RESET: Duration = Duration::from_mins(1);

/// The limits of the process; clones are the same limits.
#[derive(Clone, Debug)]
pub struct Limits(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    state: Mutex<LimitState>,
    /// Locked by the one waiter that holds the timer for all.
    timer: tokio::sync::Mutex<()>,
    wake: watch::Sender<Option<DateTime<Utc>>>,
    revision: AtomicU64,
    pauses_changed: Notify,
    announced: Notify,
}

/// What a request needs from the limits.
#[derive(Clone, Debug)]
struct Ask {
    bucket: Option<BucketKey>,
    /// The bucket's limit by the specification.
    tokens: u32,
    /// The route, and its hidden limit in requests a minute.
    hidden: Option<(String, u32)>,
    route_pause: String,
    bucket_pause: Option<String>,
    priority: Priority,
    cannot_fail: bool,
}

/// A pause that is too long to wait for.
#[derive(Debug)]
pub(super) struct Refusal {
    pub what: String,
    pub until: DateTime<Utc>,
}

impl Limits {
    pub(super) fn new(settings: &ClientSettings, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(LimitState::new(settings, clock.now())),
            clock,
            timer: tokio::sync::Mutex::new(()),
            wake: watch::Sender::new(None),
            revision: AtomicU64::new(0),
            pauses_changed: Notify::new(),
            announced: Notify::new(),
        }))
    }

    /// Waits until `request` may be sent. Dropping the future gives up the place in the queue.
    ///
    /// # Errors
    /// The pause, if it ends too late to wait for.
    pub(super) async fn acquire(&self, request: &Request<'_>) -> Result<Permit, Refusal> {
        let (sender, mut answer) = oneshot::channel();
        let place = self.0.lock().enqueue(Ask::of(request), sender);
        let _place = QueuePlace { limits: self, place };
        self.0.answer_waiters();
        tokio::select! {
            biased;
            answer = &mut answer => match answer {
                Ok(outcome) => outcome,
                Err(_) => unreachable!("a waiter leaves the queue only with an answer"),
            },
            never = self.run_timer() => match never {},
        }
    }

    /// Waits for the timer, then answers the queue whenever a waiter's time has come.
    async fn run_timer(&self) -> std::convert::Infallible {
        let _timer = self.0.timer.lock().await;
        let mut wake = self.0.wake.subscribe();
        loop {
            let until = *wake.borrow_and_update();
            let alarm = async {
                match until {
                    Some(until) => self.0.clock.sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = alarm => self.0.answer_waiters(),
                _ = wake.changed() => {}
            }
        }
    }

    /// Pauses the bucket of `request`, or its route if it has no bucket. A throttle of the game servers always pauses the
    /// route. Returns when the pause ends.
    pub(super) fn throttled(
        &self,
        request: &Request<'_>,
        asked: Option<Duration>,
        by_game_server: bool,
    ) -> DateTime<Utc> {
        let ask = Ask::of(request);
        let name = ask.bucket_pause.filter(|_| !by_game_server).unwrap_or(ask.route_pause);
        self.pause(&name, asked)
    }

    /// Pauses everything until ESI's error minute is over, and then starts with a single request.
    pub(super) fn error_limited(&self, reset: Option<Duration>) -> DateTime<Utc> {
        let asked = reset.unwrap_or(DEFAULT_RESET) + Duration::from_secs(1);
        self.0.lock().slots.start_ramp();
        self.pause(EVERYTHING, Some(asked))
    }

    /// The end of ESI's pause of everything, if one runs.
    pub(super) fn all_paused_until(&self) -> Option<DateTime<Utc>> {
        self.0.lock().pauses.active(EVERYTHING, self.0.clock.now())
    }

    /// Allows a single request at a time, and doubles that with each success.
    pub(super) fn start_ramp(&self) {
        self.0.lock().slots.start_ramp();
    }

    fn pause(&self, name: &str, asked: Option<Duration>) -> DateTime<Utc> {
        let until = self.0.lock().pauses.start(name, self.0.clock.now(), asked);
        self.0.changed();
        self.0.pauses_changed.notify_one();
        self.0.answer_waiters();
        until
    }

    /// A counter that grows whenever [`Limits::snapshot`] would differ; compare it to know whether to save.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Relaxed)
    }

    /// Waits for the next new pause, which should be saved at once. A pause that began while nobody waited counts. Only
    /// one task may wait.
    pub async fn pauses_changed(&self) {
        self.0.pauses_changed.notified().await;
    }

    /// Waits until ESI announces a different limit for a bucket. An announcement that came while nobody waited counts.
    /// Only one task may wait.
    pub async fn announced_other(&self) {
        self.0.announced.notified().await;
    }

    /// The public buckets in use, by name, with the limit that ESI announced last: tokens, and their window.
    #[must_use]
    pub fn announced(&self) -> BTreeMap<String, (u32, Duration)> {
        let state = self.0.lock();
        let public =
            state.buckets.iter().filter(|((_, owner), bucket)| owner.is_empty() && bucket.limit() > 0);
        public
            .map(|((group, _), bucket)| {
                (group.clone(), (bucket.limit(), bucket.window().to_std().unwrap_or(Group::WINDOW)))
            })
            .collect()
    }

    /// The pauses that run now, for a status line.
    #[must_use]
    pub fn pauses(&self) -> Vec<StoredPause> {
        let now = self.0.clock.now();
        let state = self.0.lock();
        state.pauses.running(now).map(|(what, until)| StoredPause { what: what.to_owned(), until }).collect()
    }

    /// What requests wait for, in words, and until when.
    pub(in crate::esi) fn waits(&self) -> BTreeMap<String, DateTime<Utc>> {
        self.0.lock().waits(self.0.clock.now())
    }

    /// What must survive a restart. Reservations of requests in flight are left out: after a clean stop there are none.
    #[must_use]
    pub fn snapshot(&self) -> BudgetSnapshot {
        let (saved_at, pauses) = (self.0.clock.now(), self.pauses());
        let state = self.0.lock();
        let mut slots = Vec::new();
        for ((group, owner), bucket) in &state.buckets {
            slots.extend(bucket.slots().map(|(slot_start, tokens)| SpentSlot {
                group: group.clone(),
                owner: owner.clone(),
                slot_start,
                tokens,
                limit: bucket.limit(),
            }));
        }
        slots.sort_by(|a, b| (&a.group, &a.owner, a.slot_start).cmp(&(&b.group, &b.owner, b.slot_start)));
        BudgetSnapshot { saved_at, slots, pauses }
    }

    /// Takes over the snapshot of an earlier process, before the first request. Unless that process stopped `clean`, five
    /// seconds of its recent rate are added for what it may have spent after its last save.
    pub fn restore(&self, snapshot: &BudgetSnapshot, clean: bool) {
        let mut state = self.0.lock();
        let mut slots = snapshot.slots.clone();
        slots.sort_by_key(|slot| slot.slot_start);
        for slot in slots {
            let bucket = state.restored((slot.group, slot.owner));
            bucket.announce(slot.limit);
            bucket.spend(slot.slot_start, slot.tokens);
        }
        let unsaved = if clean { Vec::new() } else { snapshot.unsaved() };
        for slot in unsaved {
            state.restored((slot.group, slot.owner)).suspect(slot.slot_start, slot.tokens);
        }
        for pause in &snapshot.pauses {
            if pause.what == EVERYTHING && pause.until > self.0.clock.now() {
                state.slots.start_ramp();
            }
            state.pauses.restore(pause.what.clone(), pause.until);
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, LimitState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.revision.fetch_add(1, Ordering::Relaxed);
    }

    /// Answers every waiter that may go or is refused. The answers are sent after the lock is released, because a waiter
    /// that has just given up drops its permit, and that takes the lock.
    fn answer_waiters(self: &Arc<Self>) {
        let (answers, long_waits) = {
            let mut state = self.lock();
            let (answers, wake) = state.answers(self.clock.now());
            self.wake.send_if_modified(|current| std::mem::replace(current, wake) != wake);
            (answers, std::mem::take(&mut state.long_waits))
        };
        for ((group, owner), until) in long_waits {
            let until = until.format("%FT%TZ");
            info!(group, owner, %until, "our share of the bucket's tokens is spent; its requests wait");
        }
        for answer in answers {
            let outcome = answer.outcome.map(|granted| Permit::new(Arc::clone(self), granted));
            drop(answer.sender.send(outcome));
        }
    }
}

/// A place in the queue; dropping it removes the waiter.
struct QueuePlace<'a> {
    limits: &'a Limits,
    place: (Priority, u64),
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        self.limits.0.lock().leave(self.place);
    }
}

impl Ask {
    fn of(request: &Request<'_>) -> Self {
        let bucket = request.group.map(|group| (group.name.to_owned(), request.owner.to_owned()));
        Self {
            bucket_pause: bucket
                .as_ref()
                .map(|(group, owner)| format!("bucket {group} {owner}").trim_end().to_owned()),
            bucket,
            tokens: request.group.map_or(0, |group| group.tokens),
            hidden: request.per_minute.map(|most| (request.route.to_owned(), most)),
            route_pause: format!("route {}", request.route),
            priority: request.priority,
            cannot_fail: request.cannot_fail,
        }
    }
}

#[cfg(test)]
mod tests;
