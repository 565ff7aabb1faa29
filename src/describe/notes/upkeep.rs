//! Columns that esi-syncd adds, and columns about ESI and the game server.

use crate::declare::{Note, note};

pub(in crate::describe::notes) static NOTES: &[Note] = &[
    note("first_seen_at", "when the row first appeared in a set"),
    note(
        "last_seen_at",
        "NULL while the row is in the newest set; then the time of the last set that contained it",
    ),
    note("observed_at", "when ESI built the reply"),
    note("item_ordinal", "position of the item that contains it, from 0"),
    note("ordinal", "position in its list, from 0; the list has no key of its own"),
    note("players", "characters online").unit("characters"),
    note("server_version", "build of the game that the server runs"),
    note("vip", "whether only invited accounts can log in"),
    note("last_modified", "when it last changed upstream"),
    note("path", "path of a route of ESI"),
    note("method", "HTTP method of a route of ESI"),
];

pub(in crate::describe::notes) static TABLES: &[(&str, &[Note])] = &[
    ("server_status", &[note("start_time", "when the game server last started")]),
    (
        "entity_names",
        &[
            note("id", "id of the named thing; `category` has its kind"),
            note("name", "name"),
            note("category", "kind of thing: character, corporation, inventory_type, solar_system, .."),
        ],
    ),
    (
        "esi_route_status",
        &[note("status", "condition of the route: OK, Degraded, Down, Recovering or Unknown")],
    ),
    ("esi_compatibility_dates", &[note("date", "compatibility date that a client may ask for")]),
    (
        "esi_changelog",
        &[
            note("date", "compatibility date of the change"),
            note("type", "kind of change"),
            note("description", "what changed, in ESI's words"),
        ],
    ),
];
