//! The world's time, handed in rather than read from a global.
//!
//! The daemon stores wall-clock times (`expires_at`, `due_at`), so it must cope with a clock that jumps; and a test must be
//! able to let a day pass in minutes. So all code that needs the time or waits until a time uses the same [`Clock`].
//! [`Clock::system`] reads the machine's clock on every call, so an NTP step or a changed date shows at once.
//! [`Clock::starting_at`] runs at a chosen speed and can be stepped by hand.
//!
//! A sleeper reads the clock again at least every 30 seconds of world time and whenever the clock is stepped, because a
//! monotonic sleep does not notice a wall clock that moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

/// The longest time between two readings of the clock by a sleeper, in world time.
const LONGEST_NAP: Duration = Duration::from_secs(30);
/// The inaccuracy of a timer, in real time.
const TIMER: Duration = Duration::from_millis(50);

/// A shared source of wall-clock time; clones are the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// `None`: the machine's own clock.
    simulated: Option<Simulated>,
    stepped_ms: AtomicI64,
    stepped: Notify,
}

#[derive(Debug)]
struct Simulated {
    start: DateTime<Utc>,
    anchor: Instant,
    speed: f64,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(None)
    }

    /// A clock that shows `start` now and advances `speed` seconds for every real second.
    #[must_use]
    pub fn starting_at(start: DateTime<Utc>, speed: f64) -> Self {
        Self::new(Some(Simulated { start, anchor: Instant::now(), speed }))
    }

    fn new(simulated: Option<Simulated>) -> Self {
        Self(Arc::new(Inner { simulated, stepped_ms: AtomicI64::new(0), stepped: Notify::new() }))
    }

    /// The current time of this clock's world.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a simulated run fit in an i64")]
    pub fn now(&self) -> DateTime<Utc> {
        let base = match &self.0.simulated {
            None => Utc::now(),
            Some(s) => {
                let elapsed = s.anchor.elapsed().as_secs_f64() * s.speed;
                s.start + TimeDelta::milliseconds((elapsed * 1000.0) as i64)
            }
        };
        base + TimeDelta::milliseconds(self.0.stepped_ms.load(Ordering::Relaxed))
    }

    /// Moves the clock by `by`, forwards or backwards, and wakes every sleeper to read it again.
    pub fn step(&self, by: TimeDelta) {
        self.0.stepped_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        self.0.stepped.notify_waiters();
    }

    /// Sleeps for `time` of world time, whatever the wall clock does meanwhile.
    pub async fn sleep(&self, time: Duration) {
        tokio::time::sleep(self.real(time)).await;
    }

    /// Sleeps until the clock shows `when` or later; returns at once if it already does. A clock that is set back meanwhile
    /// does not prolong the sleep: it lasts at most 50 ms longer than the time that was left at first.
    pub async fn sleep_until(&self, when: DateTime<Utc>) {
        let began = Instant::now();
        let longest = self.real((when - self.now()).to_std().unwrap_or_default()) + TIMER;
        loop {
            let stepped = self.0.stepped.notified();
            let left = self.real((when - self.now()).to_std().unwrap_or_default().min(LONGEST_NAP));
            let left = left.min(longest.saturating_sub(began.elapsed()));
            if left.is_zero() {
                return;
            }
            let nap = left.max(Duration::from_millis(1));
            tokio::select! {
                () = tokio::time::sleep(nap) => {}
                () = stepped => {}
            }
        }
    }

    /// The time on the machine's monotonic clock that a stretch of world time takes.
    fn real(&self, time: Duration) -> Duration {
        self.0.simulated.as_ref().map_or(time, |s| time.div_f64(s.speed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_step_past_its_time_wakes_a_sleeper() {
        let clock = Clock::starting_at(DateTime::UNIX_EPOCH, 1.0);
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(DateTime::UNIX_EPOCH + TimeDelta::hours(3)).await })
        };
        tokio::task::yield_now().await;
        clock.step(TimeDelta::hours(4));
        tokio::time::timeout(Duration::from_secs(5), sleeper)
            .await
            .expect("woken by the step")
            .expect("no panic");
    }

    #[tokio::test]
    async fn a_step_back_does_not_prolong_a_sleep() {
        let clock = Clock::starting_at(DateTime::UNIX_EPOCH, 1000.0);
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(
                async move { clock.sleep_until(DateTime::UNIX_EPOCH + TimeDelta::seconds(60)).await },
            )
        };
        tokio::task::yield_now().await;
        clock.step(TimeDelta::days(-3));
        tokio::time::timeout(Duration::from_secs(5), sleeper).await.expect("in time").expect("no panic");
    }

    #[tokio::test]
    async fn speed_shortens_real_waiting() {
        let clock = Clock::starting_at(DateTime::UNIX_EPOCH, 1000.0);
        let real = Instant::now();
        clock.sleep_until(DateTime::UNIX_EPOCH + TimeDelta::seconds(60)).await;
        assert!(real.elapsed() < Duration::from_secs(5), "60 s at speed 1000 took {:?}", real.elapsed());
    }
}
