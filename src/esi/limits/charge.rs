//! What a reply says about the limits.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::esi::client::{expiry, reply};

const USED: HeaderName = HeaderName::from_static("x-ratelimit-used");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const ERRORS_REMAIN: HeaderName = HeaderName::from_static("x-esi-error-limit-remain");
const ERRORS_RESET: HeaderName = HeaderName::from_static("x-esi-error-limit-reset");

/// The cost of one reply, and what is left.
#[derive(Clone, Copy, Debug)]
pub(in crate::esi) struct Charge {
    pub status: StatusCode,
    /// Tokens that this request cost: ESI's own figure, or else the documented price of its status.
    pub tokens: u32,
    /// Tokens per window.
    pub limit: Option<(u32, Duration)>,
    pub remaining: Option<u32>,
    /// Errors left of the 100 in the fixed minute of the legacy limit.
    pub errors_remain: Option<u32>,
    /// The time until that minute ends.
    pub errors_reset: Option<Duration>,
    /// `Retry-After`, from now.
    pub retry_after: Option<Duration>,
}

impl Charge {
    pub fn read(status: StatusCode, headers: &HeaderMap) -> Self {
        let number = |name| reply::text(headers, name).and_then(|text| text.trim().parse::<u32>().ok());
        Self {
            status,
            tokens: number(&USED).unwrap_or_else(|| tariff(status)),
            limit: reply::text(headers, &LIMIT).and_then(|text| limit(&text)),
            remaining: number(&REMAINING),
            errors_remain: number(&ERRORS_REMAIN),
            errors_reset: number(&ERRORS_RESET).map(|s| Duration::from_secs(s.into())),
            retry_after: retry_after(headers),
        }
    }

    /// Whether a 429 comes from a limiter inside the game servers, which concerns the route and not the bucket. Such a
    /// reply mentions no bucket and names no time.
    pub fn is_by_game_server(&self) -> bool {
        self.limit.is_none() && self.remaining.is_none() && self.retry_after.is_none()
    }

    /// Whether the reply counts towards the legacy error limit.
    pub fn is_error(&self) -> bool {
        !self.status.is_success() && !self.status.is_redirection()
    }
}

/// The documented price of a status, in tokens.
fn tariff(status: StatusCode) -> u32 {
    match status.as_u16() {
        429 => 0,
        200..=299 => 2,
        300..=399 => 1,
        400..=499 => 5,
        _ => 0,
    }
}

/// Parses `150/15m`: tokens, and the window they slide over.
fn limit(text: &str) -> Option<(u32, Duration)> {
    let (tokens, window) = text.trim().split_once('/')?;
    let unit = window.chars().last()?;
    let count = window.strip_suffix(unit)?.parse::<u32>().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let window = Duration::from_secs(u64::from(count) * seconds);
    let plausible = (60..=86_400).contains(&window.as_secs());
    Some((tokens.parse().ok()?, window)).filter(|_| plausible)
}

/// `Retry-After`, given in seconds or as a date. A date in the past is ignored.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = reply::text(headers, &RETRY_AFTER)?;
    if let Some(seconds) = expiry::whole(text.trim()) {
        return Some(Duration::from_secs(seconds.unsigned_abs()));
    }
    let left = expiry::http_date(&text)? - expiry::date(headers, &DATE)?;
    left.to_std().ok().filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn charge(status: u16, headers: &[(&'static str, &'static str)]) -> Charge {
        let headers: HeaderMap =
            headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        Charge::read(StatusCode::from_u16(status).expect("a status"), &headers)
    }

    #[test]
    fn the_tariff_applies_where_esi_names_no_price() {
        let prices: Vec<_> =
            [200, 204, 304, 404, 429, 503].map(|status| charge(status, &[]).tokens).into_iter().collect();
        assert_eq!(prices, [2, 2, 1, 5, 0, 0]);
        assert_eq!(charge(200, &[("x-ratelimit-used", "7")]).tokens, 7);
        assert_eq!(charge(200, &[("x-ratelimit-used", "-1")]).tokens, 2);
    }

    #[test]
    fn limits_come_with_their_window() {
        let charge = charge(200, &[("x-ratelimit-limit", "150/15m")]);
        assert_eq!(charge.limit, Some((150, Duration::from_mins(15))));
        assert_eq!(limit("10/1h"), Some((10, Duration::from_hours(1))));
        for nonsense in ["", "150", "150/", "x/15m", "150/15y", "150/0m", "150/99999h", "150/15µ"] {
            assert_eq!(limit(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_future_date() {
        let date = ("date", "Tue, 18 Aug 2026 10:00:00 GMT");
        let after = |text| charge(429, &[date, ("retry-after", text)]).retry_after.map(|d| d.as_secs());
        assert_eq!(after("17"), Some(17));
        assert_eq!(after("0"), Some(0));
        assert_eq!(after("Tue, 18 Aug 2026 10:02:00 GMT"), Some(120));
        assert!(after("99999999999999999999").is_some_and(|s| s > 1_000_000));
        for nonsense in ["-5", "1.5", "soon", "", "Tue, 18 Aug 2026 09:00:00 GMT"] {
            assert_eq!(after(nonsense), None, "{nonsense}");
        }
    }
}
