//! A reply before it is sent.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::header::{HeaderName, HeaderValue};
use serde_json::json;

use super::ask::AskRefusal;
use crate::sim::answer::payload::Payload;
use crate::sim::answer::shelf::gzip;
use crate::sim::chance;
use crate::sim::fault::FaultKind;

/// The seconds left of the error minute in a scripted 420.
const SCRIPTED_RESET: &str = "10";

/// The status of a reply without a body.
const NO_CONTENT: u16 = 204;

/// A reply before it is sent.
#[derive(Debug)]
pub struct DraftReply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body, compressed if the headers say so.
    pub body: Bytes,
}

impl DraftReply {
    /// A reply with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// Sets a header; replaces one of the same name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        let name = name.to_ascii_lowercase();
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.into()));
    }

    /// Removes a header.
    pub fn drop(&mut self, name: &str) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// The reply that a fault sends in place of the true one, if any does.
    #[must_use]
    pub fn scripted(kinds: &[FaultKind], list: bool, path: &str) -> Option<Self> {
        kinds.iter().find_map(|kind| {
            Some(match kind {
                FaultKind::Status { code, body, headers } => {
                    let text = if body.is_empty() && *code != NO_CONTENT {
                        json!({ "error": "scripted" }).to_string()
                    } else {
                        body.clone()
                    };
                    let mut outcome = Self::json(*code, text);
                    for (name, value) in headers {
                        outcome.set(name, value.clone());
                    }
                    outcome
                }
                FaultKind::ErrorLimited => {
                    let mut outcome = Self::error_limited();
                    outcome.set("x-esi-error-limit-remain", "0");
                    outcome.set("x-esi-error-limit-reset", SCRIPTED_RESET);
                    outcome
                }
                FaultKind::RateLimited { retry_after } => {
                    let mut outcome = Self::json(429, json!({ "error": "Too many requests" }).to_string());
                    if let Some(after) = retry_after {
                        outcome.set("retry-after", after.clone());
                    }
                    outcome
                }
                FaultKind::OldDate => {
                    let error =
                        "X-Compatibility-Date is before the oldest compatibility date that is supported";
                    Self::json(400, json!({ "error": error }).to_string())
                }
                FaultKind::Downtime => Self::downtime(path),
                FaultKind::Html { code } => Self::page(*code, "Something"),
                FaultKind::WrongType if list => Self::json(200, json!({ "not": "a list" }).to_string()),
                FaultKind::WrongType => Self::json(200, "[1,2,3]"),
                FaultKind::Empty => Self::json(200, Bytes::new()),
                FaultKind::GzipBomb { mib } => {
                    let zeros = vec![0_u8; 1 << 20];
                    let mut outcome = Self::json(200, gzip(&vec![zeros.as_slice(); *mib]));
                    outcome.set("content-encoding", "gzip");
                    outcome
                }
                FaultKind::DeepNesting { depth } => Self::json(200, "[".repeat(*depth) + &"]".repeat(*depth)),
                FaultKind::Redirect { location } => {
                    let mut outcome = Self::json(302, Bytes::new());
                    outcome.set("location", location.clone());
                    outcome
                }
                _ => return None,
            })
        })
    }

    /// An HTML page, as from a load balancer.
    fn page(status: u16, title: &str) -> Self {
        let mut outcome = Self::json(status, format!("<html><body><h1>{title}</h1></body></html>"));
        outcome.set("content-type", "text/html; charset=UTF-8");
        outcome
    }

    /// The reply of a route while the game server is down: one of three, depending on the route.
    fn downtime(path: &str) -> Self {
        match chance::hash(path.as_bytes()) % 3 {
            0 => Self::page(502, "502 Bad Gateway"),
            1 => Self::page(504, "504 Gateway Time-out"),
            _ => {
                let error = "The datasource tranquility is temporarily unavailable";
                Self::json(503, json!({ "error": error }).to_string())
            }
        }
    }

    /// A 420 without limit headers.
    #[must_use]
    pub fn error_limited() -> Self {
        Self::json(420, json!({ "error": "This software has exceeded the error limit for ESI." }).to_string())
    }

    /// Applies the faults that change headers.
    pub fn misstate(&mut self, kinds: &[FaultKind]) {
        for kind in kinds {
            match kind {
                FaultKind::DropHeader { name } => self.drop(name),
                FaultKind::SetHeader { name, value } => self.set(name, value.clone()),
                _ => {}
            }
        }
    }

    /// The reply for hyper. `fuse` is set when the connection must be reset.
    #[must_use]
    pub fn finish(self, kinds: &[FaultKind], fuse: &Arc<AtomicBool>) -> hyper::Response<Payload> {
        let length = self.body.len();
        let ending = kinds
            .iter()
            .find(|kind| matches!(kind, FaultKind::Truncate | FaultKind::Reset | FaultKind::SlowLoris));
        let payload = match ending {
            Some(FaultKind::Truncate) => Payload::cut(&self.body, None),
            Some(FaultKind::Reset) => Payload::cut(&self.body, Some(Arc::clone(fuse))),
            Some(FaultKind::SlowLoris) => Payload::drip(self.body),
            _ => Payload::from(self.body),
        };
        let mut response = hyper::Response::new(payload);
        *response.status_mut() = hyper::StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        if !matches!(self.status, NO_CONTENT | 304) {
            headers.insert("content-length", HeaderValue::from(length));
        }
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        response
    }
}

impl From<AskRefusal> for DraftReply {
    fn from(refusal: AskRefusal) -> Self {
        Self::json(refusal.status, refusal.body())
    }
}

/// A time as HTTP headers write it.
#[must_use]
pub fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
