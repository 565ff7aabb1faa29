//! Views for industrialists.

use crate::declare::{DocumentedColumn, View};

pub(in crate::describe::views) static VIEWS: &[View] = &[View {
    name: "industry_index_ranking",
    doc: "Systems by what an activity costs there, ranked within their region.",
    columns: &[
        DocumentedColumn::text("activity", "what is done there: manufacturing, copying, invention, .."),
        DocumentedColumn::int("region_id", "region").of("universe_regions.region_id").nullable(),
        DocumentedColumn::text("region_name", "name of the region").nullable(),
        DocumentedColumn::int("solar_system_id", "solar system").of("universe_systems.system_id"),
        DocumentedColumn::text("system_name", "name of the system").nullable(),
        DocumentedColumn::real("security_status", "how safe the system is").unit("-1..1").nullable(),
        DocumentedColumn::real("cost_index", "share of an item's value that a job costs there")
            .unit("0..1")
            .nullable(),
        DocumentedColumn::int("rank_in_region", "1 where the activity is cheapest in its region"),
    ],
    example: "SELECT region_name, system_name, cost_index FROM industry_index_ranking \
              WHERE activity = 'manufacturing' AND rank_in_region = 1 ORDER BY cost_index, system_name",
}];
