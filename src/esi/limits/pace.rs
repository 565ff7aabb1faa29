//! A rate, enforced as a sliding window.
//!
//! The window is a tenth of a second wherever the rate allows it. That is short enough that requests go out as a stream
//! and not as one burst a second, and long enough that the timer's granularity costs no throughput.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// A bound on requests a second.
#[derive(Debug)]
pub(super) struct Pace {
    count: usize,
    window: TimeDelta,
    sent: VecDeque<DateTime<Utc>>,
}

impl Pace {
    /// `rate` in requests per second. Zero, negative and non-finite rates count as one request a minute.
    pub fn new(rate: f64) -> Self {
        let rate = if rate.is_finite() { rate.clamp(1.0 / 60.0, 10_000.0) } else { 1.0 / 60.0 };
        // A second holds a whole number of windows; else it could contain part of a further one and exceed the rate.
        let count = (rate / 10.0).floor().max(1.0);
        let windows = if rate < 1.0 { rate } else { (rate / count).floor() };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are small and positive"
        )]
        let (window, count) = (TimeDelta::milliseconds((1000.0 / windows).ceil() as i64), count as usize);
        Self { count, window, sent: VecDeque::with_capacity(count) }
    }

    /// A hidden limit of the game servers: `requests` a minute, as evenly as a tenth of a second allows. It need not
    /// survive a restart, because a new process can be ahead by one request at most.
    pub fn per_minute(requests: u32) -> Self {
        let requests = requests.max(1);
        let count = requests.div_ceil(600);
        let window = TimeDelta::milliseconds(
            (60_000 * i64::from(count) + i64::from(requests) - 1) / i64::from(requests),
        );
        Self { count: count.try_into().unwrap_or(1), window, sent: VecDeque::new() }
    }

    /// `Ok` if a request may go now; else when.
    pub fn room(&mut self, now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
        // A time in the future means that the clock was set back.
        self.sent.retain(|&when| now - self.window < when && when <= now);
        if self.sent.len() < self.count {
            return Ok(());
        }
        Err(self.sent[0] + self.window)
    }

    pub fn take(&mut self, now: DateTime<Utc>) {
        self.sent.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times, in milliseconds, at which an eager caller gets through within ten seconds.
    fn eager(rate: f64) -> Vec<i64> {
        let mut pace = Pace::new(rate);
        let mut sent = Vec::new();
        for ms in 0..10_000 {
            let now = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms);
            while pace.room(now).is_ok() {
                pace.take(now);
                sent.push(ms);
            }
        }
        sent
    }

    #[test]
    fn no_second_holds_more_than_the_rate() {
        for (rate, most) in [(20.0, 20), (10.0, 10), (3.0, 3), (25.0, 24), (2.5, 2)] {
            let sent = eager(rate);
            let worst = sent.iter().map(|t| sent.iter().filter(|u| (*t..t + 1000).contains(u)).count()).max();
            assert!(worst <= Some(most), "{worst:?} at {rate}");
            assert!(sent.len() >= (most - 1) * 10, "{} in 10 s at {rate}", sent.len());
        }
    }

    #[test]
    fn no_minute_holds_more_than_a_hidden_limit_and_none_begins_with_a_burst() {
        for (requests, at_once) in [(200, 1), (1, 1), (7, 1), (900, 2)] {
            let mut pace = Pace::per_minute(requests);
            let mut sent = Vec::new();
            for ms in 0..180_000 {
                let now = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(ms);
                while pace.room(now).is_ok() {
                    pace.take(now);
                    sent.push(ms);
                }
            }
            let within = |time: i64| {
                sent.iter().map(|t| sent.iter().filter(|u| (*t..t + time).contains(u)).count()).max()
            };
            let most = usize::try_from(requests).expect("small");
            assert!(within(60_000) <= Some(most), "{:?} a minute of {requests}", within(60_000));
            assert!(sent.len() >= most * 3 * 99 / 100, "{} in 3 min of {requests}", sent.len());
            assert_eq!(within(100), Some(at_once));
        }
    }

    #[test]
    fn an_unusable_rate_is_slow_and_does_not_panic() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(eager(rate).len(), 1);
        }
    }

    #[test]
    fn a_clock_set_back_does_not_stop_it() {
        let mut pace = Pace::new(1.0);
        pace.take(DateTime::UNIX_EPOCH + TimeDelta::hours(1));
        assert!(pace.room(DateTime::UNIX_EPOCH).is_ok());
    }
}
