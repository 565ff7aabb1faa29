//! Factions, races, bloodlines and ancestries: small lists that change with the game's build.

use crate::declare::{Dataset, Table, boolean, int, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("universe_factions", "/universe/factions")
        .doc("NPC factions, with their corporations and home systems.")
        .with_build()
        .size(1, 1, 27)
        .tables(&[Table::new(
            "universe_factions",
            &["faction_id"],
            &[
                int("faction_id"),
                text("name"),
                text("description"),
                int("corporation_id").optional().named(),
                int("militia_corporation_id").optional().named(),
                int("solar_system_id").optional(),
                real("size_factor"),
                int("station_count"),
                int("station_system_count"),
                boolean("is_unique"),
            ],
        )]),
    Dataset::get("universe_races", "/universe/races")
        .doc("The races, each with the faction it serves (`alliance_id`).")
        .with_build()
        .size(1, 1, 4)
        .tables(&[Table::new(
            "universe_races",
            &["race_id"],
            &[int("race_id"), text("name"), text("description"), int("alliance_id")],
        )]),
    Dataset::get("universe_bloodlines", "/universe/bloodlines")
        .doc("Bloodlines, with the starting attributes of their characters.")
        .with_build()
        .size(1, 1, 18)
        .tables(&[Table::new(
            "universe_bloodlines",
            &["bloodline_id"],
            &[
                int("bloodline_id"),
                text("name"),
                text("description"),
                int("race_id"),
                int("corporation_id").named(),
                int("ship_type_id").named(),
                int("charisma"),
                int("intelligence"),
                int("memory"),
                int("perception"),
                int("willpower"),
            ],
        )]),
    Dataset::get("universe_ancestries", "/universe/ancestries")
        .doc("Ancestries, with their bloodlines.")
        .with_build()
        .size(1, 1, 43)
        .tables(&[Table::new(
            "universe_ancestries",
            &["ancestry_id"],
            &[
                int("ancestry_id").from("id"),
                text("name"),
                text("description"),
                text("short_description").optional(),
                int("bloodline_id"),
                int("icon_id").optional(),
            ],
        )]),
];
