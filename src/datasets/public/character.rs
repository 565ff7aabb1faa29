//! Tag *Character*: the public routes.

use crate::declare::{
    Dataset, IdColumns, Retention, RowCondition, Table, TableIds, Targets, boolean, int, real, text, time,
};

/// The characters in all tables.
static IDS: TableIds = TableIds::of(&[
    IdColumns::of("entity_names", &["id"]).only(&[RowCondition::Is("category", &["character"])])
]);

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("characters", "/characters/{character_id}")
        .doc("Characters that occur in other tables, and those you list under `ids`.")
        .ttl(86_400)
        .object()
        .targets(Targets::FromTables(IDS))
        .detail()
        .opt_in()
        .size(20_000, 1, 1)
        .tables(&[Table::new(
            "characters",
            &["character_id"],
            &[
                int("character_id").param(),
                text("name"),
                int("corporation_id").named(),
                int("alliance_id").optional().named(),
                int("faction_id").optional().named(),
                time("birthday"),
                text("gender"),
                int("race_id"),
                int("bloodline_id"),
                real("security_status").optional(),
                int("achievement_score"),
                text("corporation_title").optional(),
                text("character_title_id").optional(),
                text("description").optional(),
            ],
        )
        .indexes(&[&["corporation_id"]])]),
    Dataset::get("character_corporation_history", "/characters/{character_id}/corporationhistory")
        .doc("The corporations that each character has joined, and when.")
        .ttl(86_400)
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("characters", &["character_id"])])))
        .detail()
        .per_minute(200)
        .opt_in()
        .retention(Retention::Upsert)
        .size(20_000, 1, 8)
        .tables(&[Table::new(
            "character_corporation_history",
            &["character_id", "record_id"],
            &[
                int("character_id").param(),
                int("record_id"),
                time("start_date"),
                int("corporation_id").named(),
                boolean("is_deleted").optional(),
            ],
        )]),
    Dataset::post("character_affiliations", "/characters/affiliation")
        .doc("Corporation, alliance and faction of every character that occurs in other tables.")
        .ttl(3600)
        .targets(Targets::Batched { ids: IDS, batch: 1000 })
        .retention(Retention::Upsert)
        .size(20_000, 1, 1)
        .tables(&[
            Table::new(
                "character_affiliations",
                &["character_id"],
                &[
                    int("character_id"),
                    int("corporation_id").named(),
                    int("alliance_id").optional().named(),
                    int("faction_id").optional().named(),
                ],
            )
            .indexes(&[&["corporation_id"]]),
            Table::new(
                "character_affiliation_changes",
                &["character_id", "observed_at"],
                &[
                    int("character_id"),
                    time("observed_at").observed(),
                    int("corporation_id"),
                    int("alliance_id").optional(),
                    int("faction_id").optional(),
                ],
            )
            .doc("Changes of corporation, alliance or faction: a row whenever a reply differed from the one before.")
            .log(),
        ]),
];
