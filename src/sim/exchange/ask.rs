//! A parsed request: its operation, its parameters, and the rebuild that answers it.

use std::collections::HashMap;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::sim::world::{Rebuild, World};
use crate::spec::{Operation, ParameterPlace, facts};

/// A parsed request.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The world that answers.
    pub world: &'a World,
    /// The operation.
    pub operation: &'static Operation,
    /// The concrete path, without the query.
    pub path: &'a str,
    /// Path parameters by name.
    pub params: HashMap<&'static str, String>,
    /// Query parameters, in order.
    pub query: &'a [(String, String)],
    /// The request body.
    pub body: &'a [u8],
    /// The rebuild that is served.
    pub rebuild: Rebuild,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// The requested page, from 1.
    pub page: usize,
}

/// A body, and the number of pages of the whole set.
#[derive(Debug)]
pub struct Answer {
    /// JSON.
    pub body: Vec<u8>,
    /// `X-Pages`, if the operation is paged.
    pub pages: Option<usize>,
}

/// An error reply.
#[derive(Debug)]
pub struct AskRefusal {
    /// The HTTP status.
    pub status: u16,
    /// The text of `{"error": ..}`.
    pub error: String,
}

impl AskRefusal {
    /// A refusal with this status and text.
    pub fn new(status: u16, error: impl Into<String>) -> Self {
        Self { status, error: error.into() }
    }

    /// A 404: `what` does not exist.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(404, format!("{what} not found!"))
    }

    /// `{"error": ..}`.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        serde_json::json!({ "error": self.error }).to_string().into_bytes()
    }
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self { body: value.to_string().into_bytes(), pages: None }
    }
}

impl Ask<'_> {
    /// A path parameter as a number. Like ESI, this answers 404 if it is not one.
    ///
    /// # Errors
    ///
    /// 404 if the parameter is not a whole number.
    pub fn id(&self, name: &str) -> Result<i64, AskRefusal> {
        let text = self.params.get(name).map_or("", String::as_str);
        text.parse().map_err(|_| AskRefusal::new(404, format!("{name} is not a number")))
    }

    /// A query parameter; empty counts as absent.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A list of ids, in pages of 1,000 if the specification pages it.
    ///
    /// # Errors
    ///
    /// 404 for a page beyond the last.
    pub fn list<T: serde::Serialize>(&self, rows: &[T]) -> Result<Answer, AskRefusal> {
        let divided = matches!(self.operation.page, crate::spec::PageParameter::XPages);
        let (rows, pages) = if divided {
            let pages = self.pages(rows.len())?;
            let from = (self.page - 1) * crate::sim::world::PAGE_ROWS;
            (&rows[from.min(rows.len())..(from + crate::sim::world::PAGE_ROWS).min(rows.len())], Some(pages))
        } else {
            (rows, None)
        };
        let body = serde_json::to_vec(rows).map_err(|e| AskRefusal::new(500, e.to_string()))?;
        Ok(Answer { body, pages })
    }

    /// The number of pages of `rows`.
    ///
    /// # Errors
    ///
    /// 404 for a page beyond the last.
    pub fn pages(&self, rows: usize) -> Result<usize, AskRefusal> {
        let pages = rows.div_ceil(crate::sim::world::PAGE_ROWS).max(1);
        if self.page > pages {
            Err(AskRefusal::new(404, "Requested page does not exist!"))
        } else {
            Ok(pages)
        }
    }

    /// The first required query parameter that is missing or not among its values.
    #[must_use]
    pub fn missing(&self) -> Option<AskRefusal> {
        let query = self.operation.params.iter().filter(|p| p.place == ParameterPlace::Query);
        query.into_iter().find_map(|param| match self.query(&param.name) {
            None if param.req => {
                Some(AskRefusal::new(400, format!("{} is a required query parameter", param.name)))
            }
            Some(value) if !param.values.is_empty() && param.values.iter().all(|v| v != value) => {
                Some(AskRefusal::new(400, format!("{} must be one of {:?}", param.name, param.values)))
            }
            _ => None,
        })
    }
}

/// The operation of a concrete path, and its path parameters. Literal segments take precedence over parameters.
#[must_use]
pub fn route(method: &str, path: &str) -> Option<(&'static Operation, HashMap<&'static str, String>)> {
    static BY_LENGTH: OnceLock<HashMap<usize, Vec<&'static Operation>>> = OnceLock::new();
    let table = BY_LENGTH.get_or_init(|| {
        let mut table: HashMap<usize, Vec<_>> = HashMap::new();
        for operation in &facts().operations {
            table.entry(operation.path.split('/').count()).or_default().push(operation);
        }
        for operations in table.values_mut() {
            operations.sort_by_key(|o| o.path.matches('{').count());
        }
        table
    });
    let segments: Vec<&str> = path.split('/').collect();
    let candidates = table.get(&segments.len())?.iter().filter(|o| o.method == method);
    candidates.into_iter().find_map(|operation| {
        let mut params = HashMap::new();
        for (template, &segment) in operation.path.split('/').zip(&segments) {
            match template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
                Some(name) if !segment.is_empty() => drop(params.insert(name, segment.to_owned())),
                None if template == segment => {}
                _ => return None,
            }
        }
        Some((*operation, params))
    })
}
