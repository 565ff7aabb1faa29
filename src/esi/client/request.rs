//! One question to ESI, with all that is needed to ask it politely.

use crate::declare::{Group, Method, Ttl};

/// One call of a read operation.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// How it is asked.
    pub method: Method,
    /// The path as the specification writes it (`/markets/{region_id}/orders`): names the route in logs and pauses.
    pub route: &'a str,
    /// The filled path with its query, without `page`; begins with `/`.
    pub path: String,
    /// JSON to send with a POST.
    pub body: Option<String>,
    /// The token bucket it is charged to; `None` for routes under the legacy error limit.
    pub group: Option<Group>,
    /// Whose bucket: a character's id for authenticated requests, empty for public ones.
    pub owner: &'a str,
    /// The validator of the copy we hold, sent back byte for byte.
    pub etag: Option<&'a str>,
    /// Most requests of this route a minute, where the game servers have a hidden limit of their own.
    pub per_minute: Option<u32>,
    /// Who goes first when there is not enough for all.
    pub priority: Priority,
    /// How long the specification lets a reply be kept, for replies that do not say.
    pub ttl: Ttl,
    /// Whether the route has no way to fail by its arguments (public lists, snapshots): such routes are still asked
    /// when few errors are left.
    pub cannot_fail: bool,
    /// The page, for numbered pages.
    pub page: Option<u32>,
    /// Another compatibility date than the compiled-in one: only for reading the specification of a newer date.
    pub date: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A public, live GET of `path` without bucket, validator or page.
    #[must_use]
    pub fn get(route: &'a str, path: impl Into<String>) -> Self {
        Self {
            method: Method::Get,
            route,
            path: path.into(),
            body: None,
            group: None,
            owner: "",
            etag: None,
            per_minute: None,
            priority: Priority::Live,
            ttl: Ttl::Uncached,
            cannot_fail: false,
            page: None,
            date: None,
        }
    }

    /// A public, live POST of the JSON text `body`.
    #[must_use]
    pub fn post(route: &'a str, path: impl Into<String>, body: String) -> Self {
        Self { method: Method::Post, body: Some(body), ..Self::get(route, path) }
    }
}

/// Who goes first, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Data that somebody watches; a part of the slots is always left to it.
    Live,
    /// Lists that other targets come from.
    List,
    /// Details and history, which may take days.
    Detail,
}
