//! Reads a set of numbered pages: one complete version, or an error.
//!
//! ESI caches each page by itself. If its cache turns while a set is read, rows appear twice or not at all.
//! Pages belong together if all carry one `Last-Modified` and one `X-Pages`. So we want the newest version
//! seen, and ask again for pages of older versions, for up to three rounds. Each page is asked again only
//! after *its own* expiry, because ESI would send the same page before. At any time, the sink holds only
//! pages of the newest version.
//!
//! If the rows of our copy are known page by page ([`Validators`](super::Validators)), every page is asked
//! for with its own validator. A 304 then counts as a page: it says that we have the page's rows, and its
//! `Last-Modified` and `X-Pages` say to which version they belong. `Last-Modified` moves at every rebuild,
//! even for an unchanged page, so the 304s of one version carry the version's. A 304 without these headers
//! proves nothing and ends the set: the page may not be asked for again before it expires, with or without
//! validator.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tracing::debug;

use super::{PageSink, Set, SetError, SetRequest};
use crate::esi::client::Client;
use crate::esi::client::error::{FetchError, FetchErrorKind};
use crate::esi::client::expiry;
use crate::esi::client::reply::{Meta, Reply};

/// How often pages of older versions are asked for again.
const ROUNDS: u32 = 3;
/// Pages in flight at once. The client's slots bound all sets together; this bounds what one set holds.
const AT_ONCE: usize = 12;
/// Most pages of a set. ESI's largest has a few hundred, so a larger number is an error.
const MOST_PAGES: u32 = 5_000;
/// How many records ESI puts on a page. A page with fewer is the last one.
const FULL_PAGE: usize = 1_000;
/// The time that reading a page takes, to judge whether a set can be read before it expires.
const PER_PAGE: TimeDelta = TimeDelta::milliseconds(50);
const PER_SET: TimeDelta = TimeDelta::seconds(2);
/// Longest wait for pages of an older version to expire. After a longer wait, reading all pages again is
/// cheaper than holding the others.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Reads all pages of `set` into `sink`.
///
/// # Errors
/// See [`SetError`]; the sink's content must then be thrown away.
pub async fn fetch_set(
    client: &Client,
    set: &SetRequest<'_>,
    sink: &mut impl PageSink,
) -> Result<Set, SetError> {
    let mut request = set.page(1);
    request.etag = request.etag.or(set.etag);
    let mut requests = 1;
    let mut first = client.fetch(&request).await?;
    let mut pages = announced(set, &first)?;
    let needed = PER_SET + PER_PAGE * i32::try_from(pages).unwrap_or(i32::MAX);
    let expires_at = first.meta().expires_at;
    if pages > 1 && expires_at - client.clock().now() < needed {
        debug!(path = set.path, %expires_at, "waiting for the next version of the set");
        request = set.page(1);
        drop(first);
        client.wait_until(expires_at, &request).await?;
        requests += 1;
        first = client.fetch(&request).await?;
        pages = announced(set, &first)?;
    }
    if pages <= 1 {
        return one(set, sink, first, requests).await;
    }
    sink.expect(pages, first.body().map(Bytes::len)).await;
    let mut reading = SetReading::start(set, &first, requests)?;
    reading.take(1, first, sink)?;
    for _ in 0..=ROUNDS {
        reading.round(client, sink).await?;
        if reading.missing().is_empty() {
            return Ok(reading.finish(client.clock().now()));
        }
    }
    Err(reading.changed(client.clock().now()))
}

/// The number of pages that the headers announce; absent and 0 mean one.
fn count(set: &SetRequest<'_>, page: u32, meta: &Meta) -> Result<u32, SetError> {
    match meta.pages {
        Some(pages) if pages > MOST_PAGES => Err(SetError::Rejected {
            path: set.path.clone(),
            page,
            reason: format!("X-Pages says {pages}; more than {MOST_PAGES} pages are not read"),
        }),
        pages => Ok(pages.unwrap_or(1).max(1)),
    }
}

/// The number of pages of the set with this first page.
fn announced(set: &SetRequest<'_>, first: &Reply) -> Result<u32, SetError> {
    let meta = first.meta();
    let pages = count(set, 1, meta)?;
    match (first, set.held) {
        (Reply::NotModified(_), Some(held)) if held.pages > 1 && meta.pages.is_none() => {
            Err(unproven(set, 1, first, "X-Pages"))
        }
        // The copy had one page and the set now has more, so it is unknown which of our rows are on page 1.
        (Reply::NotModified(_), None) if pages > 1 => Err(unproven(set, 1, first, "body")),
        _ => Ok(pages),
    }
}

