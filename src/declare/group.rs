//! Rate-limit groups: the token buckets that ESI charges requests to.

use std::time::Duration;

/// A token bucket of ESI. ESI charges the requests of one owner on all routes of a group to one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// ESI's name for the bucket, as in `X-Ratelimit-Group`.
    pub name: &'static str,
    /// Tokens per [`Group::WINDOW`] according to the specification; reply headers may announce another number.
    pub tokens: u32,
}

impl Group {
    /// The sliding window of every bucket in the specification: 15 minutes.
    pub const WINDOW: Duration = Duration::from_mins(15);
}
