//! The bodies of a system, one request each: stargates, and if enabled stars, planets, moons and belts.
//!
//! There are 430,000 of them, and CCP's static data export has the same data in one download. So only the stargates, which
//! make the map of jumps, are enabled by default.

use crate::declare::{Dataset, IdColumns, Table, TableIds, Targets, int, real, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("universe_stargates", "/universe/stargates/{stargate_id}")
        .doc("Stargates and their destinations: the map of jumps.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of(
            "universe_system_stargates",
            &["stargate_id"],
        )])))
        .detail()
        .with_build()
        .size(14_000, 1, 1)
        .tables(&[Table::new(
            "universe_stargates",
            &["stargate_id"],
            &[
                int("stargate_id"),
                text("name"),
                int("system_id"),
                int("type_id").named(),
                int("destination_stargate_id").from("destination.stargate_id"),
                int("destination_system_id").from("destination.system_id"),
                real("position_x").from("position.x"),
                real("position_y").from("position.y"),
                real("position_z").from("position.z"),
            ],
        )
        .indexes(&[&["system_id"], &["destination_system_id"]])]),
    Dataset::get("universe_stars", "/universe/stars/{star_id}")
        .doc("Stars: class, luminosity, age. Each is asked once.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("universe_systems", &["star_id"])])))
        .detail()
        .opt_in()
        .once()
        .size(8_000, 1, 1)
        .tables(&[Table::new(
            "universe_stars",
            &["star_id"],
            &[
                int("star_id").param(),
                text("name"),
                int("solar_system_id"),
                int("type_id").named(),
                text("spectral_class"),
                real("luminosity"),
                int("temperature"),
                int("radius"),
                int("age"),
            ],
        )]),
    Dataset::get("universe_planets", "/universe/planets/{planet_id}")
        .doc("Planets: name, type and position. Each is asked once.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of(
            "universe_system_planets",
            &["planet_id"],
        )])))
        .detail()
        .opt_in()
        .once()
        .size(68_000, 1, 1)
        .tables(&[Table::new(
            "universe_planets",
            &["planet_id"],
            &[
                int("planet_id"),
                text("name"),
                int("system_id"),
                int("type_id").named(),
                real("position_x").from("position.x"),
                real("position_y").from("position.y"),
                real("position_z").from("position.z"),
            ],
        )
        .indexes(&[&["system_id"]])]),
    Dataset::get("universe_moons", "/universe/moons/{moon_id}")
        .doc("Moons: name and position. Each of the 342,000 is asked once.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("universe_system_moons", &["moon_id"])])))
        .detail()
        .opt_in()
        .once()
        .size(342_000, 1, 1)
        .tables(&[Table::new(
            "universe_moons",
            &["moon_id"],
            &[
                int("moon_id"),
                text("name"),
                int("system_id"),
                real("position_x").from("position.x"),
                real("position_y").from("position.y"),
                real("position_z").from("position.z"),
            ],
        )
        .indexes(&[&["system_id"]])]),
    Dataset::get("universe_asteroid_belts", "/universe/asteroid_belts/{asteroid_belt_id}")
        .doc("Asteroid belts: name and position. Each is asked once.")
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of(
            "universe_system_belts",
            &["asteroid_belt_id"],
        )])))
        .detail()
        .opt_in()
        .once()
        .size(41_000, 1, 1)
        .tables(&[Table::new(
            "universe_asteroid_belts",
            &["asteroid_belt_id"],
            &[
                int("asteroid_belt_id").param(),
                text("name"),
                int("system_id"),
                real("position_x").from("position.x"),
                real("position_y").from("position.y"),
                real("position_z").from("position.z"),
            ],
        )
        .indexes(&[&["system_id"]])]),
];
