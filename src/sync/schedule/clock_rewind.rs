//! Repairs due times after the clock was set back.
//!
//! Due times are wall-clock times, so that they survive a restart. If the clock ran ahead and was corrected,
//! they lie too far in the future by as much, and nothing would be asked until then. An entry shows this if
//! its last attempt lies in the future. Such targets are moved back by the correction, so that each is asked
//! when its reply really expires.
//!
//! Searching the ledger is expensive. So each dataset is searched when the process starts, and again only
//! after the process has seen its own clock go back.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use tracing::warn;

use crate::store::{CLOCK_SLACK, StoreError};

use crate::sync::{Context, Job};

/// How often the clock went back, and by how much the last time.
#[derive(Debug)]
pub(in crate::sync) struct Rewinds(Mutex<ClockReading>);

#[derive(Debug)]
struct ClockReading {
    latest: DateTime<Utc>,
    /// Begins with 1, while each job begins with 0: so each job looks once.
    count: u64,
    by: TimeDelta,
}

impl Default for Rewinds {
    fn default() -> Self {
        Self(Mutex::new(ClockReading { latest: DateTime::UNIX_EPOCH, count: 1, by: TimeDelta::zero() }))
    }
}

impl Rewinds {
    /// Notes the time. Returns the count, and by how much the clock went back the last time.
    fn look(&self, now: DateTime<Utc>) -> (u64, TimeDelta) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.latest - now > CLOCK_SLACK {
            seen.by = seen.latest - now;
            seen.count += 1;
            seen.latest = now;
        }
        seen.latest = seen.latest.max(now);
        (seen.count, seen.by)
    }
}

/// Moves the due times of a dataset back by the amount that the clock went back since its targets were asked.
pub(in crate::sync) async fn follow(ctx: &Context, job: &Job) -> Result<(), StoreError> {
    let now = ctx.clock.now();
    let (count, by) = ctx.rewinds.look(now);
    if job.rewinds.load(Ordering::Relaxed) == count {
        return Ok(());
    }
    let (store, name) = (&ctx.store, job.dataset.name);
    let moved = ctx.patiently(|| store.rewind(name, now, by).boxed()).await?;
    job.rewinds.store(count, Ordering::Relaxed);
    if moved > 0 {
        warn!(dataset = name, targets = moved, "the clock was set back; due times follow it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(1) + TimeDelta::seconds(seconds)
    }

    #[test]
    fn only_steps_back_count_and_small_ones_do_not() {
        let rewinds = Rewinds::default();
        assert_eq!(rewinds.look(at(100)).0, 1);
        assert_eq!(rewinds.look(at(86_400)).0, 1, "forward");
        assert_eq!(rewinds.look(at(86_397)).0, 1, "a correction of three seconds");
        assert_eq!(rewinds.look(at(100)), (2, TimeDelta::seconds(86_300)));
        assert_eq!(rewinds.look(at(101)), (2, TimeDelta::seconds(86_300)), "once");
    }
}
