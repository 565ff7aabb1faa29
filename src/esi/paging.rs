//! Reads a set of numbered pages so that it is one version or nothing.
//!
//! ESI caches each page by itself. While a set is read its cache may turn, and then rows appear twice or not at all.
//! What proves that pages belong together is that all carry one `Last-Modified` and one `X-Pages`. So the newest
//! version seen is the one wanted; pages of older versions are asked again, each once *its own* expiry has passed
//! (before that, ESI would only send the same page), for up to three rounds. The sink holds, at any time, pages of
//! the newest version only.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tracing::debug;

use super::client::Client;
use super::error::{FetchError, Kind};
use super::expiry;
use super::reply::{Meta, Reply};
use super::set::{PageSink, Set, SetError, SetRequest};

/// How often pages of older versions are asked again.
const ROUNDS: u32 = 3;
/// Pages in flight at once. The client's slots bound all sets together; this bounds what one set holds.
const AT_ONCE: usize = 12;
/// What reading a page takes, for judging whether a set can be read before it expires.
const PER_PAGE: TimeDelta = TimeDelta::milliseconds(50);
const PER_SET: TimeDelta = TimeDelta::seconds(2);
/// Longest wait for pages of an older version to expire. Beyond it, holding the others is worth less than reading all
/// of them again.
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
    request.etag = set.etag;
    let mut requests = 1;
    let (mut meta, mut body) = match client.fetch(&request).await? {
        Reply::NotModified(meta) => return Ok(single(meta, true, requests)),
        Reply::Body(meta, body) => (meta, body),
    };
    let needed = PER_SET + PER_PAGE * i32::try_from(count(&meta)).unwrap_or(i32::MAX);
    if count(&meta) > 1 && meta.expires_at - client.clock().now() < needed {
        debug!(path = set.path, expires_at = %meta.expires_at, "waiting for the next version of the set");
        request.etag = None;
        drop(body);
        client.wait_until(meta.expires_at, &request).await?;
        requests += 1;
        (meta, body) = match client.fetch(&request).await? {
            Reply::NotModified(meta) => return Ok(single(meta, true, requests)),
            Reply::Body(meta, body) => (meta, body),
        };
    }
    sink.expect(count(&meta), body.len()).await;
    if count(&meta) <= 1 {
        give(set, sink, 1, body, meta.expires_at)?;
        return Ok(single(meta, false, requests));
    }
    let mut reading = Reading::start(set, &meta, requests)?;
    reading.take(1, &meta, body, sink)?;
    for _ in 0..=ROUNDS {
        reading.round(client, sink).await?;
        if reading.missing().is_empty() {
            return Ok(reading.finish(client.clock().now()));
        }
    }
    Err(reading.changed(client.clock().now()))
}

/// The pages the reply announces; absent and 0 mean one.
fn count(meta: &Meta) -> u32 {
    meta.pages.unwrap_or(1).max(1)
}

fn single(meta: Meta, not_modified: bool, requests: u32) -> Set {
    Set {
        last_modified: meta.last_modified,
        received_at: meta.received_at,
        expires_at: meta.expires_at,
        etag: meta.etag,
        pages: 1,
        requests,
        not_modified,
        request_id: meta.request_id,
        clock_skew: meta.clock_skew,
    }
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

/// A version of a set: when it was built, and of how many pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    built: DateTime<Utc>,
    pages: u32,
}

/// What is known of a set of several pages while it is read.
struct Reading<'a> {
    set: &'a SetRequest<'a>,
    newest: Version,
    /// Pages the sink holds, all of the newest version, and when they expire.
    held: BTreeMap<u32, DateTime<Utc>>,
    /// Pages that were of an older version or not there, and when they may be asked again.
    stale: BTreeMap<u32, DateTime<Utc>>,
    requests: u32,
    received_at: DateTime<Utc>,
    request_id: Option<String>,
    clock_skew: Option<TimeDelta>,
}

impl<'a> Reading<'a> {
    fn start(set: &'a SetRequest<'a>, meta: &Meta, requests: u32) -> Result<Self, SetError> {
        Ok(Self {
            set,
            newest: version(set, 1, meta)?,
            held: BTreeMap::new(),
            stale: BTreeMap::new(),
            requests,
            received_at: meta.received_at,
            request_id: meta.request_id.clone(),
            clock_skew: meta.clock_skew,
        })
    }

    /// Pages of the newest version that the sink lacks.
    fn missing(&self) -> Vec<u32> {
        (1..=self.newest.pages).filter(|page| !self.held.contains_key(page)).collect()
    }

    /// Asks for all missing pages once, page 1 first: it tells the count.
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
                // The count may have shrunk since the round began.
                if page <= self.newest.pages {
                    asking.push(self.ask(client, page)?);
                }
            }
            let Some((page, reply)) = asking.next().await else { return Ok(()) };
            self.answered(page, reply, sink)?;
        }
    }

    /// The question for one page, not before it can have a new answer.
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
            Ok(Reply::Body(meta, body)) => self.take(page, &meta, body, sink),
            Ok(Reply::NotModified(meta)) => {
                let error = FetchError::new(Kind::Status, self.set.path.as_str(), "304 without a validator");
                Err(FetchError { status: Some(meta.status), ..error }.into())
            }
            // A page that was announced and is gone: the set shrank. Only a newer page 1 can say to what.
            Err(error) if error.kind == Kind::NotFound && page > 1 => {
                if page <= self.newest.pages {
                    if let Some(expires) = self.held.remove(&1) {
                        sink.drop_page(1);
                        self.stale.insert(1, expires);
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

    /// Sorts a page in: of the newest version, of an older one, or the first of a still newer one.
    fn take(
        &mut self,
        page: u32,
        meta: &Meta,
        body: Bytes,
        sink: &mut impl PageSink,
    ) -> Result<(), SetError> {
        let version = version(self.set, page, meta)?;
        self.received_at = meta.received_at;
        if version.built < self.newest.built {
            self.stale.insert(page, meta.expires_at);
            return Ok(());
        }
        if version != self.newest {
            debug!(path = self.set.path, page, old = ?self.newest, new = ?version, "the set changed while it was read");
            for (old, expires) in std::mem::take(&mut self.held) {
                sink.drop_page(old);
                self.stale.insert(old, expires);
            }
            self.newest = version;
        }
        // An empty page past a count that has shrunk is no part of the set.
        if page <= self.newest.pages {
            give(self.set, sink, page, body, meta.expires_at)?;
            self.held.insert(page, meta.expires_at);
        }
        self.stale.remove(&page);
        Ok(())
    }

    fn finish(self, now: DateTime<Utc>) -> Set {
        let earliest = self.held.values().min().copied().unwrap_or(now);
        Set {
            last_modified: Some(self.newest.built),
            received_at: self.received_at,
            expires_at: earliest.max(now + expiry::FLOOR),
            etag: None,
            pages: self.newest.pages,
            requests: self.requests,
            not_modified: false,
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

fn version(set: &SetRequest<'_>, page: u32, meta: &Meta) -> Result<Version, SetError> {
    let built = meta.last_modified.ok_or_else(|| SetError::Unproven {
        path: set.path.clone(),
        page,
        retry_at: meta.expires_at,
    })?;
    Ok(Version { built, pages: count(meta) })
}
