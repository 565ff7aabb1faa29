//! Tag *Activities*.

use crate::declare::{Dataset, Table, int, time};

pub(in crate::datasets) static DATASETS: &[Dataset] =
    &[Dataset::get("skyhooks_raidable", "/skyhooks/raidable")
        .doc("Skyhooks that can be raided now or soon, and when.")
        .group("activity", 30)
        .ttl(300)
        .envelope("skyhooks")
        .size(1, 1, 300)
        .tables(&[Table::new(
            "skyhooks_raidable",
            &["planet_id", "theft_vulnerability_start"],
            &[
                int("planet_id"),
                time("theft_vulnerability_start").from("theft_vulnerability.start"),
                time("theft_vulnerability_end").from("theft_vulnerability.end"),
                int("solar_system_id").named(),
            ],
        )])];
