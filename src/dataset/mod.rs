//! The vocabulary in which ESI routes are declared. No I/O; everyone may import it.
//!
//! Nothing in the daemon branches on the fields of an EVE row: it moves rows. So a route is a *value* of this
//! module, and one engine fetches, decodes, writes, documents and checks all of them. A [`Dataset`] says what to
//! ask (path, parameters, pages, budget, lifetime), whom to ask it for ([`Each`]), and what becomes of the reply
//! ([`Table`]s, [`Keep`]). A route that cannot be said in these words is a missing word here, never a special case
//! in the engine.
//!
//! What a reader could still get wrong: a dataset is *one* read operation, plus the list operation its ids come
//! from where it has one. The list is not a dataset of its own, has no table, and lives in the ledger as the
//! dataset's target `''`.

mod column;
mod ddl;
mod each;
mod group;
mod note;
mod relation;
mod table;
mod view;

use std::time::Duration;

pub use column::{Column, FIRST_SEEN, LAST_SEEN, Source, Type, boolean, date, int, json, real, text, time};
pub use ddl::Dialect;
pub use each::{Choice, Each, Gone, Ids, List, Pairs, Seen};
pub use group::Group;
pub use note::{Field, Note, note};
pub use relation::{Explained, Kind, Relation};
pub use table::Table;
pub use view::View;

/// The HTTP method of a read operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// A plain read.
    Get,
    /// A read that takes its ids in the body.
    Post,
}

/// How a reply is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pages {
    /// One reply holds all.
    One,
    /// `page=1..n`, where `n` is the header `X-Pages`.
    Numbered,
    /// Ordered by last modification, with `before` and `after` tokens in the reply's field `cursor`.
    Cursor,
    /// Backwards from the newest: this query parameter takes the smallest id seen so far. Only for id lists.
    Walk(&'static str),
}

/// How long ESI's replies live, as the specification says; reply headers win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ttl {
    /// `x-client-cache-ttl`, in seconds.
    Seconds(u32),
    /// No lifetime in the specification: the reply expires at 11:05 UTC, after the daily downtime.
    Daily,
    /// Computed per call: nothing to wait for.
    Uncached,
}

/// The outermost shape of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// A JSON array; each element is a record.
    List,
    /// One JSON object; it is the only record.
    Object,
    /// A JSON object around the list of records, which is in this field.
    Envelope(&'static str),
    /// A JSON object around a map of lists, which is in this field: the records are the elements of all of them.
    Lists(&'static str),
}

/// What happens to the rows a target had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keep {
    /// The target's rows become exactly the new set: changed rows are written, vanished ones deleted.
    Snapshot,
    /// Rows are inserted or updated by key and never deleted.
    Upsert,
    /// Like a snapshot, but a row that leaves the set stays and says when it was last seen. All tables have the
    /// columns [`FIRST_SEEN`] and [`LAST_SEEN`].
    Seen,
    /// Rows are inserted if absent and never changed: a time series.
    Append,
}

impl Keep {
    /// The word for it in `sync_tables`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Upsert => "upsert",
            Self::Seen => "seen",
            Self::Append => "append",
        }
    }
}

/// What a full copy of a dataset comes to, about. For plans and estimates only: nothing is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Targets, where the configuration or an id list does not say better.
    pub targets: u32,
    /// Pages of a target.
    pub pages: u32,
    /// Rows of a target in all its tables; of a time series, rows of one observation.
    pub rows: u32,
}

/// When a target has been asked for the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complete {
    /// Never: its content may always change.
    Never,
    /// With its first success: its content never changes.
    Once,
    /// When this time of its main row has come.
    When(&'static str),
}

/// How urgent a dataset is; the client's limits are shared out by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Changes all the time and is what people look at.
    Live,
    /// Many small details that hardly change, fetched as a background fill at the lowest priority.
    Backfill,
}

