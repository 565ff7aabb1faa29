//! When routes are rebuilt, and which records have changed by then.
//!
//! A route's *version* is the number of lifetimes since 1970, shifted by a phase of its own so that routes are not rebuilt
//! all at once. Nothing about a version is stored: a record has changed `floor(v x share + phase of the record)` times by
//! version `v`. From one version to the next this grows by one for exactly a `share` of all records. It takes constant
//! time, forwards and backwards.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::sim::chance;
use crate::spec::Operation;

/// 11:05 UTC, when the daily routes are rebuilt.
const DAILY: (i64, i64) = (86_400, 11 * 3_600 + 5 * 60);
/// The lifetime of event-based routes for which the specification names none.
const UNNAMED_EVENT: i64 = 60;

/// The times at which the world changes.
#[derive(Debug)]
pub struct Timeline {
    offset: AtomicI64,
    /// The second at which the world was stopped; [`MOVING`] while it changes.
    stopped_at: AtomicI64,
    share: u64,
}

const MOVING: i64 = i64::MAX;

/// The rebuild of one route that is current at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// Grows by one at each rebuild.
    pub version: i64,
    /// When it was built, in whole seconds: `Last-Modified`.
    pub built: DateTime<Utc>,
    /// When the next rebuild is due: `Expires`.
    pub expires: DateTime<Utc>,
    /// Seconds between rebuilds.
    pub ttl: i64,
}

impl Timeline {
    /// A timeline in which `share` (0..=1) of the live records change at each rebuild.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=2^32")]
    pub fn new(share: f64) -> Self {
        let share = (share.clamp(0.0, 1.0) * 4_294_967_296.0) as u64;
        Self { offset: AtomicI64::new(0), stopped_at: AtomicI64::new(MOVING), share }
    }

    /// The rebuild of `operation` at the concrete `path` that is current at `now`.
    #[must_use]
    pub fn rebuild(&self, operation: &Operation, path: &str, now: DateTime<Utc>) -> Rebuild {
        let event = operation.cache.mode.is_some();
        let (ttl, phase) = match operation.cache.client_ttl.and_then(|ttl| i64::try_from(ttl).ok()) {
            Some(ttl) => (ttl, chance::amount(chance::hash(path.as_bytes()), ttl)),
            None if event => (UNNAMED_EVENT, chance::amount(chance::hash(path.as_bytes()), UNNAMED_EVENT)),
            None => DAILY,
        };
        let offset = self.offset.load(Ordering::Relaxed);
        let turn_of = |seconds: i64| (seconds - phase).div_euclid(ttl);
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or(now);
        let turn = turn_of(now.timestamp().min(self.stopped_at.load(Ordering::Relaxed)));
        let next = (turn_of(now.timestamp()) + 1) * ttl + phase;
        Rebuild { version: turn + offset, built: at(turn * ttl + phase + offset), expires: at(next), ttl }
    }

    /// Stops the world: every route keeps showing its version at `when`, however long the clock runs.
    pub fn hold(&self, when: DateTime<Utc>) {
        self.stopped_at.store(when.timestamp(), Ordering::Relaxed);
    }

    /// Lets the world move again.
    pub fn release(&self) {
        self.stopped_at.store(MOVING, Ordering::Relaxed);
    }

    /// Makes every route show its next version at once, with a `Last-Modified` one second later.
    pub fn next_version(&self) {
        self.offset.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the record with this hash has changed by `version`.
    #[must_use]
    pub fn changes(&self, record: u64, version: i64) -> i64 {
        (self.steps(version) + i128::from(record >> 32)).div_euclid(1 << 32).try_into().unwrap_or(i64::MAX)
    }

    /// The version at which the record with this hash changed for the `nth` time; `None` if nothing ever changes.
    #[must_use]
    pub fn version_of(&self, record: u64, nth: i64) -> Option<i64> {
        if self.share == 0 || nth == 0 {
            return None;
        }
        let needed = (i128::from(nth) << 32) - i128::from(record >> 32);
        let share = i128::from(self.share);
        (needed + share - 1).div_euclid(share).try_into().ok()
    }

    /// `version` times the share, in units of 2^-32.
    fn steps(&self, version: i64) -> i128 {
        i128::from(version) * i128::from(self.share)
    }
}

impl Rebuild {
    /// The rebuild after this one, for replies whose set changed while it was being read.
    #[must_use]
    pub fn next(self) -> Self {
        let ttl = TimeDelta::seconds(self.ttl);
        Self {
            version: self.version + 1,
            built: self.built + ttl,
            expires: self.expires + ttl,
            ttl: self.ttl,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_changes_and_the_version_of_a_change_is_found_again() {
        let timeline = Timeline::new(0.01);
        let version = 5_900_000;
        let records: Vec<u64> = (0..50_000).map(|i| chance::mix(7, i)).collect();
        let changed =
            records.iter().filter(|&&r| timeline.changes(r, version) != timeline.changes(r, version + 1));
        let changed = changed.count();
        assert!((400..600).contains(&changed), "{changed} of 50000 changed, expected about 500");
        for &record in &records[..100] {
            let nth = timeline.changes(record, version);
            let at = timeline.version_of(record, nth).expect("something changes");
            assert_eq!(timeline.changes(record, at), nth);
            assert_eq!(timeline.changes(record, at - 1), nth - 1);
        }
    }
}
