//! Tag *Freelance Jobs*: the public routes.

use crate::declare::{
    Dataset, IdColumns, Retention, Table, TableIds, Targets, boolean, int, json, real, text, time,
};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("freelance_jobs", "/freelance-jobs")
        .doc("Public freelance jobs with their progress; ended jobs stay with their last state.")
        .group("freelance-job", 12_000)
        .on_event()
        .every(120)
        .envelope("freelance_jobs")
        .cursor()
        .size(1, 10, 1_000)
        .tables(&[Table::new(
            "freelance_jobs",
            &["job_id"],
            &[
                text("job_id").from("id"),
                text("name"),
                text("state"),
                time("last_modified"),
                int("progress_current").from("progress.current"),
                int("progress_desired").from("progress.desired"),
                real("reward_initial").from("reward.initial").optional(),
                real("reward_remaining").from("reward.remaining").optional(),
            ],
        )]),
    Dataset::get("freelance_job_details", "/freelance-jobs/{job_id}")
        .doc("The details of each public freelance job: who offers it, where, and on which terms. A job is asked again when it changes.")
        .group("freelance-job", 12_000)
        .ttl(60)
        .object()
        .targets(Targets::FromTables(TableIds::of(&[IdColumns::of("freelance_jobs", &["job_id"]).moved("last_modified")])))
        .detail()
        .retention(Retention::Upsert)
        .size(1_000, 1, 1)
        .tables(&[Table::new("freelance_job_details", &["job_id"], DETAILS)]),
];

static DETAILS: &[crate::declare::Column] = &[
    text("job_id").from("id"),
    text("name"),
    text("state"),
    time("last_modified"),
    int("progress_current").from("progress.current"),
    int("progress_desired").from("progress.desired"),
    real("reward_initial").from("reward.initial").optional(),
    real("reward_remaining").from("reward.remaining").optional(),
    text("details_description").from("details.description"),
    text("details_career").from("details.career"),
    time("details_created").from("details.created"),
    time("details_expires").from("details.expires").optional(),
    time("details_finished").from("details.finished").optional(),
    int("details_creator_character_id").from("details.creator.character.id").named(),
    text("details_creator_character_name").from("details.creator.character.name"),
    int("details_creator_corporation_id").from("details.creator.corporation.id").named(),
    text("details_creator_corporation_name").from("details.creator.corporation.name"),
    boolean("access_and_visibility_acl_protected").from("access_and_visibility.acl_protected"),
    json("access_and_visibility_broadcast_locations")
        .from("access_and_visibility.broadcast_locations")
        .optional(),
    int("access_and_visibility_restrictions_minimum_age")
        .from("access_and_visibility.restrictions.minimum_age")
        .optional(),
    int("access_and_visibility_restrictions_maximum_age")
        .from("access_and_visibility.restrictions.maximum_age")
        .optional(),
    int("contribution_max_committed_participants").from("contribution.max_committed_participants").optional(),
    int("contribution_contribution_per_participant_limit")
        .from("contribution.contribution_per_participant_limit")
        .optional(),
    real("contribution_reward_per_contribution").from("contribution.reward_per_contribution").optional(),
    int("contribution_submission_limit").from("contribution.submission_limit").optional(),
    real("contribution_submission_multiplier").from("contribution.submission_multiplier").optional(),
    text("configuration_method").from("configuration.method"),
    int("configuration_version").from("configuration.version"),
    json("configuration_parameters").from("configuration.parameters"),
];