/// One ESI read operation and the tables it fills.
#[derive(Clone, Copy, Debug)]
pub struct Dataset {
    /// The dataset's name, which is its main table's unless it [`completes`](Self::completes) another's.
    pub name: &'static str,
    /// What the data means and why it is kept as it is, in one line.
    pub doc: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path as the specification writes it, with `{parameters}`.
    pub path: &'static str,
    /// Query parameters that are sent with every request.
    pub query: &'static [(&'static str, &'static str)],
    /// The token bucket, or `None` where only the shared error limit applies.
    pub group: Option<Group>,
    /// The lifetime of replies.
    pub ttl: Ttl,
    /// How replies are paged.
    pub pages: Pages,
    /// The outermost shape of a reply.
    pub body: Body,
    /// Where the targets come from.
    pub each: Each,
    /// What happens to earlier rows.
    pub keep: Keep,
    /// The tables, main table first.
    pub tables: &'static [Table],
    /// The dataset whose tables these are, where this one only fills in rows that the other's route does not tell.
    pub completes: Option<&'static str>,
    /// How urgent it is.
    pub class: Class,
    /// Whether it runs when the configuration says nothing.
    pub enabled: bool,
    /// The default cadence in seconds, where it is slower than ESI's expiry.
    pub every: Option<u32>,
    /// Whether the content only changes with the game's build: asked again only when `server_version` moved.
    pub with_build: bool,
    /// Most requests a minute, where the game servers have a hidden limit of their own.
    pub per_minute: Option<u32>,
    /// When a target has been asked for the last time.
    pub complete: Complete,
    /// How long records that ended stay visible in a cursor's set, in seconds: who was away for longer reads it anew.
    pub tombstones: Option<u32>,
    /// What a full copy comes to, about.
    pub size: Size,
    /// Targets whose sets are far from the average, by their id, and the pages of each.
    pub busy: &'static [(i64, u32)],
}

