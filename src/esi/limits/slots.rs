//! How many requests may be in flight, by priority.
//!
//! HTTP/1.1 opens a connection for each parallel request, and reqwest does not bound their number; this module does.
//! After a pause of everything it also ramps up: first one request, then twice as many with every success.

use crate::esi::client::request::Priority;

/// Slots that lists and backfills never take.
const LIVE_RESERVE: usize = 4;
/// The most backfill requests in flight on routes without a bucket.
const UNBUCKETED_BACKFILLS: usize = 4;

/// Requests in flight, by what bounds them.
#[derive(Debug)]
pub(super) struct Slots {
    max: usize,
    all: usize,
    not_live: usize,
    unbucketed_backfills: usize,
    /// The bound while ramping up.
    ramp: Option<usize>,
}

impl Slots {
    pub fn new(max: usize) -> Self {
        Self { max: max.max(1), all: 0, not_live: 0, unbucketed_backfills: 0, ramp: None }
    }

    pub fn has_room(&self, priority: Priority, bucketed: bool, strained: bool) -> bool {
        let max = if strained { self.max.div_ceil(2) } else { self.max };
        let others = max.saturating_sub(LIVE_RESERVE).max(1);
        self.all < max.min(self.ramp.unwrap_or(max))
            && (priority == Priority::Live || self.not_live < others)
            && (!is_slow(priority, bucketed) || self.unbucketed_backfills < UNBUCKETED_BACKFILLS)
    }

    /// Whether even the most urgent request must wait.
    pub fn are_full(&self) -> bool {
        self.all >= self.max.min(self.ramp.unwrap_or(self.max))
    }

    pub fn take(&mut self, priority: Priority, bucketed: bool) {
        self.all += 1;
        self.not_live += usize::from(priority != Priority::Live);
        self.unbucketed_backfills += usize::from(is_slow(priority, bucketed));
    }

    pub fn give_back(&mut self, priority: Priority, bucketed: bool) {
        self.all -= 1;
        self.not_live -= usize::from(priority != Priority::Live);
        self.unbucketed_backfills -= usize::from(is_slow(priority, bucketed));
    }

    /// Allows a single request, until it succeeds.
    pub fn start_ramp(&mut self) {
        self.ramp = Some(1);
    }

    pub fn is_ramping(&self) -> bool {
        self.ramp.is_some()
    }

    /// Doubles the ramp's bound, after a request of the ramp succeeded.
    pub fn climb(&mut self) {
        self.ramp = self.ramp.map(|slots| slots * 2).filter(|&slots| slots < self.max);
    }
}

fn is_slow(priority: Priority, bucketed: bool) -> bool {
    priority == Priority::Detail && !bucketed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(slots: &mut Slots, priority: Priority, bucketed: bool, strained: bool) -> usize {
        let mut taken = 0;
        while slots.has_room(priority, bucketed, strained) {
            slots.take(priority, bucketed);
            taken += 1;
        }
        taken
    }

    #[test]
    fn live_data_always_finds_a_slot() {
        let mut slots = Slots::new(16);
        assert_eq!(fill(&mut slots, Priority::Detail, false, false), 4);
        assert_eq!(fill(&mut slots, Priority::Detail, true, false), 8);
        assert_eq!(fill(&mut slots, Priority::List, false, false), 0);
        assert!(!slots.are_full());
        assert_eq!(fill(&mut slots, Priority::Live, false, false), 4);
        assert!(slots.are_full());
        slots.give_back(Priority::Detail, false);
        assert_eq!(fill(&mut slots, Priority::Detail, false, false), 1);
    }

    #[test]
    fn strain_halves_and_tiny_limits_still_work() {
        assert_eq!(fill(&mut Slots::new(16), Priority::Live, false, true), 8);
        assert_eq!(fill(&mut Slots::new(1), Priority::Detail, false, true), 1);
        assert_eq!(fill(&mut Slots::new(0), Priority::Live, false, false), 1);
    }

    #[test]
    fn a_ramp_doubles_until_it_is_gone() {
        let mut slots = Slots::new(16);
        slots.start_ramp();
        let mut bounds = Vec::new();
        while slots.is_ramping() {
            let taken = fill(&mut slots, Priority::Live, true, false);
            bounds.push(taken);
            for _ in 0..taken {
                slots.give_back(Priority::Live, true);
            }
            slots.climb();
        }
        assert_eq!(bounds, [1, 2, 4, 8]);
    }
}
