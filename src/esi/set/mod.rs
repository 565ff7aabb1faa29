//! A set of numbered pages: the request, the receiver of its pages, and the result.

pub(in crate::esi) mod paging;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::client::error::FetchError;
use super::client::reply::Meta;
use super::client::request::{Priority, Request};
use crate::declare::{Group, Ttl};

/// All pages of one GET. Fields have the same meaning as in [`Request`].
#[derive(Clone, Debug)]
pub struct SetRequest<'a> {
    /// The path as the specification writes it.
    pub route: &'a str,
    /// The filled path with its query, without `page`.
    pub path: String,
    /// The token bucket; `None` under the legacy error limit.
    pub group: Option<Group>,
    /// The owner of the bucket; empty for public requests.
    pub owner: &'a str,
    /// Most requests of this route a minute, if it has a hidden limit.
    pub per_minute: Option<u32>,
    /// Its priority in the queue.
    pub priority: Priority,
    /// How long the specification allows a reply to be kept.
    pub ttl: Ttl,
    /// Whether no argument can make the route fail.
    pub cannot_fail: bool,
    /// The validator of our stored copy. Only for a copy of one page: a 304 on page 1 proves nothing about
    /// page 7.
    pub etag: Option<&'a str>,
    /// For a route with numbered pages: how much of it is stored. Only then does a missing `X-Pages` count as
    /// missing.
    pub numbered: Option<StoredSize>,
    /// Our stored copy, if its rows are known page by page: every page is asked for with its own validator.
    pub held: Option<&'a Validators>,
}

/// How much of a set with numbered pages is stored; zero if it was never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredSize {
    /// The number of its pages.
    pub pages: u32,
    /// The number of its records.
    pub records: usize,
}

/// A copy of a set whose rows are known page by page, so that a 304 can confirm a page's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// The number of its pages.
    pub pages: u32,
    /// The validators of its pages by number, byte for byte. A page without a validator is read whole.
    pub etags: BTreeMap<u32, String>,
}

impl<'a> SetRequest<'a> {
    /// A public, live set without bucket or validator.
    #[must_use]
    pub fn new(route: &'a str, path: impl Into<String>) -> Self {
        Self {
            route,
            path: path.into(),
            group: None,
            owner: "",
            per_minute: None,
            priority: Priority::Live,
            ttl: Ttl::Uncached,
            cannot_fail: false,
            etag: None,
            numbered: None,
            held: None,
        }
    }

    /// The request for one page, with that page's validator in our copy. Page 1 is requested without a
    /// number, which is also right for routes without pages.
    pub(super) fn page(&self, page: u32) -> Request<'a> {
        Request {
            group: self.group,
            owner: self.owner,
            per_minute: self.per_minute,
            priority: self.priority,
            ttl: self.ttl,
            cannot_fail: self.cannot_fail,
            etag: self.held.and_then(|held| held.etags.get(&page)).map(String::as_str),
            page: (page > 1).then_some(page),
            ..Request::get(self.route, self.path.clone())
        }
    }
}

/// Takes pages as they arrive, in any order, so that their bytes need not be kept.
pub trait PageSink: Send {
    /// Announces the size of the set before any page of it is given: `pages` pages, and `first` bytes of the
    /// first page, or `None` if it is not modified. The set waits for the returned future, so that a sink can
    /// wait for memory.
    fn expect(&mut self, pages: u32, first: Option<usize>) -> impl Future<Output = ()> + Send {
        let _ = (pages, first);
        std::future::ready(())
    }

    /// Gives a page of the newest version so far. It must not be asked for again before `expires_at`, even if
    /// the set fails.
    ///
    /// # Errors
    /// A [`PageRefused`] ends the set, because reading on would not mend the page.
    fn page(&mut self, page: u32, body: Bytes, expires_at: DateTime<Utc>) -> Result<(), PageRefused>;

    /// A page was answered but is not given, because it equals our copy or is of an older version. It must
    /// not be asked for again before `expires_at` either.
    fn passed(&mut self, expires_at: DateTime<Utc>) {
        let _ = expires_at;
    }

