//! One operation: its parameters, its cost, and the lifetime of its replies.

use serde::Deserialize;
use serde_json::Value;

use super::schema::{Schema, SchemaType, TextFormat};

/// POST operations that only read; all others change data.
const READING_POSTS: [&str; 9] = [
    "/characters/affiliation",
    "/characters/{character_id}/assets/locations",
    "/characters/{character_id}/assets/names",
    "/characters/{character_id}/cspa",
    "/corporations/{corporation_id}/assets/locations",
    "/corporations/{corporation_id}/assets/names",
    "/route/{origin_system_id}/{destination_system_id}",
    "/universe/ids",
    "/universe/names",
];

/// One method on one path.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Operation {
    /// The specification's `operationId`. It is not a key, because it changes between dates.
    pub id: String,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// The path template, such as `/markets/{region_id}/orders`.
    pub path: String,
    /// The heading under which the specification lists it.
    pub tag: String,
    /// Path and query parameters.
    pub params: Vec<Param>,
    /// Whether a token is needed.
    pub auth: bool,
    /// The scopes of which the token needs one.
    pub scopes: Vec<String>,
    /// The corporation roles of which the character needs one.
    #[serde(default)]
    pub roles: Option<Vec<String>>,
    /// The lifetime of replies.
    pub cache: Cache,
    /// How a long answer is divided.
    pub page: PageParameter,
    /// The token bucket that requests are charged to; `None` if the legacy error limit applies.
    pub rate: Option<Rate>,
    /// The request body, for operations that have one.
    #[serde(default)]
    pub body: Option<Schema>,
    /// The status of success, such as `200`.
    pub status: String,
    /// The body of a successful reply, if it has one.
    #[serde(default)]
    pub schema: Option<Schema>,
    /// Seconds that a finished record stays visible, if the specification says so.
    #[serde(default)]
    pub tombstone_ttl: Option<u64>,
}

impl Operation {
    /// Whether the operation only reads.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.method == "GET" || self.method == "POST" && READING_POSTS.contains(&self.path.as_str())
    }

    /// The operation as documents write it: `GET /status`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// A path or query parameter.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Where a request has it.
    #[serde(rename = "in")]
    pub place: ParameterPlace,
    /// Whether a request without it is refused.
    #[serde(default)]
    pub req: bool,
    /// The type of its value.
    pub t: SchemaType,
    /// The format of its value.
    #[serde(default)]
    pub fmt: Option<TextFormat>,
    /// The values that it accepts; empty for any.
    #[serde(default, rename = "enum")]
    pub values: Vec<Value>,
    /// The value that ESI assumes without it.
    #[serde(default)]
    pub default: Option<Value>,
}

/// Where a request has a parameter.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum ParameterPlace {
    /// In the path template.
    Path,
    /// In the query string.
    Query,
    /// Among the headers of the request.
    Header,
}

/// The lifetime of replies.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Cache {
    /// Seconds that a client may keep the body (`x-client-cache-ttl`). `None` on a plain GET: until 11:05 UTC.
    pub client_ttl: Option<u64>,
    /// Seconds until the server rebuilds the reply (`x-server-cache-ttl`).
    pub server_ttl: Option<u64>,
    /// `ttl-based`, `event-based` or `not-cached`, if the specification says so.
    pub mode: Option<String>,
}

/// How a long answer is divided.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PageParameter {
    /// It is not divided.
    None,
    /// `page` in the query, `X-Pages` in the reply.
    XPages,
    /// Backwards (or, for calendars, forwards) from an id.
    FromId {
        /// The query parameter that takes the id.
        param: String,
    },
    /// Opaque `after` and `before` tokens.
    Cursor {
        /// The path of field names to the records.
        array: Vec<String>,
    },
}

/// A token bucket.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Rate {
    /// Its name, as in `X-Ratelimit-Group`.
    pub group: String,
    /// Tokens per window.
    pub tokens: u32,
    /// The window as text, such as `15m`.
    pub window: String,
}
