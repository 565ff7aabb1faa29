//! Tag *Sovereignty*.

use crate::declare::{
    Dataset, FIRST_SEEN, LAST_SEEN, Retention, Table, boolean, int, json, real, text, time,
};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[
    Dataset::get("sovereignty_systems", "/sovereignty/systems")
        .doc("The holder of each system, its development, and the vulnerability of its hub.")
        .group("sovereignty", 600)
        .ttl(300)
        .envelope("solar_systems")
        .size(1, 1, 5400)
        .tables(&[Table::new(
            "sovereignty_systems",
            &["solar_system_id"],
            &[
                int("solar_system_id"),
                text("claim_kind").tag_of("claim"),
                int("claim_faction_faction_id").from("claim.faction.faction_id").optional().named(),
                int("claim_alliance_alliance_id").from("claim.alliance.alliance_id").optional().named(),
                int("claim_alliance_corporation_id").from("claim.alliance.corporation_id").optional().named(),
                time("claim_alliance_claimed_since").from("claim.alliance.claimed_since").optional(),
                boolean("claim_alliance_is_capital_system")
                    .from("claim.alliance.is_capital_system")
                    .optional(),
                real("claim_alliance_development_activity_defense_multiplier")
                    .from("claim.alliance.development.activity_defense_multiplier")
                    .optional(),
                int("claim_alliance_development_industrial_level")
                    .from("claim.alliance.development.industrial_level")
                    .optional(),
                int("claim_alliance_development_military_level")
                    .from("claim.alliance.development.military_level")
                    .optional(),
                int("claim_alliance_development_strategic_level")
                    .from("claim.alliance.development.strategic_level")
                    .optional(),
                int("claim_alliance_sovereignty_hub_id").from("claim.alliance.sovereignty_hub.id").optional(),
                time("claim_alliance_sovereignty_hub_vulnerability_window_start")
                    .from("claim.alliance.sovereignty_hub.vulnerability_window.start")
                    .optional(),
                time("claim_alliance_sovereignty_hub_vulnerability_window_end")
                    .from("claim.alliance.sovereignty_hub.vulnerability_window.end")
                    .optional(),
                json("claim"),
            ],
        )]),
    Dataset::get("sovereignty_campaigns", "/sovereignty/campaigns")
        .doc("Contested sovereignty: running campaigns, and ended ones (`last_seen_at`).")
        .group("sovereignty", 600)
        .ttl(5)
        .every(60)
        .retention(Retention::Track)
        .size(1, 1, 200)
        .tables(&[
            Table::new(
                "sovereignty_campaigns",
                &["campaign_id"],
                &[
                    int("campaign_id"),
                    text("event_type"),
                    int("solar_system_id"),
                    int("constellation_id"),
                    int("structure_id"),
                    time("start_time"),
                    int("defender_id").optional().named(),
                    real("defender_score").optional(),
                    real("attackers_score").optional(),
                    FIRST_SEEN,
                    LAST_SEEN,
                ],
            ),
            Table::new(
                "sovereignty_campaign_participants",
                &["campaign_id", "alliance_id"],
                &[
                    int("campaign_id").above(1),
                    int("alliance_id").named(),
                    real("score"),
                    FIRST_SEEN,
                    LAST_SEEN,
                ],
            )
            .at("participants")
            .doc("The alliances in each campaign, with their scores.")
            .optional(),
        ]),
];
