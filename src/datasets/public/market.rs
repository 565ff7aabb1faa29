//! Tag *Market*.

use crate::declare::{
    Choice, Dataset, IdList, Pairs, Retention, Table, Targets, boolean, date, int, json, real, text, time,
};

/// The smallest and largest id of an NPC station. Larger ids are player structures, which have no public name.
pub(in crate::datasets) const STATIONS: (i64, i64) = (60_000_000, 64_000_000);

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("market_orders", "/markets/{region_id}/orders")
        .doc("Open buy and sell orders. Each region is replaced in one transaction, so a query never sees half a region.")
        .query(&[("order_type", "all")])
        .group("market-order", 12_000)
        .ttl(300)
        .paged()
        .targets(Targets::Regions(Choice::Market))
        .size(113, 14, 13_500)
        .busy(&[
            (10_000_002, 400),
            (10_000_043, 180),
            (10_000_032, 85),
            (10_000_030, 55),
            (10_000_042, 75),
            (19_000_001, 5),
        ])
        .tables(&[Table::new(
            "market_orders",
            &["region_id", "order_id"],
            &[
                int("region_id").param(),
                int("order_id"),
                int("type_id").named(),
                boolean("is_buy_order"),
                real("price"),
                int("volume_remain"),
                int("volume_total"),
                int("min_volume"),
                text("range"),
                int("location_id").named_within(STATIONS.0, STATIONS.1),
                int("system_id"),
                time("issued"),
                int("duration"),
            ],
        )
        .indexes(&[&["region_id", "type_id"]])]),
    Dataset::get("market_prices", "/markets/prices")
        .doc(
            "CCP's adjusted and average price of every type, which job costs and killmail values are calculated from.",
        )
        .ttl(3600)
        .size(1, 1, 18_000)
        .tables(&[Table::new(
            "market_prices",
            &["type_id"],
            &[int("type_id").named(), real("adjusted_price").optional(), real("average_price").optional()],
        )]),
    Dataset::get("market_region_types", "/markets/{region_id}/types")
        .doc("The types with orders in each region, according to ESI.")
        .ttl(600)
        .every(24 * 3600)
        .paged()
        .targets(Targets::Regions(Choice::Market))
        .size(113, 3, 2700)
        .busy(&[
            (10_000_002, 17),
            (10_000_043, 14),
            (10_000_032, 11),
            (10_000_030, 9),
            (10_000_042, 9),
            (19_000_001, 1),
        ])
        .tables(&[Table::new(
            "market_region_types",
            &["region_id", "type_id"],
            &[int("region_id").param(), int("type_id").element().named()],
        )]),
    Dataset::get("market_groups", "/markets/groups/{market_group_id}")
        .doc("The tree of groups in the market window.")
        .object()
        .targets(Targets::Listed(IdList::new("/markets/groups")))
        .detail()
        .with_build()
        .size(2200, 1, 1)
        .tables(&[Table::new(
            "market_groups",
            &["market_group_id"],
            &[
                int("market_group_id"),
                text("name"),
                int("parent_group_id").optional(),
                text("description"),
                json("types"),
            ],
        )
        .indexes(&[&["parent_group_id"]])]),
    Dataset::get("market_history", "/markets/{region_id}/history")
        .doc(
            "Daily prices and volumes of the pairs of region and type with most orders, kept for ever.",
        )
        .targets(Targets::Pairs(Pairs {
            orders: "market_orders",
            regions: &[10_000_002, 19_000_001],
            most: 5_000,
        }))
        .detail()
        .per_minute(200)
        .retention(Retention::Upsert)
        .size(5000, 1, 400)
        .tables(&[Table::new(
            "market_history",
            &["region_id", "type_id", "date"],
            &[
                int("region_id").param(),
                int("type_id").param().named(),
                date("date"),
                real("average"),
                real("lowest"),
                real("highest"),
                int("order_count"),
                int("volume"),
            ],
        )]),
];
