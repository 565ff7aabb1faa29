//! The counters of the simulated ESI, for tests that assert politeness.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The most violations that are kept as text.
const SAMPLES: usize = 20;
/// With more announced expiries than this, past ones are dropped.
const PROMISES: usize = 200_000;

/// Counts since the start or the last reset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counters {
    /// Requests, except those to `/_sim/`.
    pub requests: u64,
    /// Requests by `METHOD /path/{template}`; unknown paths count as `unknown`.
    pub by_operation: BTreeMap<String, u64>,
    /// Replies by status.
    pub by_status: BTreeMap<u16, u64>,
    /// GETs of a URL whose last 200 or 304 had not expired, by the same client.
    pub early: u64,
    /// Impolite requests by kind: `early`, `compat_date`, `user_agent`, `rate_limited` (429), `error_limited` (420),
    /// `unknown_path`. A polite client leaves this empty.
    pub violations: BTreeMap<String, u64>,
    /// The first twenty violations as text.
    pub samples: Vec<String>,
    /// Body bytes written to the sockets.
    pub bytes: u64,
    /// Requests that are being answered now.
    pub in_flight: u64,
    /// The most requests that were being answered at the same time.
    pub max_in_flight: u64,
    /// The most requests to routes without a bucket within any one second of the sim's clock.
    pub unbucketed_peak: u64,
    /// By bucket, the most tokens spent within its window, and its limit.
    pub bucket_peaks: BTreeMap<String, (u32, u32)>,
    /// The most replies of 400 and above within any minute of the sim's clock.
    pub error_peak: u64,
}

/// One request in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Logged {
    /// When it arrived, by the sim's clock.
    pub time: DateTime<Utc>,
    /// The method.
    pub method: String,
    /// The path template; empty for an unknown path.
    pub operation: String,
    /// Path and query as sent.
    pub url: String,
    /// The status of the reply; 0 if none was sent.
    pub status: u16,
    /// The `page` parameter, if there was one.
    pub page: Option<usize>,
    /// Whether the request was conditional.
    pub if_none_match: bool,
}

/// The counters, and the state that updates them.
#[derive(Debug, Default)]
pub struct Tally {
    /// The counters.
    pub counters: Counters,
    log: VecDeque<Logged>,
    log_length: usize,
    promises: HashMap<(String, String), DateTime<Utc>>,
    last_second: VecDeque<DateTime<Utc>>,
    last_errors: VecDeque<DateTime<Utc>>,
}

impl Tally {
    /// Empty counters; the log holds `log_length` requests.
    #[must_use]
    pub fn new(log_length: usize) -> Self {
        Self { log_length, ..Self::default() }
    }

    /// Clears the counters and the log, but keeps the expiries announced to clients.
    pub fn reset(&mut self) {
        self.counters = Counters { in_flight: self.counters.in_flight, ..Counters::default() };
        self.log.clear();
        self.last_second.clear();
        self.last_errors.clear();
    }

    /// Counts the start of a request.
    pub fn begin(&mut self) {
        self.counters.requests += 1;
        self.counters.in_flight += 1;
        self.counters.max_in_flight = self.counters.max_in_flight.max(self.counters.in_flight);
    }

    /// Counts the end of a request, answered or abandoned.
    pub fn end(&mut self) {
        self.counters.in_flight -= 1;
    }

    /// Counts an impolite request.
    pub fn violation(&mut self, kind: &str, text: impl FnOnce() -> String) {
        *self.counters.violations.entry(kind.to_owned()).or_default() += 1;
        if self.counters.samples.len() < SAMPLES {
            self.counters.samples.push(format!("{kind}: {}", text()));
        }
    }

    /// Counts a request to a route without a bucket.
    pub fn unbucketed(&mut self, now: DateTime<Utc>) {
        self.last_second.push_back(now);
        while self.last_second.front().is_some_and(|at| now - *at >= TimeDelta::seconds(1)) {
            self.last_second.pop_front();
        }
        self.counters.unbucketed_peak = self.counters.unbucketed_peak.max(self.last_second.len() as u64);
    }

    /// Records the tokens that are spent of a bucket, for its peak.
    pub fn spent(&mut self, group: &str, tokens: u32, limit: u32) {
        let peak = self.counters.bucket_peaks.entry(group.to_owned()).or_default();
        *peak = (peak.0.max(tokens), limit);
    }

    /// Counts a GET that comes before the announced expiry of the last reply.
    pub fn check_early(&mut self, client: &str, url: &str, now: DateTime<Utc>) {
        let promised = self.promises.get(&(client.to_owned(), url.to_owned())).copied();
        if let Some(expires) = promised.filter(|expires| now < *expires) {
            self.counters.early += 1;
            self.violation("early", || {
                format!("{url} at {now}, {} s before it expires", (expires - now).num_seconds())
            });
        }
    }

    /// Remembers the announced expiry of a URL.
    pub fn promise(&mut self, client: &str, url: &str, expires: DateTime<Utc>, now: DateTime<Utc>) {
        if self.promises.len() > PROMISES {
            self.promises.retain(|_, at| *at > now);
        }
        self.promises.insert((client.to_owned(), url.to_owned()), expires);
    }

    /// Forgets the announced expiry of a URL, because a fault changed the reply.
    pub fn forget(&mut self, client: &str, url: &str) {
        self.promises.remove(&(client.to_owned(), url.to_owned()));
    }

    /// Forgets all announced expiries, because versions changed without time passing.
    pub fn forget_all(&mut self) {
        self.promises.clear();
    }

    /// Records a reply.
    pub fn record(&mut self, entry: Logged) {
        *self.counters.by_status.entry(entry.status).or_default() += 1;
        if entry.status >= 400 {
            self.last_errors.push_back(entry.time);
            while self.last_errors.front().is_some_and(|at| entry.time - *at >= TimeDelta::minutes(1)) {
                self.last_errors.pop_front();
            }
            self.counters.error_peak = self.counters.error_peak.max(self.last_errors.len() as u64);
        }
        let operation = match entry.operation.as_str() {
            "" => "unknown".to_owned(),
            path => format!("{} {path}", entry.method),
        };
        *self.counters.by_operation.entry(operation).or_default() += 1;
        if self.log.len() >= self.log_length {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }

    /// The log, oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        self.log.iter().cloned().collect()
    }
}
