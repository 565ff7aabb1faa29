//! How long a reply stays current.
//!
//! The lifetime comes from the reply alone (`max-age` less `Age`, or `Expires` less `Date`) and counts from the time of
//! receipt, so a local clock that is wrong by days changes nothing. ESI sends past and zero lifetimes, and proxies send
//! absurd ones. Every lifetime is clamped: the floor keeps us from asking in a loop, and the ceiling keeps one bad header
//! from stopping a target for a year.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName};

use crate::declare::Ttl;

/// The shortest lifetime.
pub(in crate::esi) const FLOOR: TimeDelta = TimeDelta::seconds(5);
/// The shortest lifetime of a reply that has already expired, in seconds.
const SHORTEST_PAST: i64 = 30;
const DAY: i64 = 24 * 60 * 60;
/// The lifetime if neither the reply nor the specification names one, in seconds.
const UNKNOWN: i64 = 60;
/// Static data is rebuilt after the daily downtime.
const REBUILT: NaiveTime = NaiveTime::from_hms_opt(11, 5, 0).unwrap();

/// When a reply with these headers, received at `received`, stops being current.
pub(in crate::esi) fn expires_at(headers: &HeaderMap, received: DateTime<Utc>, ttl: Ttl) -> DateTime<Utc> {
    let date = date(headers, &DATE).unwrap_or(received);
    let seconds = max_age(headers)
        .map(|age| age.saturating_sub(number(headers, &AGE).unwrap_or(0)))
        .or_else(|| expires(headers, date))
        .unwrap_or_else(|| specified(ttl, date));
    received + TimeDelta::seconds(clamp(seconds, ttl))
}

fn clamp(seconds: i64, ttl: Ttl) -> i64 {
    let ttl = match ttl {
        Ttl::Seconds(n) => i64::from(n),
        Ttl::Daily => DAY,
        Ttl::Uncached => 0,
    };
    if seconds <= 0 { SHORTEST_PAST.max(ttl / 10) } else { seconds.clamp(FLOOR.num_seconds(), DAY.max(ttl)) }
}

fn specified(ttl: Ttl, date: DateTime<Utc>) -> i64 {
    match ttl {
        Ttl::Seconds(n) => i64::from(n),
        Ttl::Daily => {
            let today = date.date_naive().and_time(REBUILT).and_utc();
            let left = (today - date).num_seconds();
            if left > 0 { left } else { left + DAY }
        }
        Ttl::Uncached => UNKNOWN,
    }
}

fn max_age(headers: &HeaderMap) -> Option<i64> {
    headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .filter_map(|directive| directive.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"))
        .and_then(|(_, value)| whole(value.trim().trim_matches('"')))
}

/// `Expires` less `Date`, in seconds. The values `0` and `-1` mean "already expired"; other malformed values are ignored.
fn expires(headers: &HeaderMap, date: DateTime<Utc>) -> Option<i64> {
    let value = headers.get(EXPIRES)?.to_str().ok()?.trim();
    if matches!(value, "0" | "-1") {
        return Some(0);
    }
    Some((http_date(value)? - date).num_seconds())
}

/// The HTTP date in a header; `None` if absent or malformed.
pub(in crate::esi) fn date(headers: &HeaderMap, name: &HeaderName) -> Option<DateTime<Utc>> {
    http_date(headers.get(name)?.to_str().ok()?)
}

/// Parses an HTTP date: `Tue, 18 Aug 2026 11:05:00 GMT`.
pub(in crate::esi) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|when| when.to_utc())
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<i64> {
    whole(headers.get(name)?.to_str().ok()?.trim())
}

