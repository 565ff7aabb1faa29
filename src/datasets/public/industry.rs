//! Tag *Industry*.

use crate::declare::{Dataset, Table, int, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("industry_cost_indices", "/industry/systems")
        .doc("The cost index of every activity in every system, from which the cost of a job follows.")
        .group("industry", 150)
        .ttl(3600)
        .size(1, 1, 33_000)
        .tables(&[Table::new(
            "industry_cost_indices",
            &["solar_system_id", "activity"],
            &[int("solar_system_id").above(1), text("activity"), real("cost_index")],
        )
        .at("cost_indices")]),
    Dataset::get("industry_facilities", "/industry/facilities")
        .doc("NPC facilities for industry, with their taxes.")
        .group("industry", 150)
        .ttl(3600)
        .size(1, 1, 6000)
        .tables(&[Table::new(
            "industry_facilities",
            &["facility_id"],
            &[
                int("facility_id"),
                int("type_id").named(),
                int("owner_id").named(),
                int("region_id"),
                int("solar_system_id"),
                real("tax").optional(),
            ],
        )
        .indexes(&[&["solar_system_id"]])]),
];
