//! Tag *Contracts*: the public routes.

use super::market::STATIONS;
use crate::declare::{
    Choice, Dataset, FIRST_SEEN, Gone, IdColumns, LAST_SEEN, Retention, RowCondition, Table, TableIds,
    Targets, boolean, int, real, text, time,
};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("public_contracts", "/contracts/public/{region_id}")
        .doc("Open public contracts, and ended ones (`last_seen_at`). ESI does not say whether those were accepted, expired or deleted.")
        .ttl(1800)
        .paged()
        .targets(Targets::Regions(Choice::Space))
        .retention(Retention::Track)
        .size(113, 1, 400)
        .tables(&[Table::new(
            "public_contracts",
            &["region_id", "contract_id"],
            &[
                int("region_id").param(),
                int("contract_id"),
                text("type"),
                text("title").optional(),
                int("issuer_id").named(),
                int("issuer_corporation_id").named(),
                boolean("for_corporation").optional(),
                time("date_issued"),
                time("date_expired"),
                int("days_to_complete").optional(),
                real("price").optional(),
                real("buyout").optional(),
                real("reward").optional(),
                real("collateral").optional(),
                real("volume").optional(),
                int("start_location_id").optional().named_within(STATIONS.0, STATIONS.1),
                int("end_location_id").optional().named_within(STATIONS.0, STATIONS.1),
                FIRST_SEEN,
                LAST_SEEN,
            ],
        )
        .indexes(&[&["contract_id"]])]),
    Dataset::get("public_contract_items", "/contracts/public/items/{contract_id}")
        .doc("The items of open item exchanges and auctions; each contract is asked once.")
        .ttl(3600)
        .paged()
        .targets(Targets::FromTables(
            TableIds::of(&[IdColumns::of("public_contracts", &["contract_id"])
                .only(&[
                    RowCondition::IsNull("last_seen_at"),
                    RowCondition::Is("type", &["item_exchange", "auction"]),
                ])])
            .gone(Gone::Retires),
        ))
        .detail()
        .per_minute(120)
        .once()
        .size(35_000, 1, 4)
        .tables(&[Table::new(
            "public_contract_items",
            &["contract_id", "record_id"],
            &[
                int("contract_id").param(),
                int("record_id"),
                int("type_id").named(),
                int("quantity"),
                boolean("is_included"),
                int("item_id").optional(),
                boolean("is_blueprint_copy").optional(),
                int("runs").optional(),
                int("material_efficiency").optional(),
                int("time_efficiency").optional(),
            ],
        )
        .indexes(&[&["type_id"]])]),
    Dataset::get("public_contract_bids", "/contracts/public/bids/{contract_id}")
        .doc("Bids on open auctions.")
        .ttl(300)
        .every(3600)
        .paged()
        .targets(Targets::FromTables(
            TableIds::of(&[IdColumns::of("public_contracts", &["contract_id"])
                .only(&[RowCondition::IsNull("last_seen_at"), RowCondition::Is("type", &["auction"])])])
            .gone(Gone::Retires),
        ))
        .detail()
        .opt_in()
        .retention(Retention::Upsert)
        .size(2_000, 1, 2)
        .tables(&[Table::new(
            "public_contract_bids",
            &["contract_id", "bid_id"],
            &[int("contract_id").param(), int("bid_id"), real("amount"), time("date_bid")],
        )]),
];
