//! The facts of ESI's specification, condensed, for one pinned compatibility date.
//!
//! [`condense`] makes facts from a whole OpenAPI document, and [`differences`] lists what a newer document changes.
//!
//! The daemon never loads the facts: its declarations are compiled in as plain values. The facts exist so that something
//! *independent* of the declarations can disagree with them. The simulated ESI serves them, and tests compare every
//! declared route, parameter and column against them. They are parsed on first use.
//!
//! `facts.json` is generated from `/meta/openapi.json` of the compatibility date. It is data and is not edited by hand.
//!
//! What a reader could still get wrong: a schema says what a reply *may* contain. In practice ESI sends no nulls; it omits
//! an optional field that has no value.

mod condense;
mod diff;
mod flat;
mod operation;
mod schema;
mod undeclared;

use std::sync::OnceLock;

use serde::Deserialize;

pub use condense::{CondenseError, condense};
pub use diff::{Change, Part, differences};
pub use operation::{Cache, Operation, PageParameter, Param, ParameterPlace, Rate};
pub use schema::{Schema, SchemaType, TextFormat};
pub use undeclared::{Undeclared, undeclared};

/// All operations of the specification.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Facts {
    /// The compatibility date of these facts, `YYYY-MM-DD`.
    pub compat_date: String,
    /// Every operation, reads and writes, in the order of the specification.
    pub operations: Vec<Operation>,
}

impl Facts {
    /// The operation with exactly this method (`GET`, ..) and path template (`/markets/{region_id}/orders`).
    #[must_use]
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|o| o.method == method && o.path == path)
    }
}

/// The facts of the pinned compatibility date, parsed on first use.
///
/// # Panics
///
/// If the embedded file does not parse; a test of this module ensures that it does.
#[must_use]
pub fn facts() -> &'static Facts {
    static FACTS: OnceLock<Facts> = OnceLock::new();
    FACTS.get_or_init(|| {
        serde_json::from_str(include_str!("facts.json")).expect("facts.json is part of the build")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_facts_parse_whole() {
        let facts = facts();
        assert_eq!(facts.compat_date, "2026-08-18");
        assert_eq!(facts.operations.len(), 233);
        assert_eq!(facts.operations.iter().filter(|o| o.method == "GET").count(), 198);
    }

    #[test]
    fn an_order_page_is_described() {
        let orders = facts().operation("GET", "/markets/{region_id}/orders").expect("in the specification");
        assert!(matches!(orders.page, PageParameter::XPages));
        assert_eq!(orders.cache.client_ttl, Some(300));
        assert_eq!(
            orders.rate.as_ref().map(|r| (r.group.as_str(), r.tokens)),
            Some(("market-order", 12_000))
        );
        let row = orders.schema.as_ref().and_then(Schema::item).expect("an array");
        assert_eq!(row.fields["order_id"].t, SchemaType::Integer);
        assert_eq!(row.fields["issued"].fmt, Some(TextFormat::DateTime));
        assert!(row.fields.values().all(|f| f.req));
    }
}
