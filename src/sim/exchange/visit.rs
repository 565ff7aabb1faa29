//! A request as it arrived, before it is parsed.

use bytes::Bytes;
use hyper::header::HeaderMap;

/// A request as it arrived.
#[derive(Debug)]
pub struct Visit {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Path and query.
    pub url: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Visit {
    /// A header; `None` if absent or not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the client sent this validator. Weak validators match too, as RFC 9110 demands.
    #[must_use]
    pub fn has(&self, etag: &str) -> bool {
        let sent = self.header("if-none-match").unwrap_or("");
        sent == "*" || sent.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
    }
}
