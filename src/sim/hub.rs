//! The state that all connections share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::answer::shelf::Shelf;
use super::counters::Tally;
use super::fault::Faults;
use super::limits::SimulatedLimits;
use super::settings::SimSettings;
use super::world::World;
use crate::clock::Clock;

/// The state that all connections share.
#[derive(Debug)]
pub struct Hub {
    /// The settings.
    pub settings: SimSettings,
    /// The clock.
    pub clock: Clock,
    /// The world.
    pub world: World,
    limits: Mutex<SimulatedLimits>,
    faults: Mutex<Faults>,
    tally: Mutex<Tally>,
    shelf: Mutex<Shelf>,
    published: Mutex<Option<Bytes>>,
    serial: AtomicU64,
}

impl Hub {
    /// A fresh world and empty counters.
    #[must_use]
    pub fn new(settings: SimSettings, clock: Clock) -> Self {
        Self {
            world: World::new(&settings),
            limits: Mutex::new(SimulatedLimits::new(settings.limit_scale)),
            faults: Mutex::default(),
            tally: Mutex::new(Tally::new(settings.log_length)),
            shelf: Mutex::new(Shelf::new(settings.cache_bytes)),
            published: Mutex::default(),
            serial: AtomicU64::new(0),
            settings,
            clock,
        }
    }

    /// The tokens and errors of clients.
    pub fn limits(&self) -> MutexGuard<'_, SimulatedLimits> {
        lock(&self.limits)
    }

    /// The active faults.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }

    /// Counters and log.
    pub fn tally(&self) -> MutexGuard<'_, Tally> {
        lock(&self.tally)
    }

    /// Rendered bodies.
    pub fn shelf(&self) -> MutexGuard<'_, Shelf> {
        lock(&self.shelf)
    }

    /// The specification that replaces the facts' own, if one was published.
    pub fn published(&self) -> MutexGuard<'_, Option<Bytes>> {
        lock(&self.published)
    }

    /// A unique number for a request.
    pub fn serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// Makes every route show its next version at once.
    pub fn next_version(&self) {
        self.world.timeline.next_version();
        self.tally().forget_all();
    }
}

/// Locks even after a panic, because the counts are still valid.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
