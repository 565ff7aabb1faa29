//! Scripted faults: what goes wrong, on which requests, how often.

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// A fault on the requests that it matches.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// A path template, a concrete path, or the beginning of one followed by `*`.
    pub path: String,
    /// Only this page; a request without `page` asks for page 1.
    #[serde(default)]
    pub page: Option<usize>,
    /// How many times; `None` until cleared.
    #[serde(default)]
    pub times: Option<u64>,
    /// Only every k-th of the matching requests.
    #[serde(default)]
    pub every: Option<u64>,
    /// Only at this time of every day, from the first time until before the second.
    #[serde(default)]
    pub daily: Option<(NaiveTime, NaiveTime)>,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// What goes wrong. In JSON: `{"status": {"code": 502}}`, `{"rate_limited": {}}`, `"empty"`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// This status, body and headers.
    Status {
        /// The status.
        code: u16,
        /// The body; if empty, ESI's `{"error": ..}`.
        #[serde(default)]
        body: String,
        /// Additional headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
    },
    /// 420 with ten seconds left.
    ErrorLimited,
    /// 429 with this `Retry-After`, or without it like the limiter inside the game servers.
    RateLimited {
        /// The header's text.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// 400: the compatibility date is too old.
    OldDate,
    /// The game server is down. Replies that live for a day or longer are served; other routes answer with ESI's error
    /// (503) or a gateway's page (502, 504).
    Downtime,
    /// The game server is up and closed to players: `/status` says so.
    Vip,
    /// An HTML page with this status, as from a load balancer.
    Html {
        /// The status.
        code: u16,
    },
    /// An object where an array belongs, or the other way round.
    WrongType,
    /// 200 without a body.
    Empty,
    /// Zeros, strongly compressed.
    GzipBomb {
        /// Their size in MiB after decompression.
        mib: usize,
    },
    /// Nested arrays.
    DeepNesting {
        /// The number of levels.
        depth: usize,
    },
    /// 302 to another address.
    Redirect {
        /// The address.
        location: String,
    },
    /// No reply at all.
    Hang,
    /// A byte a second, in real time.
    SlowLoris,
    /// Half the body, then the connection closes.
    Truncate,
    /// Half the body, then a reset.
    Reset,
    /// A header is missing.
    DropHeader {
        /// Its name.
        name: String,
    },
    /// A header has another value.
    SetHeader {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// From page `page` on, the next version with its own `Last-Modified`.
    FlipVersionAtPage {
        /// The first page of the new version.
        page: usize,
    },
    /// Only a share of the rows: fewer pages, or a shorter page if there is only one.
    ShrinkTo {
        /// The share, 0..=1.
        share: f64,
    },
    /// This body instead of the honest one, under the honest headers: of a page, a version and an expiry like any other.
    Body {
        /// JSON, or what is sent in its place.
        body: String,
    },
    /// Only the first of its records are on the page: this share of them.
    Shorten {
        /// 0..=1.
        share: f64,
    },
    /// The page has what another page has.
    RepeatPage {
        /// The page it repeats.
        page: usize,
    },
    /// Every k-th record has no value in a field.
    NoValue {
        /// The field's name.
        name: String,
        /// Every k-th record.
        every: usize,
        /// The field is there and null; else it is missing.
        null: bool,
    },
    /// Every k-th record has a field of the wrong type.
    Unreadable {
        /// The field's name.
        name: String,
        /// Every k-th record.
        every: usize,
    },
    /// Bad records: in turns they lack a field or have one of the wrong type.
    BadRecords {
        /// Every k-th record is bad.
        every: usize,
    },
    /// The reply's object lacks one of its fields, for example `cursor`.
    DropField {
        /// Its name.
        name: String,
    },
    /// Every record has a field that the specification does not know.
    UnknownField,
    /// Every text field with listed values has an unlisted one.
    UnknownEnum,
    /// Each page begins with the last ten records of the page before.
    DuplicateKeysAcrossPages,
}

impl Fault {
    /// A fault on requests to this path: a 500, unless [`Fault::with`] sets another kind.
    #[must_use]
    pub fn on(path: impl Into<String>) -> Self {
        let kind = FaultKind::Status { code: 500, body: String::new(), headers: Vec::new() };
        Self { path: path.into(), page: None, times: None, every: None, daily: None, kind }
    }

    /// Only on this page.
    #[must_use]
    pub fn page(mut self, page: usize) -> Self {
        self.page = Some(page);
        self
    }

    /// Only this many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Only on every k-th matching request.
    #[must_use]
    pub fn every(mut self, every: u64) -> Self {
        self.every = Some(every);
        self
    }

    /// Only at this time of every day, for example from 11:00:00 until before 11:04:00.
    #[must_use]
    pub fn daily(mut self, from: NaiveTime, until: NaiveTime) -> Self {
        self.daily = Some((from, until));
        self
    }

    /// What goes wrong.
    #[must_use]
    pub fn with(mut self, kind: FaultKind) -> Self {
        self.kind = kind;
        self
    }

    fn matches(&self, template: &str, path: &str, page: usize, now: DateTime<Utc>) -> bool {
        let at = self.path == template
            || self.path == path
            || self.path.strip_suffix('*').is_some_and(|start| path.starts_with(start));
        at && self.page.is_none_or(|only| only == page)
            && self.daily.is_none_or(|(from, until)| (from..until).contains(&now.time()))
    }
}

impl FaultKind {
    /// A status with ESI's own error body.
    #[must_use]
    pub fn status(code: u16) -> Self {
        Self::Status { code, body: String::new(), headers: Vec::new() }
    }

    /// A header that is missing.
    #[must_use]
    pub fn drop_header(name: &str) -> Self {
        Self::DropHeader { name: name.to_owned() }
    }

    /// A header with another value.
    #[must_use]
    pub fn set_header(name: &str, value: &str) -> Self {
        Self::SetHeader { name: name.to_owned(), value: value.to_owned() }
    }
}

/// The active faults, each with the number of requests that matched it and that it struck.
#[derive(Debug, Default)]
pub struct Faults(Vec<(Fault, u64, u64)>);

impl Faults {
    /// Activates a fault.
    pub fn add(&mut self, fault: Fault) {
        self.0.push((fault, 0, 0));
    }

    /// Ends all faults.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong with this request.
    pub fn strike(&mut self, template: &str, path: &str, page: usize, now: DateTime<Utc>) -> Vec<FaultKind> {
        let mut kinds = Vec::new();
        for (fault, matches, strikes) in &mut self.0 {
            if !fault.matches(template, path, page, now) || fault.times.is_some_and(|times| *strikes >= times)
            {
                continue;
            }
            *matches += 1;
            if fault.every.is_none_or(|every| matches.is_multiple_of(every.max(1))) {
                *strikes += 1;
                kinds.push(fault.kind.clone());
            }
        }
        kinds
    }
}
