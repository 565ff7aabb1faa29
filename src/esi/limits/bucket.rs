//! One token bucket, as ESI will count it.
//!
//! ESI gives every token back one window after it was spent. So each spend is kept with its time, rounded up to the end
//! of a 15-second slot: that keeps at most 61 numbers, and errs towards asking less. A request reserves the most that an
//! answer can cost. It settles when the answer comes, which is also when the window starts.

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::charge::Charge;
use crate::declare::Group;

/// The most that a request can cost, in tokens: a 4xx.
pub(super) const RESERVE: u32 = 5;
/// The assumed cost of a request that got no reply, in tokens.
const UNANSWERED: u32 = 2;
const SLOT: TimeDelta = TimeDelta::seconds(15);
/// The shortest wait for tokens that is logged. With spends spread over the window, shorter waits for a slot's end are
/// ordinary.
const LONG_WAIT: TimeDelta = TimeDelta::seconds(30);

/// Spends of the last window, reservations outstanding, and the limit on their sum.
#[derive(Debug)]
pub(super) struct Bucket {
    /// (slot start, tokens), oldest first.
    spends: VecDeque<(DateTime<Utc>, u32)>,
    spent: u32,
    /// When a killed process saved last, and the tokens it may have spent after that.
    unsaved: Option<(DateTime<Utc>, u32)>,
    reserved: u32,
    limit: u32,
    window: TimeDelta,
    share: f64,
    /// A long wait was logged; no other is logged before this time.
    quiet_until: DateTime<Utc>,
}

impl Bucket {
    /// An unused bucket of `tokens`, of which we allow ourselves `share`.
    pub fn new(tokens: u32, share: f64) -> Self {
        Self {
            spends: VecDeque::new(),
            spent: 0,
            unsaved: None,
            reserved: 0,
            limit: tokens,
            window: delta(Group::WINDOW),
            share,
            quiet_until: DateTime::UNIX_EPOCH,
        }
    }

    /// Our part of the limit, but at least one request; else a tiny bucket would stay shut for ever.
    fn capacity(&self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a u32 fits in a u32"
        )]
        let ours = (f64::from(self.limit) * self.share) as u32;
        ours.max(RESERVE)
    }

    /// `Ok` if a request fits now; else when it will, or `None` if that depends on replies not yet received.
    pub fn room(&mut self, now: DateTime<Utc>) -> Result<(), Option<DateTime<Utc>>> {
        self.forget(now);
        let unsaved = self.unsaved.map_or(0, |(_, tokens)| tokens);
        let mut excess = (self.spent + unsaved + self.reserved + RESERVE).saturating_sub(self.capacity());
        if excess == 0 {
            return Ok(());
        }
        for &(slot, tokens) in self.spends.iter().chain(&self.unsaved) {
            excess = excess.saturating_sub(tokens);
            if excess == 0 {
                return Err(Some(slot + SLOT + self.window));
            }
        }
        Err(None)
    }

    /// Whether to log a wait from `now` to `until`: long waits are logged, once a window.
    pub fn is_news(&mut self, until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let is_news = until - now >= LONG_WAIT && now >= self.quiet_until;
        if is_news {
            self.quiet_until = now + self.window;
        }
        is_news
    }

    pub fn reserve(&mut self) {
        self.reserved += RESERVE;
    }

    /// Returns the reservation of a request that was never sent.
    pub fn refund(&mut self) {
        self.reserved -= RESERVE;
    }

    /// Replaces a reservation by the assumed cost of a request without a reply.
    pub fn unanswered(&mut self, now: DateTime<Utc>) {
        self.refund();
        self.spend(now, UNANSWERED);
    }

    /// Replaces a reservation by the reply's cost. ESI's own count can only reduce the room that we see: the count is
    /// stale by the requests in flight, but if ESI counts more use than we do, another program shares the bucket.
    pub fn settle(&mut self, now: DateTime<Utc>, charge: &Charge) {
        self.refund();
        if let Some((limit, window)) = charge.limit {
            self.limit = limit;
            self.window = delta(window);
        }
        self.forget(now);
        self.spend(now, charge.tokens);
        if let Some(remaining) = charge.remaining {
            let used = self.limit.saturating_sub(remaining);
            self.spend(now, used.saturating_sub(self.spent + self.reserved));
            self.unsaved = None;
        }
    }

    /// Counts what an earlier process may have spent after its last save, in the slot of that save. The guess holds until
    /// ESI says how much is used. It is not saved again: with a kill every second, guesses about guesses would soon fill
    /// the bucket.
    pub fn suspect(&mut self, slot: DateTime<Utc>, tokens: u32) {
        self.unsaved = Some((slot, tokens));
    }

    pub fn spend(&mut self, when: DateTime<Utc>, tokens: u32) {
        if tokens == 0 {
            return;
        }
        let slot = slot_of(when);
        match self.spends.back_mut() {
            Some((last, sum)) if *last >= slot => *sum += tokens,
            _ => self.spends.push_back((slot, tokens)),
        }
        self.spent += tokens;
    }

    /// Sets the limit of a restored bucket that has none yet.
    pub fn announce(&mut self, tokens: u32) {
        if self.limit == 0 {
            self.limit = tokens;
        }
    }

    /// The limit, as ESI announced it last.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The window that the limit slides over.
    pub fn window(&self) -> TimeDelta {
        self.window
    }

    pub fn slots(&self) -> impl Iterator<Item = (DateTime<Utc>, u32)> + '_ {
        self.spends.iter().copied()
    }

    /// Drops spends that ESI has given back. A spend in the future means that the clock was set back; it is dated now, so
    /// that it counts for one window at most.
    fn forget(&mut self, now: DateTime<Utc>) {
        while let Some(&(slot, tokens)) = self.spends.front() {
            if now < slot + SLOT + self.window {
                break;
            }
            self.spent -= tokens;
            self.spends.pop_front();
        }
        self.unsaved = self.unsaved.filter(|(slot, _)| now < *slot + SLOT + self.window);
        let mut ahead = 0;
        while let Some(&(slot, tokens)) = self.spends.back() {
            if slot <= now {
                break;
            }
            ahead += tokens;
            self.spends.pop_back();
        }
        self.spent -= ahead;
        self.spend(now, ahead);
    }
}

