//! Tag *Market*.

use crate::dataset::{Dataset, Each, Table, boolean, int, real, text, time};

/// Ids between these bounds are NPC stations; higher ones are player structures, which have no public name.
pub(super) const STATIONS: (i64, i64) = (60_000_000, 64_000_000);

pub(super) static DATASETS: &[Dataset] = &[
    Dataset::get("market_orders", "/markets/{region_id}/orders")
        .doc("Open buy and sell orders, a region at a time, so that no query ever sees half a region.")
        .query(&[("order_type", "all")])
        .group("market-order", 12_000)
        .ttl(300)
        .paged()
        .each(Each::Regions)
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
            "CCP's adjusted and average price of every type: what job costs and killmail values are made of.",
        )
        .ttl(3600)
        .tables(&[Table::new(
            "market_prices",
            &["type_id"],
            &[int("type_id").named(), real("adjusted_price").optional(), real("average_price").optional()],
        )]),
];