/// Reads a set of one page, which needs no proof that pages belong together.
async fn one(
    set: &SetRequest<'_>,
    sink: &mut impl PageSink,
    first: Reply,
    requests: u32,
) -> Result<Set, SetError> {
    let (meta, kept) = match first {
        Reply::NotModified(meta) => {
            prove_one(set, &meta, set.numbered.map(|stored| stored.records), true)?;
            (meta, BTreeSet::from([1]))
        }
        Reply::Body(meta, body) => {
            sink.expect(1, Some(body.len())).await;
            give(set, sink, 1, body, meta.expires_at)?;
            prove_one(set, &meta, sink.records(1), false)?;
            (meta, BTreeSet::new())
        }
    };
    let had_more = set.held.is_some_and(|held| held.pages > 1);
    Ok(Set {
        last_modified: meta.last_modified,
        received_at: meta.received_at,
        expires_at: meta.expires_at,
        etags: meta.etag.iter().map(|etag| (1, etag.clone())).collect(),
        etag: meta.etag,
        pages: 1,
        requests,
        not_modified: !kept.is_empty() && !had_more,
        kept,
        request_id: meta.request_id,
        clock_skew: meta.clock_skew,
    })
}

/// Whether a reply is the whole of a set with numbered pages. `X-Pages` decides; without it, a page that is
/// not full is the last, unless more pages were stored.
fn prove_one(
    set: &SetRequest<'_>,
    meta: &Meta,
    records: Option<usize>,
    not_modified: bool,
) -> Result<(), SetError> {
    let Some(stored) = set.numbered else { return Ok(()) };
    let lacks = match (meta.pages, records) {
        (None, None) if stored.pages > 1 => "X-Pages that is a number",
        (None, Some(records)) if stored.pages > 1 || records >= FULL_PAGE => "X-Pages that is a number",
        (Some(0), Some(records)) if records > 0 && !not_modified => {
            "X-Pages that agrees with it (0 though there are records)"
        }
        _ => return Ok(()),
    };
    let (path, retry_at) = (set.path.clone(), meta.expires_at);
    Err(SetError::Unproven { path, page: 1, lacks, not_modified, retry_at })
}

fn give(
    set: &SetRequest<'_>,
    sink: &mut impl PageSink,
    page: u32,
    body: Bytes,
    expires_at: DateTime<Utc>,
) -> Result<(), SetError> {
    sink.page(page, body, expires_at).map_err(|reject| SetError::Rejected {
        path: set.path.clone(),
        page,
        reason: reject.0,
    })
}

/// A version of a set: when it was built, and its number of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    built: DateTime<Utc>,
    pages: u32,
}

/// The state of a set of several pages while it is read.
struct SetReading<'a> {
    set: &'a SetRequest<'a>,
    newest: Version,
    /// Pages of the newest version that have arrived, and when they expire.
    held: BTreeMap<u32, DateTime<Utc>>,
    /// Those of the held pages that the sink does not have, because they equal our copy.
    kept: BTreeSet<u32>,
    /// The validators of the pages that the sink has.
    etags: BTreeMap<u32, String>,
    /// Pages that were of an older version or absent, and when they may be asked for again.
    stale: BTreeMap<u32, DateTime<Utc>>,
    requests: u32,
    received_at: DateTime<Utc>,
    request_id: Option<String>,
    clock_skew: Option<TimeDelta>,
}

impl<'a> SetReading<'a> {
    fn start(set: &'a SetRequest<'a>, first: &Reply, requests: u32) -> Result<Self, SetError> {
        let meta = first.meta();
        Ok(Self {
            set,
            newest: version(set, 1, first)?,
            held: BTreeMap::new(),
            kept: BTreeSet::new(),
            etags: BTreeMap::new(),
            stale: BTreeMap::new(),
            requests,
            received_at: meta.received_at,
            request_id: meta.request_id.clone(),
            clock_skew: meta.clock_skew,
        })
    }

    /// The pages of the newest version that are still missing.
    fn missing(&self) -> Vec<u32> {
        (1..=self.newest.pages).filter(|page| !self.held.contains_key(page)).collect()
    }

    /// Asks for all missing pages once, page 1 first, because it says how many there are.
    async fn round(&mut self, client: &Client, sink: &mut impl PageSink) -> Result<(), SetError> {
        if !self.held.contains_key(&1) {
            let reply = self.ask(client, 1)?.await;
            self.answered(1, reply.1, sink)?;
        }
        let mut pages = self.missing().into_iter();
        let mut asking = FuturesUnordered::new();
        loop {
            while asking.len() < AT_ONCE {
                let Some(page) = pages.next() else { break };
                // The number of pages may have shrunk since the round began.
                if page <= self.newest.pages {
                    asking.push(self.ask(client, page)?);
                }
            }
            let Some((page, reply)) = asking.next().await else { return Ok(()) };
            self.answered(page, reply, sink)?;
        }
    }