fn slot_of(when: DateTime<Utc>) -> DateTime<Utc> {
    when - TimeDelta::milliseconds(when.timestamp_millis().rem_euclid(SLOT.num_milliseconds()))
}

fn delta(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::days(1))
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::HeaderMap;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn ok() -> Charge {
        Charge::read(StatusCode::OK, &HeaderMap::new())
    }

    /// Asks as often as the bucket lets it at one moment.
    fn burst(bucket: &mut Bucket, now: DateTime<Utc>) -> u32 {
        let mut requests = 0;
        while bucket.room(now).is_ok() {
            bucket.reserve();
            bucket.settle(now, &ok());
            requests += 1;
        }
        requests
    }

    #[test]
    fn a_burst_ends_at_our_share_and_goes_on_a_window_later() {
        let mut bucket = Bucket::new(150, 0.8);
        assert_eq!(burst(&mut bucket, at(7)), 58, "116 of 120 spent, 5 more do not fit");
        assert_eq!(bucket.room(at(8)), Err(Some(at(15 + 900))));
        assert!(bucket.room(at(914)).is_err());
        assert!(bucket.room(at(915)).is_ok());
    }

    #[test]
    fn a_long_wait_is_news_once_a_window() {
        let mut bucket = Bucket::new(150, 0.8);
        burst(&mut bucket, at(7));
        assert!(!bucket.is_news(at(37), at(8)), "a short one is not");
        assert!(bucket.is_news(at(915), at(8)));
        assert!(!bucket.is_news(at(915), at(9)), "it was logged a second ago");
        assert!(bucket.is_news(at(1815), at(915)));
    }

    #[test]
    fn reservations_count_until_they_are_settled() {
        let mut bucket = Bucket::new(30, 1.0);
        for _ in 0..6 {
            assert!(bucket.room(at(0)).is_ok());
            bucket.reserve();
        }
        assert_eq!(bucket.room(at(0)), Err(None), "depends on replies");
        bucket.settle(at(0), &ok());
        assert_eq!(bucket.room(at(0)), Err(Some(at(915))), "2 + 25 + 5 > 30");
        bucket.unanswered(at(0));
        assert!(bucket.room(at(0)).is_ok(), "4 + 20 + 5 fit");
        bucket.refund();
        bucket.refund();
        assert_eq!(bucket.spent, 4);
    }

    #[test]
    fn the_smallest_bucket_still_lets_one_request_through() {
        let mut bucket = Bucket::new(15, 0.2);
        assert_eq!(burst(&mut bucket, at(0)), 1);
        assert_eq!(burst(&mut bucket, at(915)), 1);
    }

    #[test]
    fn esis_count_can_only_reduce_the_room() {
        let mut bucket = Bucket::new(150, 1.0);
        bucket.reserve();
        bucket.settle(at(0), &Charge { limit: Some((150, Group::WINDOW)), remaining: Some(100), ..ok() });
        assert_eq!(bucket.spent, 50);
        bucket.reserve();
        bucket.settle(at(0), &Charge { remaining: Some(150), ..ok() });
        assert_eq!(bucket.spent, 52);
    }

    #[test]
    fn a_limit_in_the_reply_replaces_the_specification() {
        let mut bucket = Bucket::new(900, 1.0);
        bucket.reserve();
        bucket.settle(at(0), &Charge { limit: Some((20, Duration::from_mins(1))), ..ok() });
        assert_eq!(burst(&mut bucket, at(0)), 7, "2 + 7 x 2 = 16 of 20");
        assert_eq!(bucket.room(at(0)), Err(Some(at(75))));
    }

    #[test]
    fn no_window_ever_holds_more_than_the_limit() {
        let mut bucket = Bucket::new(150, 0.8);
        let mut sent = Vec::new();
        for second in 0..4000 {
            if bucket.room(at(second)).is_ok() {
                bucket.reserve();
                bucket.settle(at(second), &ok());
                sent.push(second);
            }
        }
        let worst = sent.iter().map(|&t| 2 * sent.iter().filter(|&&u| t <= u && u < t + 900).count()).max();
        assert!(worst.is_some_and(|tokens| (100..=120).contains(&tokens)), "{worst:?}");
    }

    #[test]
    fn a_clock_set_back_keeps_spends_for_one_window_only() {
        let mut bucket = Bucket::new(30, 1.0);
        burst(&mut bucket, at(7200));
        assert!(bucket.room(at(3600)).is_err());
        assert!(bucket.room(at(3600 + 915)).is_ok());
    }

    #[test]
    fn a_restored_bucket_keeps_the_limit_that_esi_announced() {
        let mut bucket = Bucket::new(0, 1.0);
        bucket.announce(12_000);
        bucket.spend(at(0), 900);
        bucket.announce(600);
        assert_eq!(bucket.room(at(0)), Ok(()), "the specification's older limit would keep it shut");
    }
}
