//! The vocabulary in which ESI routes are declared. No I/O; everyone may import it.
//!
//! The daemon moves rows and never branches on the fields of an EVE row. So a route is a *value* of this module, and one
//! engine fetches, decodes, writes, documents and checks all routes. A [`Dataset`] says what to ask (path, parameters,
//! pages, budget, lifetime), for which ids ([`Targets`]), and where the reply goes ([`Table`]s, [`Retention`]). If these
//! words cannot express a route, add a word here, never a special case to the engine.
//!
//! What a reader could still get wrong: a dataset is *one* read operation, plus the list operation that its ids come from,
//! if any. The list is not a dataset of its own and has no table. The ledger has it as a target of the dataset whose key is
//! empty.

mod builder;
mod canonical;
mod column;
mod ddl;
mod digest;
mod explain;
mod group;
mod reply;
mod retention;
mod table;
mod targets;

use std::time::Duration;

pub use column::{Column, FIRST_SEEN, LAST_SEEN, Source, Type, boolean, date, int, json, real, text, time};
pub use ddl::Dialect;
pub use digest::digest;
pub use explain::note::{DocumentedColumn, Note, note};
pub use explain::relation::{Explained, Relation, RelationKind};
pub use explain::view::View;
pub use group::Group;
pub use reply::{Body, Method, Pages, Ttl};
pub use retention::{Class, Complete, Retention, Size};
pub use table::Table;
pub use targets::owner::{Owner, OwnerKind};
pub use targets::target_key::{TargetKey, percent_encoded};
pub use targets::{Choice, Gone, IdColumns, IdList, Pairs, RowCondition, TableIds, Targets};

/// One ESI read operation and the tables it fills.
#[derive(Clone, Copy, Debug)]
pub struct Dataset {
    /// The dataset's name: the name of its main table, unless it [`completes`](Self::completes) another dataset.
    pub name: &'static str,
    /// What the data means and how it is kept, in one line.
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
    pub targets: Targets,
    /// What happens to earlier rows.
    pub retention: Retention,
    /// The tables, main table first.
    pub tables: &'static [Table],
    /// The dataset that owns the tables, if this one only completes rows that the owner's route leaves unfinished.
    pub completes: Option<&'static str>,
    /// How urgent it is.
    pub class: Class,
    /// Whether it runs without a configuration.
    pub enabled: bool,
    /// The default cadence in seconds, if it is slower than ESI's expiry.
    pub every: Option<u32>,
    /// Whether the content only changes with the game's build: targets are asked again when `server_version` changes.
    pub with_build: bool,
    /// The most requests a minute, where the game servers have a hidden limit of their own.
    pub per_minute: Option<u32>,
    /// When a target is no longer asked.
    pub complete: Complete,
    /// How long ended records stay visible in a cursor's set, in seconds. A daemon that was away for longer reads the whole
    /// set again.
    pub tombstones: Option<u32>,
    /// The estimated size of a full copy.
    pub size: Size,
    /// The estimated number of targets with `ids = "all"`.
    pub all_ids: Option<u32>,
    /// Targets whose size is far from the average: their ids, and the pages of each.
    pub busy: &'static [(i64, u32)],
}

impl Dataset {
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

    /// The default time between two requests of a target: ESI's lifetime, or `every` if it is longer.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.lifetime().max(Duration::from_secs(self.every.unwrap_or(0).into()))
    }

    /// The operation as documents write it: `GET /status`.
    #[must_use]
    pub fn operation(&self) -> String {
        let method = match self.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        format!("{method} {}", self.path)
    }

    /// The list operation that the ids come from, if any.
    #[must_use]
    pub fn id_list(&self) -> Option<&IdList> {
        match &self.targets {
            Targets::Listed(list) => Some(list),
            _ => self.table_ids().and_then(|ids| ids.list.as_ref()),
        }
    }

    /// The columns that hold the ids, for datasets whose targets come from other tables.
    #[must_use]
    pub fn table_ids(&self) -> Option<&TableIds> {
        match &self.targets {
            Targets::FromTables(ids) | Targets::Batched { ids, .. } => Some(ids),
            _ => None,
        }
    }

    /// Whether each observation adds rows: the main table's key contains the time of observation.
    #[must_use]
    pub fn is_series(&self) -> bool {
        let observed =
            |table: &Table| table.columns.iter().any(|c| c.source == Source::Observed && table.is_key(c));
        self.retention == Retention::Append && self.tables.first().is_some_and(observed)
    }

    /// Whether a target is only asked again when the row that its id comes from has changed.
    #[must_use]
    pub fn is_asked_when_moved(&self) -> bool {
        self.table_ids().is_some_and(|sources| sources.ids.iter().any(|columns| columns.moved.is_some()))
    }

    /// The most ids in one request, for datasets that send many ids at a time.
    #[must_use]
    pub fn batch(&self) -> Option<usize> {
        match self.targets {
            Targets::Named { batch } | Targets::Batched { batch, .. } => Some(batch),
            _ => None,
        }
    }

    /// The keys that a user may set under `[datasets.NAME]` besides `enabled` and `every`.
    #[must_use]
    pub fn params(&self) -> &'static [&'static str] {
        match &self.targets {
            Targets::Regions(_) => &["regions"],
            Targets::Pairs(_) => &["regions", "max_pairs"],
            Targets::Listed(IdList { pages: Pages::Walk(_), .. }) => &["backfill"],
            Targets::FromTables(_) | Targets::Batched { .. } => &["ids"],
            _ if self.is_series() => &["keep"],
            _ => &[],
        }
    }

    /// How pairs are chosen, for datasets whose targets are pairs.
    #[must_use]
    pub fn pairs(&self) -> Option<&Pairs> {
        match &self.targets {
            Targets::Pairs(pairs) => Some(pairs),
            _ => None,
        }
    }
}
