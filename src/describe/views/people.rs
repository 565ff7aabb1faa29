//! Views of who belongs where.

use crate::declare::{DocumentedColumn, View};

use super::{NAMED, id, name};

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "affiliations",
        doc: "Corporation, alliance and faction of every character that is known, with names.",
        columns: &[
            DocumentedColumn::int("character_id", "character").of(NAMED),
            name("character_name", "name of the character"),
            id("corporation_id", "its corporation"),
            name("corporation_name", "name of the corporation"),
            name("corporation_ticker", "short name of the corporation; NULL without its details"),
            id("alliance_id", "its alliance"),
            name("alliance_name", "name of the alliance"),
            name("alliance_ticker", "short name of the alliance; NULL without its details"),
            id("faction_id", "faction that it fights for"),
            name("faction_name", "name of the faction"),
        ],
        example: "SELECT alliance_name, COUNT(*) AS characters FROM affiliations \
                  WHERE alliance_id IS NOT NULL GROUP BY alliance_id, alliance_name \
                  ORDER BY characters DESC, alliance_id LIMIT 10",
    },
    View {
        name: "corporation_profiles",
        doc: "Every corporation that is known, by its details or only by its name, with who leads it.",
        columns: &[
            DocumentedColumn::int("corporation_id", "corporation").of(NAMED),
            name("corporation_name", "name of the corporation"),
            name("ticker", "short name; NULL without its details"),
            DocumentedColumn::int("member_count", "members").unit("characters").nullable(),
            id("ceo_id", "character that leads it"),
            name("ceo_name", "name of that character"),
            id("alliance_id", "its alliance"),
            name("alliance_name", "name of the alliance"),
            name("alliance_ticker", "short name of the alliance"),
            id("enlisted_faction_id", "faction that it fights for"),
            name("enlisted_faction_name", "name of that faction"),
            DocumentedColumn::int("home_station_id", "its home")
                .of("universe_stations.station_id")
                .nullable(),
            name("home_station_name", "name of the station"),
            DocumentedColumn::int("known_characters", "members among the characters that are known")
                .unit("characters"),
        ],
        example: "SELECT corporation_name, ticker, ceo_name, alliance_name, member_count, known_characters \
                  FROM corporation_profiles ORDER BY known_characters DESC, corporation_id LIMIT 10",
    },
];
