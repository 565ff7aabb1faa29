//! All limits together, and the queue of the requests that wait for them.
//!
//! Everything here is arithmetic under one lock: no I/O, no waiting, time as an argument. A request goes when *all* of
//! its limits have room, and then takes from all of them at once. So two requests cannot deadlock on two limits.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use super::bucket::Bucket;
use super::charge::Charge;
use super::errors::ErrorBudget;
use super::pace::Pace;
use super::pauses::{EVERYTHING, Pauses};
use super::slots::Slots;
use super::{Ask, Permit, Refusal};
use crate::esi::client::request::Priority;
use crate::esi::client::settings::ClientSettings;

/// The longest pause that a request waits for; for a longer one the caller gets its end instead. It covers the minute of
/// a 420 and of a 429 that names no time.
const PATIENCE: chrono::TimeDelta = chrono::TimeDelta::seconds(75);

/// A bucket's group and owner.
pub(super) type BucketKey = (String, String);

#[derive(Debug)]
pub(super) struct LimitState {
    share: f64,
    pub buckets: HashMap<BucketKey, Bucket>,
    errors: ErrorBudget,
    pace: Pace,
    backfill_pace: Pace,
    /// Hidden limits of the game servers, by route.
    hidden: HashMap<String, Pace>,
    pub pauses: Pauses,
    pub slots: Slots,
    queue: BTreeMap<(Priority, u64), Waiter>,
    next_ticket: u64,
    /// Long waits for a bucket's tokens that are not logged yet: the bucket, and the end of the wait.
    pub long_waits: Vec<(BucketKey, DateTime<Utc>)>,
}

#[derive(Debug)]
struct Waiter {
    ask: Ask,
    sender: oneshot::Sender<Result<Permit, Refusal>>,
}

/// The end of a waiter's wait.
pub(super) struct Answer {
    pub sender: oneshot::Sender<Result<Permit, Refusal>>,
    pub outcome: Result<Granted, Refusal>,
}

/// What a request took from the limits.
#[derive(Debug)]
pub(super) struct Granted {
    pub ask: Ask,
    /// Whether it is part of a ramp: its success raises the ramp's bound.
    pub on_ramp: bool,
}

enum Verdict {
    Go,
    Refuse(Refusal),
    /// Wait until this time, or until a request returns budget.
    Wait(Option<DateTime<Utc>>),
}

impl LimitState {
    pub fn new(settings: &ClientSettings, now: DateTime<Utc>) -> Self {
        Self {
            share: settings.budget_share,
            buckets: HashMap::new(),
            errors: ErrorBudget::new(now),
            pace: Pace::new(settings.max_rate),
            backfill_pace: Pace::new(settings.backfill_rate),
            hidden: HashMap::new(),
            pauses: Pauses::default(),
            slots: Slots::new(settings.max_concurrency),
            queue: BTreeMap::new(),
            next_ticket: 0,
            long_waits: Vec::new(),
        }
    }

    /// Queues `ask`; [`LimitState::answers`] answers it. Returns its place.
    pub fn enqueue(&mut self, ask: Ask, sender: oneshot::Sender<Result<Permit, Refusal>>) -> (Priority, u64) {
        let place = (ask.priority, self.next_ticket);
        self.next_ticket += 1;
        self.queue.insert(place, Waiter { ask, sender });
        place
    }

    pub fn leave(&mut self, place: (Priority, u64)) {
        self.queue.remove(&place);
    }

    /// Takes every waiter from the queue that may go or is refused, most urgent and longest waiting first. Returns their
    /// answers, and when to call this again.
    pub fn answers(&mut self, now: DateTime<Utc>) -> (Vec<Answer>, Option<DateTime<Utc>>) {
        let mut answers = Vec::new();
        let mut wake: Option<DateTime<Utc>> = None;
        let places: Vec<_> = self.queue.keys().copied().collect();
        for place in places {
            if self.slots.are_full() {
                break;
            }
            let Some(waiter) = self.queue.remove(&place) else { continue };
            let outcome = match self.judge(&waiter.ask, now) {
                Verdict::Wait(until) => {
                    self.queue.insert(place, waiter);
                    wake = [wake, until].into_iter().flatten().min();
                    continue;
                }
                Verdict::Refuse(refusal) => Err(refusal),
                Verdict::Go => Ok(self.grant(waiter.ask, now)),
            };
            answers.push(Answer { sender: waiter.sender, outcome });
        }
        (answers, wake)
    }

