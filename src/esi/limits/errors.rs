//! The legacy limit: 100 errors in a fixed minute for all routes without a bucket, and after that a 420 on *every* route.
//!
//! ESI bans clients that keep hitting it, so we aim at a fifth. Every request reserves its possible error like a token, so
//! a burst of requests for unknown ids cannot overshoot. Routes with a bucket reserve too: whether their errors count here
//! is not documented, and an ESI on which everything fails should not be asked more. Our aim holds for any minute, not
//! only for ESI's: twenty errors at the end of one minute and twenty at the start of the next would look like forty in
//! ESI's logs.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::charge::Charge;

/// Errors we allow ourselves in a minute.
const AIM: usize = 20;
const MINUTE: TimeDelta = TimeDelta::seconds(60);
/// Two ends of ESI's minute that are this close to each other belong to the same minute.
const SAME_MINUTE: TimeDelta = TimeDelta::seconds(10);

/// Our errors of the last minute, and what ESI reports of its current minute.
#[derive(Debug)]
pub(super) struct ErrorBudget {
    /// The times of our errors, oldest first.
    errors: VecDeque<DateTime<Utc>>,
    reserved: usize,
    /// The end of ESI's minute, and the errors it leaves us until then.
    ends: DateTime<Utc>,
    remain: Option<u32>,
}

impl ErrorBudget {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { errors: VecDeque::new(), reserved: 0, ends: now + MINUTE, remain: None }
    }

    /// `Ok` if a request may go; else when one may, or `None` if that depends on replies not yet received.
    pub fn room(&mut self, now: DateTime<Utc>, cannot_fail: bool) -> Result<(), Option<DateTime<Utc>>> {
        self.turn(now);
        let remain = self.remain.unwrap_or(u32::MAX);
        if remain < 10 || remain < 20 && !cannot_fail {
            return Err(Some(self.ends));
        }
        if self.errors.len() + self.reserved < AIM {
            return Ok(());
        }
        let over = self.errors.len().checked_sub(AIM);
        Err(over.map(|over| self.errors[over] + MINUTE))
    }

    /// Whether ESI counts so many errors that only half of the slots may be used.
    pub fn is_strained(&mut self, now: DateTime<Utc>) -> bool {
        self.turn(now);
        self.remain.is_some_and(|remain| remain < 50)
    }

    /// The end of ESI's current minute.
    pub fn ends(&self) -> DateTime<Utc> {
        self.ends
    }

    pub fn reserve(&mut self) {
        self.reserved += 1;
    }

    pub fn refund(&mut self) {
        self.reserved -= 1;
    }

    /// Counts an error that ESI reported or that we must assume.
    pub fn count(&mut self, now: DateTime<Utc>) {
        self.turn(now);
        self.errors.push_back(now);
    }

    /// Takes over what a reply says about ESI's minute.
    pub fn learn(&mut self, now: DateTime<Utc>, charge: &Charge) {
        self.turn(now);
        if let Some(reset) = charge.errors_reset.and_then(|reset| TimeDelta::from_std(reset).ok()) {
            let ends = now + reset.clamp(TimeDelta::seconds(1), MINUTE);
            if (ends - self.ends).abs() > SAME_MINUTE {
                self.remain = None;
            }
            self.ends = ends;
        }
        if let Some(remain) = charge.errors_remain {
            // Replies can overtake each other; within a minute the smallest number is the latest.
            self.remain = Some(self.remain.map_or(remain, |known| known.min(remain)));
        }
    }

    /// Forgets errors that are a minute old, and ESI's report of a past minute. An error in the future means that the clock
    /// was set back; it is dated now, so that it counts for one minute at most.
    fn turn(&mut self, now: DateTime<Utc>) {
        if now >= self.ends || self.ends - now > MINUTE {
            self.ends = now + MINUTE;
            self.remain = None;
        }
        while self.errors.front().is_some_and(|at| now - *at >= MINUTE) {
            self.errors.pop_front();
        }
        for at in self.errors.iter_mut().rev().take_while(|at| **at > now) {
            *at = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn left(remain: u32, reset: u64) -> Charge {
        let base = Charge::read(StatusCode::OK, &HeaderMap::new());
        Charge { errors_remain: Some(remain), errors_reset: Some(Duration::from_secs(reset)), ..base }
    }

    #[test]
    fn twenty_errors_or_possible_errors_fill_a_minute() {
        let mut budget = ErrorBudget::new(at(0));
        for _ in 0..12 {
            budget.count(at(1));
        }
        for _ in 0..8 {
            assert!(budget.room(at(2), false).is_ok());
            budget.reserve();
        }
        assert_eq!(budget.room(at(2), false), Err(None), "a reply may free one");
        for _ in 0..8 {
            budget.refund();
            budget.count(at(3));
        }
        assert_eq!(budget.room(at(4), true), Err(Some(at(61))));
        assert!(budget.room(at(61), false).is_ok());
        for _ in 0..12 {
            budget.count(at(61));
        }
        assert_eq!(budget.room(at(62), false), Err(Some(at(63))), "eight are not yet a minute old");
        assert!(budget.room(at(63), false).is_ok());
    }

    #[test]
    fn a_clock_set_back_keeps_errors_for_one_minute_only() {
        let mut budget = ErrorBudget::new(at(7200));
        for _ in 0..20 {
            budget.count(at(7200));
        }
        assert_eq!(budget.room(at(3600), false), Err(Some(at(3660))));
        assert!(budget.room(at(3660), false).is_ok());
    }

    #[test]
    fn few_errors_left_restrict_who_may_ask() {
        let mut budget = ErrorBudget::new(at(0));
        budget.learn(at(0), &left(49, 30));
        assert!(budget.is_strained(at(1)));
        assert!(budget.room(at(1), false).is_ok());
        budget.learn(at(1), &left(19, 29));
        budget.learn(at(1), &left(60, 29));
        assert_eq!(budget.room(at(1), false), Err(Some(at(30))));
        assert!(budget.room(at(1), true).is_ok());
        budget.learn(at(2), &left(9, 28));
        assert_eq!(budget.room(at(2), true), Err(Some(at(30))), "under ten, everything stops");
        assert!(budget.room(at(30), false).is_ok());
        assert!(!budget.is_strained(at(30)));
    }
}
