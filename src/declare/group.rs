//! Rate-limit groups: the token buckets that ESI charges requests to.

use std::time::Duration;

/// A token bucket of ESI. Requests of all routes in a group, made for one owner, are charged to it together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// ESI's name for the bucket, as in `X-Ratelimit-Group`.
    pub name: &'static str,
    /// Tokens per [`Group::WINDOW`] as the specification announces them; reply headers may lower or raise it.
    pub tokens: u32,
}

impl Group {
    /// Every bucket of the specification slides over 15 minutes.
    pub const WINDOW: Duration = Duration::from_mins(15);
}
