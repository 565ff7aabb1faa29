//! Tag *Universe*.

use crate::dataset::{Dataset, Each, Keep, List, Table, int, json, real, text};

pub(super) static DATASETS: &[Dataset] = &[
    Dataset::get("universe_regions", "/universe/regions/{region_id}")
        .doc("Regions: the names that queries and the configuration speak of.")
        .object()
        .each(Each::Listed(List::new("/universe/regions")))
        .backfill()
        .with_build()
        .tables(&[Table::new(
            "universe_regions",
            &["region_id"],
            &[int("region_id"), text("name"), text("description").optional(), json("constellations")],
        )]),
    Dataset::get("universe_constellations", "/universe/constellations/{constellation_id}")
        .doc("Constellations, between region and system.")
        .object()
        .each(Each::Listed(List::new("/universe/constellations")))
        .backfill()
        .with_build()
        .tables(&[Table::new(
            "universe_constellations",
            &["constellation_id"],
            &[
                int("constellation_id"),
                text("name"),
                int("region_id"),
                real("position_x").from("position.x"),
                real("position_y").from("position.y"),
                real("position_z").from("position.z"),
                json("systems"),
            ],
        )]),
    Dataset::get("universe_systems", "/universe/systems/{system_id}")
        .doc("Solar systems with their planets, moons, belts, gates and stations.")
        .object()
        .each(Each::Listed(List::new("/universe/systems")))
        .backfill()
        .with_build()
        .tables(SYSTEM_TABLES),
    Dataset::post("entity_names", "/universe/names")
        .doc("Names and categories of the ids that stand in other tables, asked a thousand at a time.")
        .each(Each::Named { batch: 1000 })
        .every(7 * 24 * 3600)
        .keep(Keep::Upsert)
        .tables(&[Table::new("entity_names", &["id"], &[int("id"), text("name"), text("category")])]),
];

static SYSTEM_TABLES: &[Table] = &[
    Table::new(
        "universe_systems",
        &["system_id"],
        &[
            int("system_id"),
            text("name"),
            int("constellation_id"),
            real("security_status"),
            text("security_class").optional(),
            int("star_id").optional(),
            real("position_x").from("position.x"),
            real("position_y").from("position.y"),
            real("position_z").from("position.z"),
        ],
    )
    .indexes(&[&["constellation_id"]]),
    Table::new(
        "universe_system_planets",
        &["system_id", "planet_id"],
        &[int("system_id").above(1), int("planet_id")],
    )
    .at("planets"),
    Table::new(
        "universe_system_moons",
        &["system_id", "planet_id", "moon_id"],
        &[int("system_id").above(2), int("planet_id").above(1), int("moon_id").element()],
    )
    .at("planets.moons"),
    Table::new(
        "universe_system_belts",
        &["system_id", "planet_id", "asteroid_belt_id"],
        &[int("system_id").above(2), int("planet_id").above(1), int("asteroid_belt_id").element()],
    )
    .at("planets.asteroid_belts"),
    Table::new(
        "universe_system_stargates",
        &["system_id", "stargate_id"],
        &[int("system_id").above(1), int("stargate_id").element()],
    )
    .at("stargates"),
    Table::new(
        "universe_system_stations",
        &["system_id", "station_id"],
        &[int("system_id").above(1), int("station_id").element().named()],
    )
    .at("stations"),
];
