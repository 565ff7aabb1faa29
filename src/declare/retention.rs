//! How much there is of a dataset, how urgent it is, and what becomes of its rows.

/// What happens to the rows a target had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retention {
    /// The target's rows become exactly the new set: changed rows are written, vanished ones deleted.
    Snapshot,
    /// Rows are inserted or updated by key and never deleted.
    Upsert,
    /// Like a snapshot, but a row that leaves the set stays and says when it was last seen. All tables have the
    /// columns [`FIRST_SEEN`](super::FIRST_SEEN) and [`LAST_SEEN`](super::LAST_SEEN).
    Track,
    /// Rows are inserted if absent and never changed: a time series.
    Append,
}

impl Retention {
    /// The word for it in `sync_tables`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Upsert => "upsert",
            Self::Track => "track",
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
    Detail,
}
