//! Views that say where a thing belongs.

use crate::declare::{DocumentedColumn, View};

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "type_paths",
        doc: "What a type is: its name, group, category and path through the market window.",
        columns: &[
            DocumentedColumn::int("type_id", "kind of item").of("universe_types.type_id"),
            DocumentedColumn::text("name", "name of the type").nullable(),
            DocumentedColumn::int("group_id", "group; NULL until the type's details have arrived")
                .of("universe_groups.group_id")
                .nullable(),
            DocumentedColumn::text("group_name", "name of the group").nullable(),
            DocumentedColumn::int("category_id", "category").of("universe_categories.category_id").nullable(),
            DocumentedColumn::text("category_name", "name of the category").nullable(),
            DocumentedColumn::int(
                "market_group_id",
                "place in the market window; NULL if it is not traded there",
            )
            .of("market_groups.market_group_id")
            .nullable(),
            DocumentedColumn::text(
                "market_path",
                "names of the market groups from the top down, joined by ` > `",
            )
            .nullable(),
            DocumentedColumn::boolean("published", "whether players meet it").nullable(),
        ],
        example: "SELECT name, market_path FROM type_paths WHERE group_name = 'Mineral' ORDER BY name",
    },
    View {
        name: "system_paths",
        doc: "Where a system is: its constellation and region.",
        columns: &[
            DocumentedColumn::int("system_id", "solar system").of("universe_systems.system_id"),
            DocumentedColumn::text("name", "name of the system").nullable(),
            DocumentedColumn::real("security_status", "how safe it is: high security begins at 0.45")
                .unit("-1..1")
                .nullable(),
            DocumentedColumn::int("constellation_id", "constellation")
                .of("universe_constellations.constellation_id")
                .nullable(),
            DocumentedColumn::text("constellation_name", "name of the constellation").nullable(),
            DocumentedColumn::int("region_id", "region").of("universe_regions.region_id").nullable(),
            DocumentedColumn::text("region_name", "name of the region").nullable(),
        ],
        example: "SELECT region_name, COUNT(*) AS systems FROM system_paths \
                  WHERE security_status >= 0.45 GROUP BY region_name ORDER BY region_name",
    },
];
