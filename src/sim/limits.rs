//! ESI's two limiters: token buckets with a sliding window of 15 minutes, and errors per fixed minute for all other routes.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use crate::spec::Rate;

/// The window of every bucket of the specification.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Errors per minute before everything answers 420.
const ERRORS: f64 = 100.0;

/// The tokens that clients have spent, and their errors.
#[derive(Debug)]
pub struct SimulatedLimits {
    scale: f64,
    buckets: HashMap<(&'static str, String), Bucket>,
    /// The minute since 1970, and the errors in it.
    errors: (i64, u32),
}

#[derive(Debug, Default)]
struct Bucket {
    spent: VecDeque<(DateTime<Utc>, u32)>,
    used: u32,
}

impl Bucket {
    fn settle(&mut self, now: DateTime<Utc>) {
        while let Some((_, tokens)) = self.spent.front().copied().filter(|(at, _)| now - *at >= WINDOW) {
            self.used -= tokens;
            self.spent.pop_front();
        }
    }
}

/// The figures in a bucket's headers.
#[derive(Clone, Copy, Debug)]
pub struct Balance {
    /// Tokens per window.
    pub limit: u32,
    /// Tokens left.
    pub remaining: u32,
    /// Seconds until the bucket returns the oldest tokens.
    pub returns_in: i64,
}

/// Tokens that a reply of this status costs.
#[must_use]
pub const fn cost(status: u16) -> u32 {
    match status {
        200..300 => 2,
        300..400 => 1,
        429 => 0,
        400..500 => 5,
        _ => 0,
    }
}

impl SimulatedLimits {
    /// Full buckets; `scale` multiplies every limit.
    #[must_use]
    pub fn new(scale: f64) -> Self {
        Self { scale, buckets: HashMap::new(), errors: (0, 0) }
    }

    /// The balance of a bucket for one owner.
    pub fn balance(&mut self, rate: &'static Rate, owner: &str, now: DateTime<Utc>) -> Balance {
        let limit = scaled(f64::from(rate.tokens) * self.scale);
        let bucket = self.buckets.entry((rate.group.as_str(), owner.to_owned())).or_default();
        bucket.settle(now);
        let returns = bucket.spent.front().map_or(TimeDelta::zero(), |(at, _)| *at + WINDOW - now);
        Balance {
            limit,
            remaining: limit.saturating_sub(bucket.used),
            returns_in: returns.num_seconds().max(0) + 1,
        }
    }

    /// Charges a reply to a bucket.
    pub fn charge(&mut self, rate: &'static Rate, owner: &str, now: DateTime<Utc>, tokens: u32) {
        let bucket = self.buckets.entry((rate.group.as_str(), owner.to_owned())).or_default();
        if tokens > 0 {
            bucket.spent.push_back((now, tokens));
            bucket.used += tokens;
        }
    }

    /// Counts one error against the current minute.
    pub fn error(&mut self, now: DateTime<Utc>) {
        self.turn(now);
        self.errors.1 += 1;
    }

    /// Errors left in this minute, and the seconds until it ends.
    pub fn errors_left(&mut self, now: DateTime<Utc>) -> (u32, i64) {
        self.turn(now);
        let left = scaled(ERRORS * self.scale).saturating_sub(self.errors.1);
        (left, 60 - now.timestamp().rem_euclid(60))
    }

    fn turn(&mut self, now: DateTime<Utc>) {
        let minute = now.timestamp().div_euclid(60);
        if self.errors.0 != minute {
            self.errors = (minute, 0);
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limits are small and positive")]
fn scaled(limit: f64) -> u32 {
    limit.round().max(1.0) as u32
}
