//! Tag *Loyalty*: the stores.

use crate::declare::{Dataset, IdColumns, Table, TableIds, Targets, int};

pub(in crate::datasets) static DATASETS: &[Dataset] =
    &[Dataset::get("loyalty_offers", "/loyalty/stores/{corporation_id}/offers")
        .doc("Offers of the loyalty stores of NPC corporations, for loyalty points, ISK and items.")
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("npc_corporations", &["corporation_id"])])))
        .detail()
        .size(280, 1, 300)
        .tables(&[
            Table::new(
                "loyalty_offers",
                &["corporation_id", "offer_id"],
                &[
                    int("corporation_id").param(),
                    int("offer_id"),
                    int("type_id").named(),
                    int("quantity"),
                    int("lp_cost"),
                    int("isk_cost"),
                    int("ak_cost").optional(),
                ],
            )
            .indexes(&[&["type_id"]]),
            Table::new(
                "loyalty_offer_items",
                &["corporation_id", "offer_id", "type_id"],
                &[
                    int("corporation_id").param(),
                    int("offer_id").above(1),
                    int("type_id").named(),
                    int("quantity"),
                ],
            )
            .doc("The items that must be handed in for each offer.")
            .at("required_items"),
        ])];
