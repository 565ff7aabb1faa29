//! Tag *Alliance*.

use crate::declare::{Dataset, IdColumns, IdList, RowCondition, Table, TableIds, Targets, int, text, time};

/// The alliances in all tables; `entity_names` shows which ids are alliances.
static IDS: TableIds = TableIds::of(&[
    IdColumns::of("entity_names", &["id"]).only(&[RowCondition::Is("category", &["alliance"])])
]);

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("alliances", "/alliances/{alliance_id}")
        .doc("Alliances that occur in other tables; with `ids = \"all\"` all alliances.")
        .ttl(3600)
        .every(24 * 3600)
        .object()
        .targets(Targets::FromTables(IDS.listed(IdList::new("/alliances"))))
        .detail()
        .size(400, 1, 1)
        .all_ids(3_600)
        .tables(&[Table::new(
            "alliances",
            &["alliance_id"],
            &[
                int("alliance_id").param(),
                text("name"),
                text("ticker"),
                time("date_founded"),
                int("creator_id").named(),
                int("creator_corporation_id").named(),
                int("executor_corporation_id").optional().named(),
                int("faction_id").optional().named(),
            ],
        )]),
    Dataset::get("alliance_corporations", "/alliances/{alliance_id}/corporations")
        .doc("The member corporations of each alliance.")
        .ttl(3600)
        .every(24 * 3600)
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("alliances", &["alliance_id"])])))
        .detail()
        .opt_in()
        .size(400, 1, 20)
        .tables(&[Table::new(
            "alliance_corporations",
            &["alliance_id", "corporation_id"],
            &[int("alliance_id").param(), int("corporation_id").element().named()],
        )]),
];
