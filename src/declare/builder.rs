//! The words of a declaration. All of them are `const`: a declaration costs nothing at run time.

use super::{Body, Class, Complete, Dataset, Group, Method, Pages, Retention, Size, Table, Targets, Ttl};

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
            targets: Targets::Once,
            retention: Retention::Snapshot,
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
            all_ids: None,
            busy: &[],
        }
    }

    /// A GET route.
    #[must_use]
    pub const fn get(name: &'static str, path: &'static str) -> Self {
        Self::new(name, Method::Get, path)
    }

    /// A POST route that takes ids in its body; its replies have no lifetime.
    #[must_use]
    pub const fn post(name: &'static str, path: &'static str) -> Self {
        let mut dataset = Self::new(name, Method::Post, path);
        dataset.ttl = Ttl::Uncached;
        dataset
    }

    /// What the data means and how it is kept, in one line.
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

    /// ESI rebuilds the reply when something happens, and the specification names no lifetime. A reply that names none
    /// either lives for a minute.
    #[must_use]
    pub const fn on_event(self) -> Self {
        self.ttl(60)
    }

    /// Replies are read along a cursor; rows are never deleted.
    #[must_use]
    pub const fn cursor(mut self) -> Self {
        self.pages = Pages::Cursor;
        self.retention = Retention::Upsert;
        self
    }

    /// Records that ended stay visible for this many seconds. All tables have the column [`LAST_SEEN`](super::LAST_SEEN).
    #[must_use]
    pub const fn tombstones(mut self, seconds: u32) -> Self {
        self.tombstones = Some(seconds);
        self
    }

    /// A target's content never changes, so it is asked once.
    #[must_use]
    pub const fn once(mut self) -> Self {
        self.complete = Complete::Once;
        self
    }

    /// A target is asked until the time in this column of its main row has passed.
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

    /// The records are the elements of all lists in a map, which is in this field of the reply's object. The records must
    /// repeat the map's keys (for example a date), because the keys are not stored.
    #[must_use]
    pub const fn envelope_of_lists(mut self, field: &'static str) -> Self {
        self.body = Body::Lists(field);
        self
    }

    /// Where the targets come from.
    #[must_use]
    pub const fn targets(mut self, targets: Targets) -> Self {
        self.targets = targets;
        self
    }

    /// What happens to earlier rows.
    #[must_use]
    pub const fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// The tables, main table first.
    #[must_use]
    pub const fn tables(mut self, tables: &'static [Table]) -> Self {
        self.tables = tables;
        self
    }

    /// Completes rows of another dataset's tables, which that dataset's route leaves unfinished.
    #[must_use]
    pub const fn completes(mut self, dataset: &'static str) -> Self {
        self.completes = Some(dataset);
        self
    }

    /// A background fill of details: lowest priority.
    #[must_use]
    pub const fn detail(mut self) -> Self {
        self.class = Class::Detail;
        self
    }

    /// Only runs if the configuration enables it.
    #[must_use]
    pub const fn opt_in(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Asked at most once in this many seconds, although ESI would allow more.
    #[must_use]
    pub const fn every(mut self, seconds: u32) -> Self {
        self.every = Some(seconds);
        self
    }

    /// Static content: asked again only after a new build of the game.
    #[must_use]
    pub const fn with_build(mut self) -> Self {
        self.with_build = true;
        self
    }

    /// At most this many requests a minute, because of a hidden limit of the game servers.
    #[must_use]
    pub const fn per_minute(mut self, requests: u32) -> Self {
        self.per_minute = Some(requests);
        self
    }

    /// The estimated size of a full copy: targets, pages of a target, rows of a target.
    #[must_use]
    pub const fn size(mut self, targets: u32, pages: u32, rows: u32) -> Self {
        self.size = Size { targets, pages, rows };
        self
    }

    /// The estimated number of targets with `ids = "all"`.
    #[must_use]
    pub const fn all_ids(mut self, targets: u32) -> Self {
        self.all_ids = Some(targets);
        self
    }

    /// The pages of targets that are far from the average, by id: the regions of the trade hubs.
    #[must_use]
    pub const fn busy(mut self, pages: &'static [(i64, u32)]) -> Self {
        self.busy = pages;
        self
    }
}