    /// How many records a given page has, if the sink knows.
    fn records(&self, page: u32) -> Option<usize> {
        let _ = page;
        None
    }

    /// The set changed: drop what [`PageSink::page`] gave under this number. The page may be given again.
    fn drop_page(&mut self, page: u32);
}

/// Why a sink cannot take a page, as text for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRefused(pub String);

/// A complete set, all of whose pages are of one version; or the confirmation of our copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The version: the `Last-Modified` of every page. Only a set of one page may have none.
    pub last_modified: Option<DateTime<Utc>>,
    /// When the last page arrived.
    pub received_at: DateTime<Utc>,
    /// When the first of its pages expires, but not before 5 s from its completion.
    pub expires_at: DateTime<Utc>,
    /// The validator for the next request; only for a set of one page.
    pub etag: Option<String>,
    /// The number of its pages.
    pub pages: u32,
    /// Unchanged pages (304), whose rows we have: the sink did not get them.
    pub kept: BTreeSet<u32>,
    /// The validators of the pages that the sink got, if they had one.
    pub etags: BTreeMap<u32, String>,
    /// Replies received, 304 and repeated pages included; tries that failed inside the client are not
    /// counted.
    pub requests: u32,
    /// ESI answered 304 for every page of our copy, and the set has no further pages: our copy is current,
    /// and the sink got nothing.
    pub not_modified: bool,
    /// `X-Esi-Request-Id` of the first page.
    pub request_id: Option<String>,
    /// How far our clock is ahead of ESI's.
    pub clock_skew: Option<TimeDelta>,
}

impl Set {
    /// A set of a single reply.
    #[must_use]
    pub fn of_one(meta: &Meta) -> Self {
        Self {
            last_modified: meta.last_modified,
            received_at: meta.received_at,
            expires_at: meta.expires_at,
            etag: meta.etag.clone(),
            kept: BTreeSet::new(),
            etags: BTreeMap::new(),
            pages: 1,
            requests: 1,
            not_modified: false,
            request_id: meta.request_id.clone(),
            clock_skew: meta.clock_skew,
        }
    }
}

/// Why the set is not complete. The sink's content must be thrown away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetError {
    /// A page could not be read.
    Fetch(FetchError),
    /// The set changed repeatedly while it was read.
    Changed {
        /// The path of the set.
        path: String,
        /// What still differed at the end.
        what: String,
        /// When the doubtful pages have expired.
        retry_at: DateTime<Utc>,
    },
    /// A page of several lacks what shows whether the pages belong together.
    Unproven {
        /// The path of the set.
        path: String,
        /// The page that lacks it.
        page: u32,
        /// What it lacks.
        lacks: &'static str,
        /// Whether the answer was a 304.
        not_modified: bool,
        /// When the page expires; another answer cannot be expected before.
        retry_at: DateTime<Utc>,
    },
    /// The sink refused a page.
    Rejected {
        /// The path of the set.
        path: String,
        /// The page.
        page: u32,
        /// The sink's reason.
        reason: String,
    },
}

impl SetError {
    /// When to try again, where that is known; see the same field of [`FetchError`].
    #[must_use]
    pub fn retry_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Fetch(error) => error.retry_at,
            Self::Changed { retry_at, .. } | Self::Unproven { retry_at, .. } => Some(*retry_at),
            Self::Rejected { .. } => None,
        }
    }
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch(error) => error.fmt(f),
            Self::Changed { path, what, .. } => write!(f, "{path}: the set kept changing: {what}"),
            Self::Unproven { path, page, lacks, .. } => {
                write!(f, "{path}: page {page} of several has no {lacks}, the set cannot be proven")
            }
            Self::Rejected { path, page, reason } => write!(f, "{path}: page {page} refused: {reason}"),
        }
    }
}

impl std::error::Error for SetError {}

impl From<FetchError> for SetError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(error)
    }
}
