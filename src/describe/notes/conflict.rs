//! Sovereignty, incursions, faction warfare, wars and losses.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("claim_kind", "who holds it: alliance, faction, or unclaimed"),
    note("claim", "the whole claim, as ESI sends it"),
    note("claim_alliance_claimed_since", "when the alliance took the system"),
    note("claim_alliance_is_capital_system", "whether the alliance has its capital there"),
    note(
        "claim_alliance_development_activity_defense_multiplier",
        "factor by which activity in the system prolongs an attack",
    ),
    note("claim_alliance_development_industrial_level", "industrial development, from mining").unit("level"),
    note("claim_alliance_development_military_level", "military development, from hunting NPCs")
        .unit("level"),
    note("claim_alliance_development_strategic_level", "strategic development, from the time held")
        .unit("level"),
    note("claim_alliance_sovereignty_hub_id", "sovereignty hub of the system"),
    note(
        "claim_alliance_sovereignty_hub_vulnerability_window_start",
        "start of the next time in which the hub can be attacked",
    ),
    note(
        "claim_alliance_sovereignty_hub_vulnerability_window_end",
        "end of the next time in which the hub can be attacked",
    ),
    note("event_type", "what is fought for: tcu_defense, ihub_defense, station_defense, .."),
    note("defender_id", "alliance that defends").of("alliances.alliance_id"),
    note("defender_score", "progress of the defenders").unit("0..1"),
    note("attackers_score", "progress of the attackers").unit("0..1"),
    note("score", "contribution of this alliance").unit("0..1"),
    note("has_boss", "whether the mothership has appeared"),
    note("influence", "the incursion's influence in the constellation").unit("0..1"),
    note("staging_solar_system_id", "staging system").of("universe_systems.system_id"),
    note("occupier_faction_id", "faction that holds it now").of("universe_factions.faction_id"),
    note("owner_faction_id", "faction that owns it, even while another one occupies it")
        .of("universe_factions.faction_id"),
    note("contested", "uncontested, contested, vulnerable or captured"),
    note("victory_points", "points that the attackers have gathered").unit("points"),
    note("victory_points_threshold", "points at which it becomes vulnerable").unit("points"),
    note("pilots", "characters in its militia").unit("characters"),
    note("systems_controlled", "systems it holds").unit("systems"),
    note("against_id", "faction it fights").of("universe_factions.faction_id"),
    note("rank", "place in the ranking, from 0"),
    note("metric", "what is ranked: kills or victory_points"),
    note("period", "time span: yesterday, last_week, active_total"),
    note("war_id", "war; NULL if the loss was in no war").of("wars.war_id"),
    note("declared", "when it was declared"),
    note("retracted", "when the aggressor retracted it; fighting continues for a day"),
    note("mutual", "whether both sides agreed to it"),
    note("open_for_allies", "whether the defender accepts allies"),
    note("killmail_id", "loss").of("killmails.killmail_id"),
    note("killmail_hash", "hash that ESI requires to read the killmail"),
    note("killmail_time", "when the ship was lost"),
    note("damage_done", "damage this attacker did").unit("HP"),
    note("damage_taken", "damage until it broke").unit("HP"),
    note("victim_damage_taken", "damage until it broke").unit("HP"),
    note("final_blow", "whether this attacker made the final blow"),
    note("weapon_type_id", "weapon, or the ship itself").of("universe_types.type_id"),
    note("item_type_id", "kind of item").of("universe_types.type_id"),
    note("flag", "number of its slot or hold"),
    note("quantity_destroyed", "units lost with the ship").unit("units"),
    note("quantity_dropped", "units left in the wreck").unit("units"),
    note("singleton", "0: packaged; 1: unpacked; 2: blueprint copy"),
];

pub(in crate::describe::notes) static TABLES: &[(&str, &[Note])] = &[
    (
        "incursions",
        &[
            note("constellation_id", "constellation that is invaded")
                .of("universe_constellations.constellation_id"),
            note("faction_id", "faction that invades").of("universe_factions.faction_id"),
            note("state", "stage: established, mobilizing, withdrawing"),
            note("type", "kind of incursion"),
        ],
    ),
    ("incursion_systems", &[note("solar_system_id", "infested system").of("universe_systems.system_id")]),
    (
        "sovereignty_systems",
        &[
            note("claim_faction_faction_id", "faction that holds it").of("universe_factions.faction_id"),
            note("claim_alliance_alliance_id", "alliance that holds it").of("alliances.alliance_id"),
            note("claim_alliance_corporation_id", "corporation of that alliance that holds it")
                .of("corporations.corporation_id"),
        ],
    ),
    (
        "sovereignty_campaigns",
        &[
            note("campaign_id", "the campaign"),
            note("structure_id", "structure that is fought for"),
            note("start_time", "when fighting begins"),
        ],
    ),
    (
        "sovereignty_campaign_participants",
        &[
            note("campaign_id", "campaign").of("sovereignty_campaigns.campaign_id"),
            note("alliance_id", "alliance that takes part").of("alliances.alliance_id"),
        ],
    ),
    ("killmail_attackers", &[note("security_status", "security status of the attacker").unit("-10..10")]),
    (
        "wars",
        &[note("started", "when fighting may begin"), note("finished", "when it ended; NULL while it lasts")],
    ),
    ("fw_faction_stats", &[note("date", "day of the reading")]),
    (
        "fw_leaderboard_factions",
        &[note("date", "day of the reading"), note("amount", "kills or victory points")],
    ),
    (
        "fw_leaderboard_characters",
        &[note("date", "day of the reading"), note("amount", "kills or victory points")],
    ),
    (
        "fw_leaderboard_corporations",
        &[note("date", "day of the reading"), note("amount", "kills or victory points")],
    ),
];
