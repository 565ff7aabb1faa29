//! Spreading: the sets of a heavily used bucket start one after the other, at the rate at which ESI returns
//! tokens.
//!
//! A burst is harmless while tokens are plenty. Where the plan needs most of a bucket, bursts empty it. Sets
//! then stall halfway until ESI's cache turns under them: the pages read so far are lost, and reading them
//! again costs the tokens that were short already. So only the *start* of a set waits; a set that has started
//! runs through. The alternative was to delay each request, but that makes every set slow, and the cache
//! turns under slow sets.
//!
//! Each start delays the next one by the time that its pages' tokens take to return. First fills may run half
//! a window ahead: an unused bucket has room, and a reader has no data until the first fill.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::plan::WINDOW;

/// The buckets that are spread.
#[derive(Debug, Default)]
pub(in crate::sync) struct Spread(Mutex<BTreeMap<String, StartQueueLine>>);

#[derive(Debug)]
struct StartQueueLine {
    /// Tokens that come back in a second.
    rate: f64,
    /// When the next set may start.
    free_at: DateTime<Utc>,
}

impl Spread {
    /// Spreads these buckets, each at its tokens per second, and no others.
    pub fn only(&self, rates: &BTreeMap<String, f64>) {
        let mut lines = self.lines();
        lines.retain(|group, _| rates.contains_key(group));
        for (group, rate) in rates {
            let line = lines
                .entry(group.clone())
                .or_insert(StartQueueLine { rate: *rate, free_at: DateTime::UNIX_EPOCH });
            line.rate = *rate;
        }
    }

    /// Takes the next place for a set that costs `tokens`, and returns when it may start.
    pub fn place(&self, group: &str, tokens: f64, is_first: bool, now: DateTime<Utc>) -> DateTime<Utc> {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(group) else { return now };
        let window = TimeDelta::from_std(WINDOW).unwrap_or(TimeDelta::minutes(15));
        // A place far ahead shows that the clock was set back.
        let free_at = line.free_at.clamp(now, now + window * 4);
        let milliseconds = (tokens / line.rate * 1000.0).min(1e9);
        #[expect(clippy::cast_possible_truncation, reason = "bounded in the line above")]
        let takes = TimeDelta::milliseconds(milliseconds as i64);
        line.free_at = free_at + takes;
        let ahead = if is_first { window / 2 } else { TimeDelta::zero() };
        (free_at - ahead).max(now)
    }

    fn lines(&self) -> MutexGuard<'_, BTreeMap<String, StartQueueLine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(1) + TimeDelta::seconds(seconds)
    }

    fn spread() -> Spread {
        let spread = Spread::default();
        spread.only(&BTreeMap::from([("market-order".to_owned(), 10.0)]));
        spread
    }

    #[test]
    fn each_set_starts_when_the_tokens_of_the_last_are_back() {
        let spread = spread();
        let starts: Vec<_> =
            [800.0, 100.0, 50.0].map(|t| spread.place("market-order", t, false, at(0))).into();
        assert_eq!(starts, [at(0), at(80), at(90)]);
        assert_eq!(spread.place("market-order", 10.0, false, at(200)), at(200), "nobody waits for nobody");
        assert_eq!(spread.place("status", 500.0, false, at(0)), at(0), "not spread");
    }

    #[test]
    fn first_fills_run_half_a_window_ahead_and_no_further() {
        let spread = spread();
        let starts: Vec<_> = (0..8).map(|_| spread.place("market-order", 1000.0, true, at(0))).collect();
        assert_eq!(starts[..5], [at(0); 5], "450 s ahead");
        assert_eq!(starts[5..], [at(50), at(150), at(250)]);
    }

    #[test]
    fn a_clock_set_back_does_not_stop_it() {
        let spread = spread();
        spread.place("market-order", 10.0, false, at(86_400));
        assert!(spread.place("market-order", 10.0, false, at(0)) <= at(3600));
    }
}
