//! The map: regions, constellations, systems and the stations in them.

use crate::datasets::public::market::STATIONS;
use crate::declare::{Dataset, IdColumns, IdList, Table, TableIds, Targets, int, json, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("universe_regions", "/universe/regions/{region_id}")
        .doc("Regions, whose names the configuration uses too.")
        .object()
        .targets(Targets::Listed(IdList::new("/universe/regions")))
        .detail()
        .with_build()
        .size(113, 1, 1)
        .tables(&[Table::new(
            "universe_regions",
            &["region_id"],
            &[int("region_id"), text("name"), text("description").optional(), json("constellations")],
        )]),
    Dataset::get("universe_constellations", "/universe/constellations/{constellation_id}")
        .doc("Constellations, with their regions.")
        .object()
        .targets(Targets::Listed(IdList::new("/universe/constellations")))
        .detail()
        .with_build()
        .size(1200, 1, 1)
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
        )
        .indexes(&[&["region_id"]])]),
    Dataset::get("universe_systems", "/universe/systems/{system_id}")
        .doc("Solar systems with their planets, moons, belts, gates and stations.")
        .object()
        .targets(Targets::Listed(IdList::new("/universe/systems")))
        .detail()
        .with_build()
        .size(8500, 1, 58)
        .tables(SYSTEM_TABLES),
    Dataset::get("universe_stations", "/universe/stations/{station_id}")
        .doc("NPC stations: place, owner, costs and services.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[
            IdColumns::of("universe_system_stations", &["station_id"]),
            IdColumns::of("market_orders", &["location_id"]).within(STATIONS),
        ])))
        .detail()
        .with_build()
        .size(5200, 1, 1)
        .tables(&[Table::new(
            "universe_stations",
            &["station_id"],
            &[
                int("station_id"),
                text("name"),
                int("system_id"),
                int("type_id").named(),
                int("owner").optional().named(),
                int("race_id").optional(),
                real("max_dockable_ship_volume"),
                real("office_rental_cost"),
                real("reprocessing_efficiency"),
                real("reprocessing_stations_take"),
                json("services"),
                real("position_x").from("position.x"),
                real("position_y").from("position.y"),
                real("position_z").from("position.z"),
            ],
        )
        .indexes(&[&["system_id"]])]),
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
    .at("planets")
    .optional()
    .doc("The planets of each system."),
    Table::new(
        "universe_system_moons",
        &["system_id", "planet_id", "moon_id"],
        &[int("system_id").above(2), int("planet_id").above(1), int("moon_id").element()],
    )
    .at("planets.moons")
    .optional()
    .doc("The moons of each planet."),
    Table::new(
        "universe_system_belts",
        &["system_id", "planet_id", "asteroid_belt_id"],
        &[int("system_id").above(2), int("planet_id").above(1), int("asteroid_belt_id").element()],
    )
    .at("planets.asteroid_belts")
    .optional()
    .doc("The asteroid belts around each planet."),
    Table::new(
        "universe_system_stargates",
        &["system_id", "stargate_id"],
        &[int("system_id").above(1), int("stargate_id").element()],
    )
    .at("stargates")
    .optional()
    .doc("The stargates of each system."),
    Table::new(
        "universe_system_stations",
        &["system_id", "station_id"],
        &[int("system_id").above(1), int("station_id").element().named()],
    )
    .at("stations")
    .optional()
    .doc("The NPC stations of each system."),
];