/// Parses a whole number of seconds. A number too large for the type becomes the largest one, as HTTP demands.
pub(in crate::esi) fn whole(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    /// The lifetime of a reply whose `Date` is 10:00:00, received by a clock that is three days ahead.
    fn lifetime(headers: &[(&'static str, &'static str)], ttl: Ttl) -> i64 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let received = http_date("Fri, 21 Aug 2026 10:00:00 GMT").expect("a date");
        (expires_at(&map, received, ttl) - received).num_seconds()
    }

    /// Headers, what the specification says, and the lifetime in seconds.
    type Row = (&'static [(&'static str, &'static str)], Ttl, i64);

    const AT_TEN: (&str, &str) = ("date", "Tue, 18 Aug 2026 10:00:00 GMT");

    #[test]
    fn lifetimes_are_read_as_the_policy_says() {
        let five_minutes = Ttl::Seconds(300);
        let table: &[Row] = &[
            (&[AT_TEN, ("cache-control", "public, max-age=120")], five_minutes, 120),
            (&[AT_TEN, ("cache-control", "max-age=120"), ("age", "20")], five_minutes, 100),
            (&[AT_TEN, ("cache-control", "Max-Age=\"120\"")], five_minutes, 120),
            (&[AT_TEN, ("cache-control", "public"), ("cache-control", "max-age=90")], five_minutes, 90),
            (
                &[AT_TEN, ("cache-control", "max-age=120"), ("expires", "Tue, 18 Aug 2026 11:00:00 GMT")],
                five_minutes,
                120,
            ),
            (&[AT_TEN, ("expires", "Tue, 18 Aug 2026 10:04:00 GMT")], five_minutes, 240),
            (
                &[AT_TEN, ("cache-control", "max-age=x"), ("expires", "Tue, 18 Aug 2026 10:04:00 GMT")],
                five_minutes,
                240,
            ),
            (&[AT_TEN, ("cache-control", "max-age=-5")], five_minutes, 300),
            (&[AT_TEN, ("cache-control", "max-age=120"), ("age", "never")], five_minutes, 120),
            (&[AT_TEN], five_minutes, 300),
            (&[AT_TEN, ("expires", "soon")], five_minutes, 300),
            (&[("expires", "Fri, 21 Aug 2026 10:01:00 GMT")], five_minutes, 60),
            (&[("date", "nonsense"), ("cache-control", "max-age=77")], five_minutes, 77),
            (&[AT_TEN], Ttl::Uncached, 60),
            (&[AT_TEN], Ttl::Daily, 65 * 60),
            (&[("date", "Tue, 18 Aug 2026 11:05:00 GMT")], Ttl::Daily, DAY),
        ];
        for (headers, ttl, expected) in table {
            assert_eq!(lifetime(headers, *ttl), *expected, "{headers:?} {ttl:?}");
        }
    }

    #[test]
    fn absurd_lifetimes_end_between_floor_and_ceiling() {
        let table: &[Row] = &[
            (&[AT_TEN, ("cache-control", "max-age=0")], Ttl::Seconds(300), 30),
            (&[AT_TEN, ("cache-control", "max-age=0")], Ttl::Seconds(3600), 360),
            (
                &[AT_TEN, ("cache-control", "max-age=60"), ("age", "99999999999999999999")],
                Ttl::Seconds(300),
                30,
            ),
            (&[AT_TEN, ("cache-control", "max-age=1")], Ttl::Seconds(300), 5),
            (&[AT_TEN, ("expires", "Tue, 18 Aug 2026 09:00:00 GMT")], Ttl::Seconds(3600), 360),
            (&[AT_TEN, ("expires", "0")], Ttl::Uncached, 30),
            (&[AT_TEN, ("expires", "-1")], Ttl::Daily, DAY / 10),
            (&[AT_TEN, ("cache-control", "max-age=99999999999999999999")], Ttl::Seconds(300), DAY),
            (&[AT_TEN, ("cache-control", "max-age=99999999")], Ttl::Seconds(30 * 86_400), 30 * DAY),
            (&[AT_TEN, ("expires", "Sat, 18 Aug 2096 10:00:00 GMT")], Ttl::Seconds(300), DAY),
        ];
        for (headers, ttl, expected) in table {
            assert_eq!(lifetime(headers, *ttl), *expected, "{headers:?} {ttl:?}");
        }
    }
}
