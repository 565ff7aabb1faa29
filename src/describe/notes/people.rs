//! Characters, corporations, alliances and where they come from.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("character_id", "character").of("characters.character_id"),
    note("corporation_id", "corporation").of("corporations.corporation_id"),
    note("alliance_id", "alliance; NULL without one").of("alliances.alliance_id"),
    note("faction_id", "NPC faction").of("universe_factions.faction_id"),
    note("race_id", "race").of("universe_races.race_id"),
    note("bloodline_id", "bloodline").of("universe_bloodlines.bloodline_id"),
    note("ancestry_id", "ancestry").of("universe_ancestries.ancestry_id"),
    note("ticker", "short name, shown in brackets"),
    note("date_founded", "when it was founded"),
    note("creator_id", "character who founded it").of("characters.character_id"),
    note("creator_corporation_id", "corporation that founded it").of("corporations.corporation_id"),
    note("executor_corporation_id", "corporation that leads it").of("corporations.corporation_id"),
    note("ceo_id", "character who leads it").of("characters.character_id"),
    note("home_station_id", "station of its headquarters").of("universe_stations.station_id"),
    note("enlisted_faction_id", "faction whose militia it serves in").of("universe_factions.faction_id"),
    note("friendly_fire", "whether members may shoot each other: legal or illegal"),
    note("member_count", "members").unit("characters"),
    note("palette", "its colours, as ESI sends them"),
    note("palette_main_color", "main colour"),
    note("palette_secondary_color", "secondary colour"),
    note("palette_tertiary_color", "tertiary colour"),
    note("shares", "number of its shares").unit("shares"),
    note("tax_rates_isk", "percentage of its members' income that it takes").unit("percent, 0..100"),
    note("tax_rates_loyalty_point", "percentage of its members' loyalty points that it takes")
        .unit("percent, 0..100"),
    note("url", "address of its web page"),
    note("war_eligible", "whether wars can be declared on it"),
    note("achievement_score", "achievement points").unit("points"),
    note("birthday", "when the character was created"),
    note("character_title_id", "title that the character wears"),
    note("corporation_title", "title given by the corporation"),
    note("gender", "male or female"),
    note("is_deleted", "whether that corporation or alliance has been closed since"),
    note("start_date", "when that membership began"),
    note("militia_corporation_id", "corporation of its militia").of("corporations.corporation_id"),
    note("size_factor", "relative size, as ESI sends it"),
    note("station_count", "stations it owns").unit("stations"),
    note("station_system_count", "systems with such a station").unit("systems"),
    note("is_unique", "`is_unique` flag as ESI sends it; its meaning is undocumented"),
    note("short_description", "description in one line"),
    note("charisma", "attribute that its characters began with").unit("points"),
    note("intelligence", "attribute that its characters began with").unit("points"),
    note("memory", "attribute that its characters began with").unit("points"),
    note("perception", "attribute that its characters began with").unit("points"),
    note("willpower", "attribute that its characters began with").unit("points"),
];

pub(in crate::describe::notes) static TABLES: &[(&str, &[Note])] = &[
    (
        "universe_factions",
        &[
            note("name", "name of the faction"),
            note("description", "text about the faction"),
            note("corporation_id", "corporation that leads it").of("corporations.corporation_id"),
            note("solar_system_id", "its capital").of("universe_systems.system_id"),
        ],
    ),
    (
        "universe_races",
        &[
            note("name", "name of the race"),
            note("description", "text about the race"),
            note("alliance_id", "faction that it serves; ESI calls it an alliance")
                .of("universe_factions.faction_id"),
        ],
    ),
    (
        "universe_bloodlines",
        &[
            note("name", "name of the bloodline"),
            note("description", "text about the bloodline"),
            note("corporation_id", "corporation that its characters start in")
                .of("corporations.corporation_id"),
            note("ship_type_id", "ship that its characters start with").of("universe_types.type_id"),
        ],
    ),
    (
        "universe_ancestries",
        &[note("name", "name of the ancestry"), note("description", "text about the ancestry")],
    ),
    (
        "alliances",
        &[
            note("name", "name of the alliance"),
            note("alliance_id", "the alliance"),
            note("faction_id", "faction whose militia it serves in").of("universe_factions.faction_id"),
        ],
    ),
    (
        "alliance_corporations",
        &[
            note("alliance_id", "alliance").of("alliances.alliance_id"),
            note("corporation_id", "corporation in it").of("corporations.corporation_id"),
        ],
    ),
    (
        "corporations",
        &[
            note("name", "name of the corporation"),
            note("description", "description, as its members wrote it"),
            note("state", "active or closed"),
            note("type", "player_owned or npc_owned"),
        ],
    ),
    (
        "corporation_alliance_history",
        &[note("alliance_id", "alliance it joined; NULL where it left one").of("alliances.alliance_id")],
    ),
    (
        "characters",
        &[
            note("name", "name of the character"),
            note("description", "biography, as its player wrote it"),
            note("security_status", "security status").unit("-10..10"),
            note("faction_id", "faction whose militia the character serves in")
                .of("universe_factions.faction_id"),
        ],
    ),
    (
        "character_affiliations",
        &[note("faction_id", "faction whose militia the character serves in")
            .of("universe_factions.faction_id")],
    ),
];
