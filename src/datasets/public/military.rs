//! Tag *Military Campaigns*: the public routes.
//!
//! The list of campaigns has all data of a campaign, but an ended campaign leaves the list. So the list only provides the
//! ids, and a campaign that leaves it is asked once more.
//!
//! A campaign's objectives come from its cursor, which is followed for a week after the campaign's end. An objective still
//! unfinished when its cursor ends would never be updated, so it is fetched by its own route.

use crate::declare::{
    Dataset, Gone, IdColumns, IdList, Retention, RowCondition, Table, TableIds, Targets, int, text, time,
};

static OBJECTIVES: [Table; 1] = [Table::new(
    "military_campaign_objectives",
    &["objective_id"],
    &[
        text("objective_id").from("id"),
        text("campaign_id").param(),
        text("state"),
        int("progress"),
        time("last_modified"),
        time("started").optional(),
        time("finished").optional(),
        int("participants_committed").from("participants.committed"),
        int("participants_contributors").from("participants.contributors"),
        int("participants_total").from("participants.total"),
    ],
)
.indexes(&[&["campaign_id"]])];

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("military_campaigns", "/military-campaigns/{campaign_id}")
        .doc("Military campaigns, running and ended, with their progress.")
        .group("military-campaign", 300)
        .ttl(60)
        .every(300)
        .object()
        .targets(Targets::Listed(
            IdList::new("/military-campaigns").in_field("campaigns", "id").gone(Gone::LastLook),
        ))
        .retention(Retention::Upsert)
        .size(4, 1, 1)
        .tables(&[Table::new(
            "military_campaigns",
            &["campaign_id"],
            &[
                text("campaign_id").from("id"),
                text("state"),
                int("progress"),
                time("started").optional(),
                time("finished").optional(),
            ],
        )]),
    Dataset::get("military_campaign_objectives", "/military-campaigns/{campaign_id}/objectives")
        .doc("Objectives of military campaigns, with progress and number of participants.")
        .group("military-campaign", 300)
        .on_event()
        .every(300)
        .envelope("objectives")
        .cursor()
        .targets(Targets::FromTables(
            TableIds::of(&[IdColumns::of("military_campaigns", &["campaign_id"]).open("finished")])
                .gone(Gone::LastLook),
        ))
        .size(4, 2, 100)
        .tables(&OBJECTIVES),
    Dataset::get("military_objective_ends", "/military-campaigns/{campaign_id}/objectives/{objective_id}")
        .doc("The final state of objectives that were unfinished when their campaign's cursor ended. Each is asked once.")
        .group("military-campaign", 300)
        .on_event()
        .object()
        .targets(Targets::FromTables(
            TableIds::of(&[IdColumns::of("military_campaign_objectives", &["campaign_id", "objective_id"])
                .only(&[
                    RowCondition::IsNull("finished"),
                    RowCondition::Among(
                        "campaign_id",
                        ("military_campaigns", "campaign_id"),
                        &[RowCondition::IsNotNull("finished")],
                    ),
                ])])
            .gone(Gone::Retires),
        ))
        .detail()
        .once()
        .retention(Retention::Upsert)
        .size(4, 1, 0)
        .tables(&OBJECTIVES)
        .completes("military_campaign_objectives"),
];
