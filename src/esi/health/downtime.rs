//! The clock of the daily downtime. The game server restarts at 11:00 UTC and is back some minutes later, on patch days
//! much later.
//!
//! The clock only says when to expect the downtime. ESI's errors show that it has begun. `/status` shows that it is over:
//! its `start_time` is the server's last restart.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

/// One day in seconds.
pub(in crate::esi) const DAY: u32 = 86_400;

/// The minute of the day from which no new set of live data is begun.
const PAUSE: i64 = 10 * 60 + 58;
/// The minute of the day until which only a restarted server ends the downtime; later, any server that answers does.
const RESUME: i64 = 11 * 60 + 6;
/// The minutes of the day between which a gateway's error counts as the downtime.
const EARLIEST: i64 = 10 * 60 + 55;
const LATEST: i64 = 11 * 60 + 30;

fn minute(day: DateTime<Utc>, minute: i64) -> DateTime<Utc> {
    day.date_naive().and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(minute)
}

/// Whether the clock says that it is downtime.
pub(in crate::esi) fn is_due(now: DateTime<Utc>) -> bool {
    (minute(now, PAUSE)..minute(now, RESUME)).contains(&now)
}

/// Whether a gateway's error at this time is likely to be the downtime.
pub(in crate::esi) fn is_likely(now: DateTime<Utc>) -> bool {
    (minute(now, EARLIEST)..minute(now, LATEST)).contains(&now)
}

/// The end of this day's downtime, by the clock.
pub(in crate::esi) fn ends(day: DateTime<Utc>) -> DateTime<Utc> {
    minute(day, RESUME)
}

/// The next start of a downtime, by the clock.
pub(in crate::esi) fn next(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = minute(now, PAUSE);
    if now < today { today } else { today + TimeDelta::days(1) }
}

/// Whether the downtime that began at `since` is over, given a server that is up at `now` and started at `started`: the
/// server has restarted since, or the clock says that it must have.
pub(in crate::esi) fn is_over(
    since: DateTime<Utc>,
    started: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    started.is_some_and(|started| started >= minute(since, PAUSE)) || now >= ends(since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-20T{time}Z").parse().expect("a time")
    }

    #[test]
    fn the_clock_knows_the_hour() {
        let due = ["10:57:59", "10:58:00", "11:05:59", "11:06:00"].map(|time| is_due(at(time)));
        assert_eq!(due, [false, true, true, false]);
        let likely = ["10:54:59", "10:55:00", "11:29:59", "11:30:00"].map(|time| is_likely(at(time)));
        assert_eq!(likely, [false, true, true, false]);
        assert_eq!(next(at("03:00:00")), at("10:58:00"));
        assert_eq!(next(at("10:58:00")), at("10:58:00") + TimeDelta::days(1));
    }

    #[test]
    fn a_server_that_has_not_restarted_proves_nothing_before_it_should_have() {
        let (since, yesterday) = (at("10:58:00"), at("11:02:00") - TimeDelta::days(1));
        assert!(!is_over(since, Some(yesterday), at("10:59:00")), "it has not gone down yet");
        assert!(!is_over(since, None, at("11:05:59")));
        assert!(is_over(since, Some(at("11:01:30")), at("11:02:00")), "a short one");
        assert!(is_over(since, Some(yesterday), at("11:06:00")), "no restart today");
    }
}
