//! When to ask again.

use std::str::FromStr as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use croner::Cron;

use crate::config::Every;
use crate::declare::{Class, Ttl};
use crate::store::NextDue;

use crate::sync::Job;

/// Daily routes all expire at 11:05 UTC; their requests are spread over this time after it.
const DAILY_SPREAD: f64 = 3600.0;
/// Requests for static details are spread over this time after they expire.
const STATIC_SPREAD: f64 = 22.0 * 3600.0;

/// Requests for sets that are held are spread over this time after they expire.
const HELD_SPREAD: f64 = 600.0;

impl Job {
    /// When a target whose reply expires at `expires_at` is due again: not before the expiry, not before the
    /// cadence as stretched by the limits, and a little later, so that not everybody asks in the same second.
    pub(in crate::sync) fn due_at(&self, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let own = self.dataset.every.map_or(TimeDelta::zero(), |s| TimeDelta::seconds(s.into()));
        let stretched = self.stretched_period();
        let extra = delta(stretched.saturating_sub(self.period()));
        let earliest = match &self.settings.every {
            Every::Expires => now + own,
            Every::After(every) => now + delta(*every),
            Every::Cron(line) => {
                let earliest = expires_at.max(now + extra);
                return next_occurrence(line, earliest).unwrap_or(earliest + own);
            }
        };
        let stretched = if extra > TimeDelta::zero() { now + delta(stretched) } else { earliest };
        earliest.max(stretched).max(expires_at) + jitter(self.spread(expires_at - now))
    }

    /// When targets are due by the configured cadence alone, if they were last stored at any time before `now`.
    pub(in crate::sync) fn next_due(&self, now: DateTime<Utc>) -> NextDue {
        let own = self.dataset.every.map_or(TimeDelta::zero(), |s| TimeDelta::seconds(s.into()));
        match &self.settings.every {
            Every::Expires => NextDue::After(own),
            Every::After(every) => NextDue::After(delta(*every)),
            Every::Cron(line) => NextDue::At(next_occurrence(line, now).unwrap_or(now + own)),
        }
    }

    /// When a held set is due again: as soon as another version can exist, whatever the cadence is.
    pub(in crate::sync) fn held_until(&self, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let spread = self.spread(expires_at - now).min(HELD_SPREAD);
        self.due_at(expires_at, now).min(expires_at.max(now) + jitter(spread))
    }

    fn spread(&self, lifetime: TimeDelta) -> f64 {
        match (self.dataset.ttl, self.dataset.class) {
            (Ttl::Daily, Class::Detail) if self.dataset.with_build => STATIC_SPREAD,
            (Ttl::Daily, _) => DAILY_SPREAD,
            _ => {
                let period = lifetime.to_std().unwrap_or_default().max(self.period());
                (period.as_secs_f64() / 10.0).clamp(1.0, 10.0)
            }
        }
    }
}

/// The first time of a cron line after a given time; the configuration has checked that one exists.
fn next_occurrence(line: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    Cron::from_str(line).ok()?.find_next_occurrence(&after, false).ok()
}

fn delta(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::days(3650))
}

fn jitter(spread: f64) -> TimeDelta {
    let seconds = 1.0 + fastrand::f64() * (spread - 1.0).max(0.0);
    TimeDelta::from_std(Duration::from_secs_f64(seconds)).unwrap_or(TimeDelta::seconds(1))
}
