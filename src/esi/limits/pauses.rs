//! Pauses that ESI asked for: of one bucket, one route, or everything.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// The name of the pause of everything (420).
pub(super) const EVERYTHING: &str = "everything";

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_hours(1);
/// Longer than any pause can be: the longest, plus what is added at random. A pause that ends later was begun before the
/// clock was set back.
pub const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(66);
/// The pause where ESI names no time; it doubles with every repetition.
const DEFAULT: Duration = Duration::from_mins(1);
const LONGEST_DEFAULT: Duration = Duration::from_mins(15);

/// Pauses by name. A name stays after its pause ended, until a request succeeds, so that repetitions are counted.
#[derive(Debug, Default)]
pub(super) struct Pauses(BTreeMap<String, Pause>);

#[derive(Debug)]
struct Pause {
    until: DateTime<Utc>,
    /// How often in a row ESI named no time.
    repetitions: u32,
}

impl Pauses {
    /// Pauses `name` for as long as ESI asked, plus a random part of up to a tenth so that not all clients return at once.
    /// Returns the end.
    pub fn start(&mut self, name: &str, now: DateTime<Utc>, asked: Option<Duration>) -> DateTime<Utc> {
        let pause = self.0.entry(name.to_owned()).or_insert(Pause { until: now, repetitions: 0 });
        let time = match asked {
            Some(time) => time.clamp(SHORTEST, LONGEST),
            None if pause.until > now => return pause.until,
            None => {
                pause.repetitions += 1;
                (DEFAULT * (1 << (pause.repetitions - 1).min(4))).min(LONGEST_DEFAULT)
            }
        };
        let until = now + delta(time.mul_f64(1.0 + fastrand::f64() / 10.0));
        pause.until = pause.until.max(until);
        pause.until
    }

    /// Takes over a pause from before a restart.
    pub fn restore(&mut self, name: String, until: DateTime<Utc>) {
        self.0.insert(name, Pause { until, repetitions: 0 });
    }

    /// The end of the pause of `name`, if one runs.
    pub fn active(&mut self, name: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let pause = self.0.get_mut(name)?;
        // A clock that was set back must not prolong a pause.
        pause.until = pause.until.min(now + LONGEST_PAUSE);
        (now < pause.until).then_some(pause.until)
    }

    /// Forgets a past pause of `name`, because a request succeeded.
    pub fn relieve(&mut self, name: &str, now: DateTime<Utc>) {
        if self.0.get(name).is_some_and(|pause| pause.until <= now) {
            self.0.remove(name);
        }
    }

    /// All pauses that still run.
    pub fn running(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&str, DateTime<Utc>)> {
        self.0
            .iter()
            .filter(move |(_, pause)| now < pause.until)
            .map(|(name, pause)| (name.as_str(), pause.until))
    }
}

fn delta(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::hours(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn esi_names_the_time_within_reason() {
        for (asked, least, most) in [(0, 1, 2), (30, 30, 33), (999_999, 3600, 3960)] {
            let until = Pauses::default().start("x", at(0), Some(Duration::from_secs(asked)));
            assert!(at(least) <= until && until <= at(most), "{asked} gave {until}");
        }
    }

    #[test]
    fn unnamed_pauses_double_until_a_success() {
        let mut pauses = Pauses::default();
        let mut now = at(0);
        for expected in [60, 120, 240, 480, 900, 900] {
            let until = pauses.start("x", now, None);
            let seconds = (until - now).num_seconds();
            assert!((expected..=expected + expected / 10).contains(&seconds), "{seconds} for {expected}");
            assert_eq!(
                pauses.start("x", now, None),
                until,
                "a second 429 of the same burst does not count as a repetition"
            );
            now = until;
            assert_eq!(pauses.active("x", now), None);
        }
        pauses.relieve("x", now);
        assert!(pauses.start("x", now, None) < now + TimeDelta::seconds(67));
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_a_pause() {
        let mut pauses = Pauses::default();
        pauses.start("x", at(86_400), Some(Duration::from_mins(1)));
        assert!(pauses.active("x", at(0)).is_some_and(|until| until <= at(3960)));
        assert_eq!(pauses.active("y", at(0)), None);
    }
}