    /// Asks for one page, but not before its answer can be new.
    fn ask<'b>(
        &mut self,
        client: &'b Client,
        page: u32,
    ) -> Result<impl Future<Output = (u32, Result<Reply, FetchError>)> + use<'b, 'a>, SetError> {
        let now = client.clock().now();
        let when = self.stale.get(&page).copied().unwrap_or(now);
        if when - now > PATIENCE {
            return Err(self.changed(now));
        }
        self.requests += 1;
        let request = self.set.page(page);
        Ok(async move {
            let reply = match client.wait_until(when, &request).await {
                Ok(()) => client.fetch(&request).await,
                Err(closed) => Err(closed),
            };
            (page, reply)
        })
    }

    fn answered(
        &mut self,
        page: u32,
        reply: Result<Reply, FetchError>,
        sink: &mut impl PageSink,
    ) -> Result<(), SetError> {
        match reply {
            Ok(reply) => self.take(page, reply, sink),
            // An announced page is gone, so the set shrank. Only a newer page 1 can give its new size.
            Err(error) if error.kind == FetchErrorKind::NotFound && page > 1 => {
                if page <= self.newest.pages {
                    if let Some(expires) = self.held.remove(&1) {
                        self.release(1, expires, sink);
                    }
                    if let Some(&expires) = self.stale.get(&1) {
                        self.stale.insert(page, expires);
                    }
                }
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a page back until its answer can be new.
    fn release(&mut self, page: u32, expires: DateTime<Utc>, sink: &mut impl PageSink) {
        if !self.kept.remove(&page) {
            sink.drop_page(page);
        }
        self.etags.remove(&page);
        self.stale.insert(page, expires);
    }

    /// Takes a page of the newest version, of an older one, or the first to arrive of a still newer one.
    fn take(&mut self, page: u32, reply: Reply, sink: &mut impl PageSink) -> Result<(), SetError> {
        let version = version(self.set, page, &reply)?;
        let expires = reply.meta().expires_at;
        self.received_at = reply.meta().received_at;
        // A page of several that does not give their number belongs to no version, least of all to one of a
        // single page.
        let tells = reply.meta().pages.is_some_and(|pages| pages > 0);
        if version.built < self.newest.built || !tells {
            sink.passed(expires);
            self.stale.insert(page, expires);
            return Ok(());
        }
        if version != self.newest {
            debug!(path = self.set.path, page, old = ?self.newest, new = ?version, "the set changed while it was read");
            for (old, expires) in std::mem::take(&mut self.held) {
                self.release(old, expires, sink);
            }
            self.newest = version;
        }
        // An empty page past the reduced number of pages is not part of the set.
        if page <= self.newest.pages {
            match reply {
                Reply::NotModified(_) => {
                    sink.passed(expires);
                    self.kept.insert(page);
                }
                Reply::Body(meta, body) => {
                    give(self.set, sink, page, body, expires)?;
                    self.etags.extend(meta.etag.map(|etag| (page, etag)));
                }
            }
            self.held.insert(page, expires);
        }
        self.stale.remove(&page);
        Ok(())
    }

    fn finish(self, now: DateTime<Utc>) -> Set {
        let earliest = self.held.values().min().copied().unwrap_or(now);
        let had = self.set.held.map(|held| held.pages);
        Set {
            last_modified: Some(self.newest.built),
            received_at: self.received_at,
            expires_at: earliest.max(now + expiry::FLOOR),
            etag: None,
            pages: self.newest.pages,
            requests: self.requests,
            not_modified: had == Some(self.newest.pages) && self.kept.len() == self.held.len(),
            kept: self.kept,
            etags: self.etags,
            request_id: self.request_id,
            clock_skew: self.clock_skew,
        }
    }

    fn changed(&self, now: DateTime<Utc>) -> SetError {
        let missing = self.missing();
        let doubtful = missing.iter().filter_map(|page| self.stale.get(page)).max().copied();
        SetError::Changed {
            path: self.set.path.clone(),
            what: format!(
                "{} of {} pages are not of the version of {}",
                missing.len(),
                self.newest.pages,
                self.newest.built.format("%Y-%m-%dT%H:%M:%SZ")
            ),
            retry_at: doubtful.unwrap_or(now).max(now + expiry::FLOOR),
        }
    }
}

fn version(set: &SetRequest<'_>, page: u32, reply: &Reply) -> Result<Version, SetError> {
    let meta = reply.meta();
    let built = meta.last_modified.ok_or_else(|| unproven(set, page, reply, "Last-Modified"))?;
    if meta.pages.is_none() && matches!(reply, Reply::NotModified(_)) {
        return Err(unproven(set, page, reply, "X-Pages"));
    }
    Ok(Version { built, pages: count(set, page, meta)? })
}

fn unproven(set: &SetRequest<'_>, page: u32, reply: &Reply, lacks: &'static str) -> SetError {
    let not_modified = matches!(reply, Reply::NotModified(_));
    SetError::Unproven {
        path: set.path.clone(),
        page,
        lacks,
        not_modified,
        retry_at: reply.meta().expires_at,
    }
}
