//! Work that players put up for each other, campaigns, and designs for ships.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("job_id", "freelance job").of("freelance_jobs.job_id"),
    note("objective_id", "objective of a campaign").of("military_campaign_objectives.objective_id"),
    note("skinr_id", "design").of("skinr_designs.skinr_id"),
    note("listing_id", "the listing"),
    note("progress_current", "how much is done"),
    note("progress_desired", "how much is to be done"),
    note("reward_initial", "money put up at the start").unit("ISK"),
    note("reward_remaining", "money not paid out yet").unit("ISK"),
    note("access_and_visibility_acl_protected", "whether only those on an access list may take part"),
    note("access_and_visibility_broadcast_locations", "systems where it is announced, with their names"),
    note("access_and_visibility_restrictions_maximum_age", "oldest character that may take part")
        .unit("days"),
    note("access_and_visibility_restrictions_minimum_age", "youngest character that may take part")
        .unit("days"),
    note("configuration", "what counts as work, as ESI tells it"),
    note("configuration_method", "what counts as work"),
    note("configuration_parameters", "the closer terms of that, as ESI tells them"),
    note("configuration_version", "version of those terms"),
    note("contribution_contribution_per_participant_limit", "most that one character may add"),
    note("contribution_max_committed_participants", "most characters that may sign up").unit("characters"),
    note("contribution_reward_per_contribution", "pay for one contribution").unit("ISK"),
    note("contribution_submission_limit", "most that may be handed in at once"),
    note("contribution_submission_multiplier", "how much one unit handed in counts"),
    note("details_career", "career it belongs to: Explorer, Industrialist, Enforcer, .."),
    note("details_created", "when it was put up"),
    note("details_creator_character_id", "character who put it up").of("characters.character_id"),
    note("details_creator_character_name", "name of that character"),
    note("details_creator_corporation_id", "corporation it was put up for").of("corporations.corporation_id"),
    note("details_creator_corporation_name", "name of that corporation"),
    note("details_description", "what is asked for, in the creator's words"),
    note("details_expires", "when it ends unless it is done before"),
    note("details_finished", "when it ended"),
    note("participants_committed", "characters signed up").unit("characters"),
    note("participants_contributors", "characters who have added something").unit("characters"),
    note("participants_total", "characters in all").unit("characters"),
    note("created", "when it was put up"),
    note("expires", "when it ends"),
    note("started", "when it began; NULL before"),
    note("finished", "when it ended; NULL before"),
    note("price_kind", "what is paid with: isk or plex"),
    note("price_isk", "price in money").unit("ISK"),
    note("price_plex", "price in PLEX").unit("PLEX"),
    note("seller_id", "character who sells").of("characters.character_id"),
    note("layout", "the slots and patterns of the design, as ESI tells them"),
    note("layout_pattern_blend_mode", "how its two patterns mix"),
    note("layout_slots", "what each slot holds: a coating or a pattern, as ESI tells it"),
    note("line", "line of designs it belongs to"),
    note("tier_level", "tier of the design").unit("level"),
];

pub(in crate::describe::notes) static TABLES: &[(&str, &[Note])] = &[
    (
        "freelance_jobs",
        &[
            note("name", "name its creator gave it"),
            note("state", "Active, Closed, Completed, Expired or Deleted"),
        ],
    ),
    (
        "freelance_job_details",
        &[
            note("name", "name its creator gave it"),
            note("state", "Active, Closed, Completed, Expired or Deleted"),
        ],
    ),
    (
        "military_campaigns",
        &[
            note("campaign_id", "the campaign"),
            note("progress", "how far it has come"),
            note("state", "Active, Completed or Expired"),
        ],
    ),
    (
        "military_campaign_objectives",
        &[
            note("campaign_id", "campaign").of("military_campaigns.campaign_id"),
            note("progress", "how far it has come"),
            note("state", "Active, Completed or Expired"),
        ],
    ),
    (
        "paragon_listings",
        &[
            note("price", "the price, as ESI tells it"),
            note("quantity", "copies still for sale").unit("copies"),
            note("state", "listed, sold_out, expired or removed"),
        ],
    ),
    (
        "skinr_designs",
        &[
            note("name", "name its creator gave it"),
            note("ship_type_id", "ship that it fits").of("universe_types.type_id"),
        ],
    ),
];
