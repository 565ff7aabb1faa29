//! Tag *Meta*: the routes about ESI itself.
//!
//! The daemon reads these tables too: `sync::watch` warns when a newer esi-syncd is needed, and does not ask routes that
//! are down.

use crate::declare::{Dataset, Retention, Table, date, text};

const DAILY: u32 = 86_400;

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("esi_route_status", "/meta/status")
        .doc("The current condition of each route, according to ESI.")
        .group("meta", 150)
        .on_event()
        .every(300)
        .envelope("routes")
        .size(1, 1, 233)
        .tables(&[Table::new(
            "esi_route_status",
            &["method", "path"],
            &[text("method"), text("path"), text("status")],
        )]),
    Dataset::get("esi_compatibility_dates", "/meta/compatibility-dates")
        .doc("The compatibility dates that ESI serves. esi-syncd's own must not be older than the oldest.")
        .group("meta", 150)
        .ttl(600)
        .every(DAILY)
        .envelope("compatibility_dates")
        .size(1, 1, 100)
        .tables(&[Table::new("esi_compatibility_dates", &["date"], &[date("date").element()])]),
    Dataset::get("esi_changelog", "/meta/changelog")
        .doc("Changes of ESI by compatibility date; they stay when ESI no longer lists them.")
        .group("meta", 150)
        .ttl(600)
        .every(DAILY)
        .retention(Retention::Upsert)
        .envelope_of_lists("changelog")
        .size(1, 1, 1000)
        .tables(&[Table::new(
            "esi_changelog",
            &["date", "method", "path", "type"],
            &[
                date("date").from("compatibility_date"),
                text("method"),
                text("path"),
                text("type"),
                text("description"),
            ],
        )]),
];
