//! The map: systems and what floats in them.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("region_id", "region").of("universe_regions.region_id"),
    note("constellation_id", "constellation").of("universe_constellations.constellation_id"),
    note("system_id", "solar system").of("universe_systems.system_id"),
    note("solar_system_id", "solar system").of("universe_systems.system_id"),
    note("planet_id", "planet").of("universe_planets.planet_id"),
    note("moon_id", "moon").of("universe_moons.moon_id"),
    note("asteroid_belt_id", "asteroid belt").of("universe_asteroid_belts.asteroid_belt_id"),
    note("stargate_id", "stargate").of("universe_stargates.stargate_id"),
    note("star_id", "star at the centre").of("universe_stars.star_id"),
    note("station_id", "NPC station").of("universe_stations.station_id"),
    note("structure_id", "player structure"),
    note(
        "location_id",
        "location: an NPC station (ids from 60 to 64 million) or a player structure (larger ids)",
    )
    .of("universe_stations.station_id"),
    note("constellations", "ids of the constellations in it"),
    note("systems", "ids of the solar systems in it"),
    note("position_x", "x coordinate, from the system's star").unit("m"),
    note("position_y", "y coordinate (height), from the system's star").unit("m"),
    note("position_z", "z coordinate, from the system's star").unit("m"),
    note("security_class", "letters that decide which ores and NPC pirates occur"),
    note("spectral_class", "class of the star's light, such as G5 V"),
    note("luminosity", "luminosity of the star; the Sun has 1").unit("suns"),
    note("temperature", "temperature of the surface").unit("K"),
    note("age", "age of the star").unit("years"),
    note("destination_stargate_id", "gate at the other end").of("universe_stargates.stargate_id"),
    note("destination_system_id", "system at the other end").of("universe_systems.system_id"),
    note("max_dockable_ship_volume", "volume of the largest ship that may dock").unit("m3"),
    note("office_rental_cost", "rent of an office for a month").unit("ISK"),
    note("reprocessing_efficiency", "share of the minerals that reprocessing returns").unit("0..1"),
    note("reprocessing_stations_take", "share of the yield that the station keeps").unit("0..1"),
    note("services", "names of its services"),
    note("ship_jumps", "ships that jumped in during the hour").unit("jumps"),
    note("ship_kills", "ships of players destroyed during the hour").unit("kills"),
    note("pod_kills", "capsules destroyed during the hour").unit("kills"),
    note("npc_kills", "NPC ships destroyed during the hour").unit("kills"),
    note("theft_vulnerability_start", "when it can be raided next"),
    note("theft_vulnerability_end", "when it can no longer be raided"),
];

pub(in crate::describe::notes) static TABLES: &[(&str, &[Note])] = &[
    ("universe_regions", &[note("name", "name of the region"), note("description", "text about the region")]),
    (
        "universe_constellations",
        &[
            note("name", "name of the constellation"),
            note("position_x", "place on the map, along x").unit("m"),
            note("position_y", "place on the map, along y, up and down").unit("m"),
            note("position_z", "place on the map, along z").unit("m"),
        ],
    ),
    (
        "universe_systems",
        &[
            note("name", "name of the system"),
            note("security_status", "security status; the game shows it rounded to one digit").unit("-1..1"),
            note("position_x", "place on the map, along x").unit("m"),
            note("position_y", "place on the map, along y, up and down").unit("m"),
            note("position_z", "place on the map, along z").unit("m"),
        ],
    ),
    (
        "universe_stations",
        &[
            note("name", "name of the station"),
            note("owner", "corporation that owns it").of("corporations.corporation_id"),
            note("race_id", "race that built it").of("universe_races.race_id"),
        ],
    ),
    ("universe_stars", &[note("name", "name of the star")]),
    ("universe_planets", &[note("name", "name of the planet")]),
    ("universe_moons", &[note("name", "name of the moon")]),
    ("universe_asteroid_belts", &[note("name", "name of the belt")]),
    ("universe_stargates", &[note("name", "name, which includes the destination")]),
];
