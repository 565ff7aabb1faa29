//! The clock of the daily downtime: the game server restarts at 11:00 UTC and is back some minutes later, on patch days
//! much later.
//!
//! The clock only says when to expect it. That it has come is learned from ESI's errors, and that it is over from
//! `/status`, whose `start_time` shows that the server has restarted since.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

/// Seconds of a day.
pub(in crate::esi) const DAY: u32 = 86_400;

/// Minutes of the day: from when no new set of live data is begun ..
const PAUSE: i64 = 10 * 60 + 58;
/// .. until when only a restarted server ends that; later, any that answers.
const RESUME: i64 = 11 * 60 + 6;
/// From and until when errors of a gateway are taken for the downtime.
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

/// When the downtime of this day is over at the earliest, by the clock.
pub(in crate::esi) fn ends(day: DateTime<Utc>) -> DateTime<Utc> {
    minute(day, RESUME)
}

/// When the clock will say so next.
pub(in crate::esi) fn next(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = minute(now, PAUSE);
    if now < today { today } else { today + TimeDelta::days(1) }
}

/// Whether a server that was up at `now` and started at `started` shows that the downtime which began at `since` is
/// over: it has restarted, or should have long ago.
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
        assert!(is_over(since, Some(yesterday), at("11:06:00")), "there was none today");
    }
}
