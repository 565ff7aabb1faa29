//! Views of places: where something is, and what goes on there.

use crate::declare::{DocumentedColumn, View};

use super::name;

const SYSTEM: &str = "universe_systems.system_id";
const CONSTELLATION: &str = "universe_constellations.constellation_id";
const REGION: &str = "universe_regions.region_id";

const fn index(name: &'static str, meaning: &'static str) -> DocumentedColumn {
    DocumentedColumn::real(name, meaning).unit("0..1").nullable()
}

const fn count(name: &'static str, meaning: &'static str, unit: &'static str) -> DocumentedColumn {
    DocumentedColumn::int(name, meaning).unit(unit).nullable()
}

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "locations",
        doc: "Everything that can be a location: stations of NPCs, public structures and systems, with where they are.",
        columns: &[
            DocumentedColumn::int("location_id", "station, structure or system"),
            DocumentedColumn::text("kind", "station, structure or system"),
            name("name", "its name; NULL for structures, whose names are not public"),
            DocumentedColumn::int("type_id", "kind of station").of("universe_types.type_id").nullable(),
            DocumentedColumn::int("system_id", "solar system; NULL for structures without orders")
                .of(SYSTEM)
                .nullable(),
            name("system_name", "name of the system"),
            DocumentedColumn::real("security_status", "how safe the system is").unit("-1..1").nullable(),
            DocumentedColumn::int("constellation_id", "constellation").of(CONSTELLATION).nullable(),
            name("constellation_name", "name of the constellation"),
            DocumentedColumn::int("region_id", "region").of(REGION).nullable(),
            name("region_name", "name of the region"),
        ],
        example: "SELECT kind, name, system_name, region_name, security_status FROM locations \
                  WHERE location_id = 60003760",
    },
    View {
        name: "system_overview",
        doc: "A system at a glance: traffic and losses of the newest hour, cost of industry, who holds it, who invades it.",
        columns: &[
            DocumentedColumn::int("system_id", "solar system").of(SYSTEM),
            name("system_name", "name of the system"),
            DocumentedColumn::real("security_status", "how safe it is").unit("-1..1").nullable(),
            DocumentedColumn::int("constellation_id", "constellation").of(CONSTELLATION).nullable(),
            name("constellation_name", "name of the constellation"),
            DocumentedColumn::int("region_id", "region").of(REGION).nullable(),
            name("region_name", "name of the region"),
            DocumentedColumn::time(
                "jumps_observed_at",
                "end of the hour of the jumps; NULL before the first",
            )
            .nullable(),
            count("ship_jumps", "ships that jumped in", "jumps"),
            DocumentedColumn::time(
                "kills_observed_at",
                "end of the hour of the kills; NULL before the first",
            )
            .nullable(),
            count("ship_kills", "ships of players lost", "kills"),
            count("pod_kills", "capsules lost", "kills"),
            count("npc_kills", "NPCs killed", "kills"),
            index("manufacturing_index", "cost index of manufacturing"),
            index("material_research_index", "cost index of research in material efficiency"),
            index("time_research_index", "cost index of research in time efficiency"),
            index("copying_index", "cost index of copying"),
            index("invention_index", "cost index of invention"),
            index("reaction_index", "cost index of reactions"),
            name("sovereignty_kind", "who can hold it: alliance, faction, .."),
            DocumentedColumn::int("sovereignty_holder_id", "alliance or faction that holds it")
                .of("entity_names.id")
                .nullable(),
            name("sovereignty_holder_name", "name of the holder"),
            name("incursion_state", "state of the incursion there; NULL without one"),
            index("incursion_influence", "influence of the invaders"),
            DocumentedColumn::int("fw_owner_faction_id", "in faction warfare, whose it is")
                .of("entity_names.id")
                .nullable(),
            name("fw_owner_faction_name", "name of that faction"),
            DocumentedColumn::int("fw_occupier_faction_id", "in faction warfare, who occupies it")
                .of("entity_names.id")
                .nullable(),
            name("fw_occupier_faction_name", "name of that faction"),
            name("fw_contested", "in faction warfare, uncontested, contested, vulnerable or captured"),
            DocumentedColumn::int("stations", "stations of NPCs").unit("stations"),
        ],
        example: "SELECT system_name, ship_jumps, ship_kills, npc_kills, sovereignty_holder_name \
                  FROM system_overview ORDER BY ship_jumps DESC, system_id LIMIT 10",
    },
];
