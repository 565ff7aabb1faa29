//! What happens to a dataset's old rows, how large and how urgent it is, and when a target is no longer asked.

/// What happens to the rows a target had before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retention {
    /// The target's rows become exactly the new set: changed rows are written, vanished ones deleted.
    Snapshot,
    /// Rows are inserted or updated by key and never deleted.
    Upsert,
    /// Like a snapshot, but a row that leaves the set stays and records when it was last in it. All tables have the
    /// columns [`FIRST_SEEN`](super::FIRST_SEEN) and [`LAST_SEEN`](super::LAST_SEEN).
    Track,
    /// Rows are inserted if absent and never changed: a time series. Only the setting `keep` deletes rows.
    Append,
}

impl Retention {
    /// The word in the column `write_mode` of `sync_tables`.
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

/// The estimated size of a full copy of a dataset. The plan uses it, and so the daemon's cadences, until the ledger has
/// counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Targets, if neither the configuration nor the ledger shows their number.
    pub targets: u32,
    /// Pages of a target.
    pub pages: u32,
    /// Rows of a target in all its tables; for a time series, rows of one observation.
    pub rows: u32,
}

/// When a target is no longer asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complete {
    /// Never, because its content may always change.
    Never,
    /// After its first success, because its content never changes.
    Once,
    /// When the time in this column of its main row has passed.
    When(&'static str),
}

/// How urgent a dataset is; requests of urgent datasets go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Data that changes all the time.
    Live,
    /// Many details that hardly change, fetched as a background fill at the lowest priority.
    Detail,
}
