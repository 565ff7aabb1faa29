//! Tag *Incursions*.

use crate::declare::{Dataset, Table, boolean, int, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[Dataset::get("incursions", "/incursions")
    .doc("Running incursions and the systems they infest.")
    .group("incursion", 150)
    .ttl(300)
    .size(1, 1, 60)
    .tables(&[
        Table::new(
            "incursions",
            &["constellation_id"],
            &[
                int("constellation_id"),
                int("faction_id").named(),
                boolean("has_boss"),
                real("influence"),
                int("staging_solar_system_id"),
                text("state"),
                text("type"),
            ],
        ),
        Table::new(
            "incursion_systems",
            &["constellation_id", "solar_system_id"],
            &[int("constellation_id").above(1), int("solar_system_id").element()],
        )
        .at("infested_solar_systems")
        .doc("The systems that each incursion infests."),
    ])];
