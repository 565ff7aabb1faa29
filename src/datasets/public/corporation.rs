//! Tag *Corporation*: the public routes.

use crate::declare::{
    Dataset, IdColumns, Retention, RowCondition, Table, TableIds, Targets, boolean, int, json, real, text,
    time,
};

/// The corporations in all tables.
static IDS: TableIds = TableIds::of(&[
    IdColumns::of("npc_corporations", &["corporation_id"]),
    IdColumns::of("entity_names", &["id"]).only(&[RowCondition::Is("category", &["corporation"])]),
]);

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("npc_corporations", "/corporations/npccorps")
        .doc("NPC corporations.")
        .size(1, 1, 280)
        .tables(&[Table::new(
            "npc_corporations",
            &["corporation_id"],
            &[int("corporation_id").element().named()],
        )]),
    Dataset::get("corporations", "/corporations/{corporation_id}")
        .doc("Corporations that occur in other tables; `ids = \"all\"` adds the members of all known alliances.")
        .ttl(3600)
        .every(24 * 3600)
        .object()
        .targets(Targets::FromTables(IDS.more(&[IdColumns::of("alliance_corporations", &["corporation_id"])])))
        .all_ids(18_000)
        .detail()
        .size(6_000, 1, 1)
        .tables(&[Table::new(
            "corporations",
            &["corporation_id"],
            &[
                int("corporation_id").param(),
                text("name"),
                text("ticker"),
                text("type"),
                text("state"),
                int("member_count"),
                int("alliance_id").optional().named(),
                int("ceo_id").optional().named(),
                int("creator_id").optional().named(),
                time("date_founded").optional(),
                int("home_station_id"),
                int("enlisted_faction_id").optional().named(),
                real("tax_rates_isk").from("tax_rates.isk"),
                real("tax_rates_loyalty_point").from("tax_rates.loyalty_point"),
                int("shares"),
                boolean("war_eligible"),
                text("friendly_fire"),
                text("url").optional(),
                text("description"),
                json("palette").optional(),
            ],
        )
        .indexes(&[&["alliance_id"]])]),
    Dataset::get("corporation_alliance_history", "/corporations/{corporation_id}/alliancehistory")
        .doc("The alliances that each corporation has joined and left, and when.")
        .ttl(3600)
        .every(24 * 3600)
        .targets(Targets::FromTables(TableIds::of(&[
            IdColumns::of("corporations", &["corporation_id"]).only(&[RowCondition::Is("type", &["player_owned"])]),
        ])))
        .detail()
        .opt_in()
        .retention(Retention::Upsert)
        .size(6_000, 1, 4)
        .tables(&[Table::new(
            "corporation_alliance_history",
            &["corporation_id", "record_id"],
            &[
                int("corporation_id").param(),
                int("record_id"),
                time("start_date"),
                int("alliance_id").optional().named(),
                boolean("is_deleted").optional(),
            ],
        )]),
];
