//! The settings of the client.

use std::time::Duration;

use url::Url;

/// Settings of the one [`Client`](crate::esi::Client), taken from `[esi]` of the configuration.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// ESI's address; paths of requests are appended to it.
    pub base_url: Url,
    /// `User-Agent`: program, version and contact, as CCP asks for.
    pub user_agent: String,
    /// `X-Tenant`, normally `tranquility`.
    pub tenant: String,
    /// `Accept-Language`, one of ESI's eight.
    pub language: String,
    /// The time from sending to the last byte of the body, in real time, for each try.
    pub timeout: Duration,
    /// The most requests in flight at once.
    pub max_concurrency: usize,
    /// Requests per second to routes without a token bucket.
    pub max_rate: f64,
    /// The part of `max_rate` that backfills may use, in requests per second.
    pub backfill_rate: f64,
    /// The part of each token bucket that we use, over 0 and up to 1.
    pub budget_share: f64,
    /// Largest body accepted, in bytes after decompression.
    pub max_body: usize,
}

impl ClientSettings {
    /// The defaults for ESI at `base_url`. Only the address and the user agent have no default.
    #[must_use]
    pub fn new(base_url: Url, user_agent: String) -> Self {
        Self {
            base_url,
            user_agent,
            tenant: "tranquility".to_owned(),
            language: "en".to_owned(),
            timeout: Duration::from_secs(30),
            max_concurrency: 16,
            max_rate: 20.0,
            backfill_rate: 10.0,
            budget_share: 0.8,
            max_body: 32 * 1024 * 1024,
        }
    }
}
