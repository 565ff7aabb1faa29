//! Tags *Paragon Hub* and *Cosmetics*: the public market for ship designs, and the designs.

use crate::declare::{
    Dataset, FIRST_SEEN, IdColumns, LAST_SEEN, Table, TableIds, Targets, int, json, real, text, time,
};

/// Ended listings stay visible for a week.
const TOMBSTONES: u32 = 604_800;

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("paragon_listings", "/paragon-hub/skinr")
        .doc("Public offers of ship designs in the Paragon Hub; ended offers stay with their last state.")
        .group("paragon-hub", 150)
        .on_event()
        .every(300)
        .envelope("listings")
        .cursor()
        .tombstones(TOMBSTONES)
        .size(1, 200, 20_000)
        .tables(&[Table::new(
            "paragon_listings",
            &["listing_id"],
            &[
                text("listing_id").from("id"),
                text("skinr_id"),
                int("seller_id").named(),
                text("state"),
                int("quantity"),
                text("price_kind").tag_of("price"),
                real("price_isk").from("price.isk").optional(),
                int("price_plex").from("price.plex").optional(),
                json("price"),
                time("created"),
                time("expires"),
                time("last_modified"),
                FIRST_SEEN,
                LAST_SEEN,
            ],
        )
        .indexes(&[&["skinr_id"]])]),
    Dataset::get("skinr_designs", "/cosmetics/skinr/{skinr_id}")
        .doc("Ship designs that have been on offer. Each is asked once, because designs never change.")
        .group("skinr", 12_000)
        .ttl(31_536_000)
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("paragon_listings", &["skinr_id"])])))
        .detail()
        .opt_in()
        .once()
        .size(15_000, 1, 1)
        .tables(&[Table::new(
            "skinr_designs",
            &["skinr_id"],
            &[
                text("skinr_id").from("id"),
                text("name"),
                text("line").optional(),
                int("tier_level").from("tier.level"),
                int("ship_type_id").named(),
                int("creator_id").named(),
                json("layout"),
            ],
        )]),
];
