//! Tag *Meta*: what ESI says about itself.
//!
//! The daemon reads these tables itself: `sync::watch::compatibility` tells from them when a newer esi-syncd is needed.

use crate::declare::{Dataset, Retention, Table, date, text};

const DAILY: u32 = 86_400;

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("esi_route_status", "/meta/status")
        .doc("How well each route of ESI works right now, as ESI itself says.")
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
        .doc("The compatibility dates that ESI serves: ours must not be older than the oldest.")
        .group("meta", 150)
        .ttl(600)
        .every(DAILY)
        .envelope("compatibility_dates")
        .size(1, 1, 100)
        .tables(&[Table::new("esi_compatibility_dates", &["date"], &[date("date").element()])]),
    Dataset::get("esi_changelog", "/meta/changelog")
        .doc("What changed in ESI at which compatibility date, kept also when ESI stops telling it.")
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