impl Dataset {
    const fn new(name: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            name,
            doc: "",
            method,
            path,
            query: &[],
            group: None,
            ttl: Ttl::Daily,
            pages: Pages::One,
            body: Body::List,
            each: Each::Once,
            keep: Keep::Snapshot,
            tables: &[],
            completes: None,
            class: Class::Live,
            enabled: true,
            every: None,
            with_build: false,
            per_minute: None,
            complete: Complete::Never,
            tombstones: None,
            size: Size { targets: 1, pages: 1, rows: 1 },
            busy: &[],
        }
    }

    /// A GET route.
    #[must_use]
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Get, path)
    }

    /// A POST route that takes ids in its body; such replies have no lifetime.
    #[must_use]
    pub const fn post(name: &'static str, path: &'static str) -> Self {
        let mut dataset = Self::new(name, Method::Post, path);
        dataset.ttl = Ttl::Uncached;
        dataset
    }

    /// What the data means and why it is kept as it is.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Query parameters sent with every request.
    #[must_use]
    pub const fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// The token bucket that requests are charged to.
    #[must_use]
    pub const fn group(mut self, name: &'static str, tokens: u32) -> Self {
        self.group = Some(Group { name, tokens });
        self
    }

    /// The lifetime of replies in seconds; without this call they expire daily at 11:05 UTC.
    #[must_use]
    pub const fn ttl(mut self, seconds: u32) -> Self {
        self.ttl = Ttl::Seconds(seconds);
        self
    }

    /// ESI rebuilds the reply when something happens, and the specification names no lifetime: a minute, where the
    /// reply does not say.
    #[must_use]
    pub const fn on_event(self) -> Self {
        self.ttl(60)
    }

    /// Replies are read along a cursor; rows are never deleted.
    #[must_use]
    pub const fn cursor(mut self) -> Self {
        self.pages = Pages::Cursor;
        self.keep = Keep::Upsert;
        self
    }

    /// Records that ended stay visible for so many seconds. All tables have the column [`LAST_SEEN`].
    #[must_use]
    pub const fn tombstones(mut self, seconds: u32) -> Self {
        self.tombstones = Some(seconds);
        self
    }

    /// A target's content never changes: it is asked for once.
    #[must_use]
    pub const fn once(mut self) -> Self {
        self.complete = Complete::Once;
        self
    }

    /// A target is asked for until this time of its main row has come.
    #[must_use]
    pub const fn until(mut self, column: &'static str) -> Self {
        self.complete = Complete::When(column);
        self
    }

    /// Replies are numbered pages.
    #[must_use]
    pub const fn paged(mut self) -> Self {
        self.pages = Pages::Numbered;
        self
    }

    /// The reply is one object.
    #[must_use]
    pub const fn object(mut self) -> Self {
        self.body = Body::Object;
        self
    }

    /// The records are the list in this field of the reply's object.
    #[must_use]
    pub const fn envelope(mut self, field: &'static str) -> Self {
        self.body = Body::Envelope(field);
        self
    }

    /// The records are the elements of all lists in the map that is in this field of the reply's object. What the
    /// lists are filed under (a date, say) must stand in the records too.
    #[must_use]
    pub const fn envelope_of_lists(mut self, field: &'static str) -> Self {
        self.body = Body::Lists(field);
        self
    }

    /// Where the targets come from.
    #[must_use]
    pub const fn each(mut self, each: Each) -> Self {
        self.each = each;
        self
    }

    /// What happens to earlier rows.
    #[must_use]
    pub const fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// The tables, main table first.
    #[must_use]
    pub const fn tables(mut self, tables: &'static [Table]) -> Self {
        self.tables = tables;
        self
    }

    /// Fills rows of another dataset's tables, which that one's route leaves unfinished.
    #[must_use]
    pub const fn completes(mut self, dataset: &'static str) -> Self {
        self.completes = Some(dataset);
        self
    }

    /// A background fill of details: lowest priority.
    #[must_use]
    pub const fn backfill(mut self) -> Self {
        self.class = Class::Backfill;
        self
    }

    /// Only runs when the configuration says so.
    #[must_use]
    pub const fn opt_in(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Asked at most once in so many seconds, though ESI would allow more.
    #[must_use]
    pub const fn every(mut self, seconds: u32) -> Self {
        self.every = Some(seconds);
        self
    }

    /// Static content: asked again only after the game's build changed.
    #[must_use]
    pub const fn with_build(mut self) -> Self {
        self.with_build = true;
        self
    }

    /// At most so many requests a minute: a hidden limit of the game servers.
    #[must_use]
    pub const fn per_minute(mut self, requests: u32) -> Self {
        self.per_minute = Some(requests);
        self
    }

    /// What a full copy comes to, about: targets, pages of a target, rows of a target.
    #[must_use]
    pub const fn size(mut self, targets: u32, pages: u32, rows: u32) -> Self {
        self.size = Size { targets, pages, rows };
        self
    }

    /// The pages of targets that are far from the average: the regions of the trade hubs.
    #[must_use]
    pub const fn busy(mut self, pages: &'static [(i64, u32)]) -> Self {
        self.busy = pages;
        self
    }

    /// The path's parameters, in its order: `region_id` for `/markets/{region_id}/orders`.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// The name of the path's first parameter.
    #[must_use]
    pub fn param(&self) -> Option<&'static str> {
        self.path_params().next()
    }

    /// How long ESI's replies live.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        match self.ttl {
            Ttl::Seconds(seconds) => Duration::from_secs(seconds.into()),
            Ttl::Daily => Duration::from_hours(24),
            Ttl::Uncached => Duration::ZERO,
        }
    }

    /// How often a target is asked unless the configuration says otherwise: ESI's lifetime, or ours if it is longer.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.lifetime().max(Duration::from_secs(self.every.unwrap_or(0).into()))
    }

    /// The operation as it is written in documents: `GET /status`.
    #[must_use]
    pub fn operation(&self) -> String {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        format!("{method} {}", self.path)
    }

    /// The list operation the ids come from, where there is one.
    #[must_use]
    pub fn list(&self) -> Option<&List> {
        match &self.each {
            Each::Listed(list) => Some(list),
            _ => self.seen().and_then(|seen| seen.list.as_ref()),
        }
    }

    /// Where the ids stand that the targets come from, for datasets fed by other tables.
    #[must_use]
    pub fn seen(&self) -> Option<&Seen> {
        match &self.each {
            Each::Seen(seen) | Each::Batched { seen, .. } => Some(seen),
            _ => None,
        }
    }

    /// Whether a target is only asked again when the row that it comes from has changed.
    #[must_use]
    pub fn is_asked_when_moved(&self) -> bool {
        self.seen().is_some_and(|seen| seen.ids.iter().any(|ids| ids.moved.is_some()))
    }

    /// Most ids in one request, for datasets whose ids are sent many at a time.
    #[must_use]
    pub fn batch(&self) -> Option<usize> {
        match self.each {
            Each::Named { batch } | Each::Batched { batch, .. } => Some(batch),
            _ => None,
        }
    }

    /// The keys a user may set under `[datasets.NAME]` beside `enabled` and `every`.
    #[must_use]
    pub fn params(&self) -> &'static [&'static str] {
        match (&self.each, self.keep) {
            (Each::Regions(_), _) => &["regions"],
            (Each::Pairs(_), _) => &["regions", "max_pairs"],
            (Each::Listed(List { pages: Pages::Walk(_), .. }), _) => &["backfill"],
            (Each::Seen(_) | Each::Batched { .. }, _) => &["ids"],
            (_, Keep::Append) => &["keep"],
            _ => &[],
        }
    }

    /// How pairs are chosen, for datasets whose targets are pairs.
    #[must_use]
    pub fn pairs(&self) -> Option<&Pairs> {
        match &self.each {
            Each::Pairs(pairs) => Some(pairs),
            _ => None,
        }
    }
}
