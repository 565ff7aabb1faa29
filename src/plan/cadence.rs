//! How often a dataset's targets are asked.

use std::str::FromStr as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use croner::Cron;

use super::Wanted;
use crate::config::{DatasetSettings, Every};
use crate::declare::{Complete, Dataset, Ttl};

const DAY: Duration = Duration::from_hours(24);
/// The number of occurrences of a cron line that are averaged.
const OCCURRENCES: u32 = 200;

/// The shortest cadence of a dataset: ESI's lifetime, or our own period where replies have no lifetime.
pub(super) fn shortest(dataset: &Dataset) -> Duration {
    if dataset.ttl == Ttl::Uncached { dataset.period() } else { dataset.lifetime() }
}

/// How long a target should stay fresh: the operator's cadence, our own, or ESI's lifetime.
#[must_use]
pub fn period(dataset: &Dataset, settings: &DatasetSettings) -> Duration {
    match &settings.every {
        Every::Expires => dataset.period(),
        Every::After(every) => dataset.lifetime().max(*every),
        Every::Cron(_) => dataset.period().max(DAY),
    }
}

/// The configured time between two requests of a target. `None` for content that has no cadence: static content that
/// changes with the game's build, targets that are asked once, and targets that are asked when another row changes.
pub(super) fn interval(wanted: &Wanted) -> Option<Duration> {
    let dataset = wanted.dataset;
    if dataset.with_build || dataset.complete == Complete::Once || dataset.is_asked_when_moved() {
        return None;
    }
    let interval = match &wanted.settings.every {
        Every::Cron(line) => distance(line).max(wanted.dataset.lifetime()),
        Every::Expires | Every::After(_) => period(wanted.dataset, &wanted.settings),
    };
    Some(interval.max(Duration::from_secs(1)))
}

/// The time between two requests of the list that a dataset's ids come from.
pub(super) fn of_list(wanted: &Wanted) -> Duration {
    period(wanted.dataset, &wanted.settings).max(Duration::from_secs(1))
}

/// The average time between a cron line's occurrences; a day for a line that never occurs.
fn distance(line: &str) -> Duration {
    let Ok(cron) = Cron::from_str(line) else { return DAY };
    let next = |after: &DateTime<Utc>| cron.find_next_occurrence(after, false).ok();
    let Some(first) = next(&DateTime::UNIX_EPOCH) else { return DAY };
    let (mut last, mut steps) = (first, 0);
    while steps < OCCURRENCES {
        let Some(following) = next(&last) else { break };
        last = following;
        steps += 1;
    }
    (last - first).to_std().ok().and_then(|time| time.checked_div(steps)).unwrap_or(DAY)
}

/// Rounds up to readable times: whole seconds, from two minutes on tens of seconds, from an hour on whole minutes.
pub(super) fn round_up(time: Duration) -> Duration {
    let seconds = time.as_secs() + u64::from(time.subsec_millis() > 0);
    let step = match seconds {
        0..120 => 1,
        120..3600 => 10,
        _ => 60,
    };
    Duration::from_secs(seconds.div_ceil(step) * step)
}
