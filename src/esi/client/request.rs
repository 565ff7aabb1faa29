//! One request to ESI, with everything that the limits need to know about it.

use crate::declare::{Group, Method, Ttl};

/// One call of a read operation.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The HTTP method.
    pub method: Method,
    /// The path as the specification writes it (`/markets/{region_id}/orders`); it names the route in logs and pauses.
    pub route: &'a str,
    /// The filled path with its query, without `page`; begins with `/`.
    pub path: String,
    /// JSON to send with a POST.
    pub body: Option<String>,
    /// The token bucket it is charged to; `None` for routes under the legacy error limit.
    pub group: Option<Group>,
    /// The bucket's owner: a character's id for authenticated requests, empty for public ones.
    pub owner: &'a str,
    /// The validator of the stored copy, sent unchanged.
    pub etag: Option<&'a str>,
    /// The most requests of this route a minute, where the game servers have a hidden limit.
    pub per_minute: Option<u32>,
    /// Which requests go first when a limit is short.
    pub priority: Priority,
    /// The lifetime according to the specification, for replies that do not name one.
    pub ttl: Ttl,
    /// Whether the route's arguments cannot cause an error (public lists, snapshots). These routes are still asked when
    /// few errors are left.
    pub cannot_fail: bool,
    /// The page, for numbered pages.
    pub page: Option<u32>,
    /// A compatibility date other than the compiled-in one; only used to read the specification of a newer date.
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

/// The order in which requests go, most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Live data; a part of the slots is reserved for it.
    Live,
    /// Lists that targets come from.
    List,
    /// Details and history, which may take days.
    Detail,
}
