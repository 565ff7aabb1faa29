//! A reply of ESI: the body, and the facts of its head.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::StatusCode;
use reqwest::header::{DATE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED};

use super::expiry;
use crate::declare::Ttl;

const PAGES: HeaderName = HeaderName::from_static("x-pages");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-esi-request-id");

/// A successful reply.
#[derive(Clone, Debug)]
pub enum Reply {
    /// 304: the stored copy is still current, until the new expiry.
    NotModified(Meta),
    /// 2xx: the body, decompressed; empty only for 204.
    Body(Meta, Bytes),
}

impl Reply {
    /// The facts of the head.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        match self {
            Self::NotModified(meta) | Self::Body(meta, _) => meta,
        }
    }

    /// The body; `None` for a 304.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        match self {
            Self::NotModified(_) => None,
            Self::Body(_, body) => Some(body),
        }
    }
}

/// The facts of a reply's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// The HTTP status.
    pub status: u16,
    /// When the head arrived, by our clock.
    pub received_at: DateTime<Utc>,
    /// The earliest time at which ESI may be asked again, by our clock.
    pub expires_at: DateTime<Utc>,
    /// When ESI built the data, by ESI's clock. All pages of one version of a set have the same time.
    pub last_modified: Option<DateTime<Utc>>,
    /// The validator to send next time, unchanged.
    pub etag: Option<String>,
    /// `X-Pages`, where the route has numbered pages and it is a number.
    pub pages: Option<u32>,
    /// `X-Esi-Request-Id`.
    pub request_id: Option<String>,
    /// How far our clock is ahead of ESI's (negative: behind); accurate to a second plus the time of transfer.
    pub clock_skew: Option<TimeDelta>,
}

impl Meta {
    pub(in crate::esi) fn read(
        status: StatusCode,
        headers: &HeaderMap,
        received: DateTime<Utc>,
        ttl: Ttl,
    ) -> Self {
        Self {
            status: status.as_u16(),
            received_at: received,
            expires_at: expiry::expires_at(headers, received, ttl),
            last_modified: expiry::date(headers, &LAST_MODIFIED),
            etag: text(headers, &ETAG),
            pages: pages(headers),
            request_id: request_id(headers),
            clock_skew: expiry::date(headers, &DATE).map(|date| received - date),
        }
    }
}

/// `X-Pages`, if it is there once and is a number: digits and nothing else. One that no `u32` holds is the largest.
fn pages(headers: &HeaderMap) -> Option<u32> {
    let mut all = headers.get_all(&PAGES).iter();
    let (only, None) = (all.next()?, all.next()) else { return None };
    let digits = only.to_str().ok()?.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u32::MAX))
}

pub(in crate::esi) fn request_id(headers: &HeaderMap) -> Option<String> {
    text(headers, &REQUEST_ID)
}

/// A header as text; `None` if absent or not plain ASCII.
pub(in crate::esi) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_a_number_of_pages() {
        let said = |all: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for one in all {
                headers.append(&PAGES, one.parse().expect("a header"));
            }
            pages(&headers)
        };
        assert_eq!((said(&["4"]), said(&[" 4 "]), said(&["0"])), (Some(4), Some(4), Some(0)));
        assert_eq!(said(&["99999999999999999999"]), Some(u32::MAX));
        for odd in ["", "four", "4, 4", "4.0", "4e0", "-1", "+4", "0x4", "4 4", "\u{663}"] {
            let bytes = odd.as_bytes();
            let mut headers = HeaderMap::new();
            headers.insert(&PAGES, reqwest::header::HeaderValue::from_bytes(bytes).expect("bytes"));
            assert_eq!(pages(&headers), None, "{odd:?}");
        }
        assert_eq!((said(&[]), said(&["4", "4"]), said(&["4", "5"])), (None, None, None));
    }
}