    fn judge(&mut self, ask: &Ask, now: DateTime<Utc>) -> Verdict {
        for name in [EVERYTHING, &ask.route_pause].into_iter().chain(ask.bucket_pause.as_deref()) {
            match self.pauses.active(name, now) {
                Some(until) if until - now > PATIENCE => {
                    return Verdict::Refuse(Refusal { what: name.to_owned(), until });
                }
                Some(until) => return Verdict::Wait(Some(until)),
                None => {}
            }
        }
        let is_bucketed = ask.bucket.is_some();
        let strained = self.errors.is_strained(now);
        if !self.slots.has_room(ask.priority, is_bucketed, strained) {
            // Strain ends with ESI's minute, even if no request returns budget.
            return Verdict::Wait(strained.then(|| self.errors.ends()));
        }
        if let Err(until) = self.errors.room(now, ask.cannot_fail) {
            return Verdict::Wait(until);
        }
        if let Some(Err(until)) = self.hidden(ask).map(|pace| pace.room(now)) {
            return Verdict::Wait(Some(until));
        }
        if is_bucketed {
            let bucket = self.bucket(ask);
            let Err(until) = bucket.room(now) else { return Verdict::Go };
            let news = until.filter(|until| bucket.is_news(*until, now));
            self.long_waits.extend(ask.bucket.clone().zip(news));
            return Verdict::Wait(until);
        }
        let pace = if ask.priority == Priority::Detail { self.backfill_pace.room(now) } else { Ok(()) };
        pace.and_then(|()| self.pace.room(now))
            .map_or_else(|until| Verdict::Wait(Some(until)), |()| Verdict::Go)
    }

    /// What the waiting wait for, in words, and until when. Slots and paces are moments, and are left out.
    pub fn waits(&mut self, now: DateTime<Utc>) -> BTreeMap<String, DateTime<Utc>> {
        let asks: Vec<Ask> = self.queue.values().map(|waiter| waiter.ask.clone()).collect();
        asks.iter().filter_map(|ask| self.wait_of(ask, now)).collect()
    }

    fn wait_of(&mut self, ask: &Ask, now: DateTime<Utc>) -> Option<(String, DateTime<Utc>)> {
        if let Some(until) = self.pauses.active(EVERYTHING, now) {
            return Some(("the pause of everything that ESI asked for (420, error limit)".to_owned(), until));
        }
        for name in std::iter::once(ask.route_pause.as_str()).chain(ask.bucket_pause.as_deref()) {
            if let Some(until) = self.pauses.active(name, now) {
                return Some((format!("the pause that ESI asked for (429, {name})"), until));
            }
        }
        if let Err(until) = self.errors.room(now, ask.cannot_fail) {
            return Some(("room in ESI's error limit".to_owned(), until?));
        }
        let (group, _) = ask.bucket.clone()?;
        let until = self.bucket(ask).room(now).err()??;
        Some((format!("rate-limit tokens of {group}"), until))
    }

    fn grant(&mut self, ask: Ask, now: DateTime<Utc>) -> Granted {
        let on_ramp = self.slots.is_ramping();
        self.slots.take(ask.priority, ask.bucket.is_some());
        if let Some(pace) = self.hidden(&ask) {
            pace.take(now);
        }
        self.errors.reserve();
        if ask.bucket.is_some() {
            self.bucket(&ask).reserve();
        } else {
            self.pace.take(now);
            if ask.priority == Priority::Detail {
                self.backfill_pace.take(now);
            }
        }
        Granted { ask, on_ramp }
    }

    fn hidden(&mut self, ask: &Ask) -> Option<&mut Pace> {
        let (route, most) = ask.hidden.as_ref()?;
        if !self.hidden.contains_key(route) {
            self.hidden.insert(route.clone(), Pace::per_minute(*most));
        }
        self.hidden.get_mut(route)
    }

    fn bucket(&mut self, ask: &Ask) -> &mut Bucket {
        let key = ask.bucket.clone().unwrap_or_default();
        let bucket = self.buckets.entry(key).or_insert_with(|| Bucket::new(ask.tokens, self.share));
        bucket.announce(ask.tokens);
        bucket
    }

    /// A bucket from a snapshot; the first request brings its limit.
    pub fn restored(&mut self, key: BucketKey) -> &mut Bucket {
        self.buckets.entry(key).or_insert_with(|| Bucket::new(0, self.share))
    }

    /// Replaces a request's reservations by the reply's cost. True if the reply announces a new limit.
    pub fn settle(&mut self, granted: &Granted, charge: &Charge, now: DateTime<Utc>) -> bool {
        let ask = &granted.ask;
        let mut is_news = false;
        self.errors.refund();
        if ask.bucket.is_some() {
            let bucket = self.bucket(ask);
            let before = (bucket.limit(), bucket.window());
            bucket.settle(now, charge);
            is_news = before != (bucket.limit(), bucket.window());
        }
        if charge.is_error() {
            self.errors.count(now);
        } else {
            self.pauses.relieve(EVERYTHING, now);
            self.pauses.relieve(&ask.route_pause, now);
            if let Some(name) = &ask.bucket_pause {
                self.pauses.relieve(name, now);
            }
            if granted.on_ramp {
                self.slots.climb();
            }
        }
        self.errors.learn(now, charge);
        is_news
    }

    /// Replaces the reservations of a request that got no reply by its assumed cost.
    pub fn unanswered(&mut self, ask: &Ask, now: DateTime<Utc>) {
        self.errors.refund();
        if ask.bucket.is_some() {
            self.bucket(ask).unanswered(now);
        } else {
            self.errors.count(now);
        }
    }

    /// Returns the reservations of a request that was never sent.
    pub fn refund(&mut self, ask: &Ask) {
        self.errors.refund();
        if ask.bucket.is_some() {
            self.bucket(ask).refund();
        }
    }
}
