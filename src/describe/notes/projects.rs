//! Work that players put up for each other, campaigns, and designs for ships.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("job_id", "freelance job").of("freelance_jobs.job_id"),
    note("objective_id", "objective of a campaign").of("military_campaign_objectives.objective_id"),
    note("skinr_id", "design").of("skinr_designs.skinr_id"),
    note("listing_id", "the listing"),
    note("progress_current", "amount done so far"),
    note("progress_desired", "amount that completes it"),
    note("reward_initial", "total reward at the start").unit("ISK"),
    note("reward_remaining", "reward that is not paid out yet").unit("ISK"),
    note("access_and_visibility_acl_protected", "whether only characters on an access list may take part"),
    note("access_and_visibility_broadcast_locations", "systems where it is announced, with their names"),
    note("access_and_visibility_restrictions_maximum_age", "largest age of a character that may take part")
        .unit("days"),
    note("access_and_visibility_restrictions_minimum_age", "smallest age of a character that may take part")
        .unit("days"),
    note("configuration", "the work that counts, as ESI sends it"),
    note("configuration_method", "kind of work that counts"),
    note("configuration_parameters", "parameters of that kind of work, as ESI sends them"),
    note("configuration_version", "version of those parameters"),
    note("contribution_contribution_per_participant_limit", "most that one character may contribute"),
    note("contribution_max_committed_participants", "most characters that may sign up").unit("characters"),
    note("contribution_reward_per_contribution", "pay for one contribution").unit("ISK"),
    note("contribution_submission_limit", "most that one submission may contain"),
    note("contribution_submission_multiplier", "progress for each submitted unit"),
    note("details_career", "career it belongs to: Explorer, Industrialist, Enforcer, .."),
    note("details_created", "when it was created"),
    note("details_creator_character_id", "character who created it").of("characters.character_id"),
    note("details_creator_character_name", "name of that character"),
    note("details_creator_corporation_id", "corporation that it was created for")
        .of("corporations.corporation_id"),
    note("details_creator_corporation_name", "name of that corporation"),
    note("details_description", "description by its creator"),
    note("details_expires", "when it ends if it is not completed before"),
    note("details_finished", "when it ended"),
    note("participants_committed", "characters signed up").unit("characters"),
    note("participants_contributors", "characters who have contributed").unit("characters"),
    note("participants_total", "characters in all").unit("characters"),
    note("created", "when it was created"),
    note("expires", "when it ends"),
    note("started", "when it began; NULL if it has not begun"),
    note("finished", "when it ended; NULL if it has not ended"),
    note("price_kind", "currency of the price: isk or plex"),
    note("price_isk", "price in ISK").unit("ISK"),
    note("price_plex", "price in PLEX").unit("PLEX"),
    note("seller_id", "character who sells").of("characters.character_id"),
    note("layout", "slots and patterns of the design, as ESI sends them"),
    note("layout_pattern_blend_mode", "how its two patterns are blended"),
    note("layout_slots", "the coating or pattern of each slot, as ESI sends it"),
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
            note("price", "the price, as ESI sends it"),
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
