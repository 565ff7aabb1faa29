//! Views of losses, wars and faction warfare.

use crate::declare::{DocumentedColumn, View};

use super::{id, name};

pub(in crate::describe::views) static VIEWS: &[View] = &[
    View {
        name: "killmail_values",
        doc: "Losses with the names of victim, place and final blow, and their value by CCP's average price of today.",
        columns: &[
            DocumentedColumn::int("killmail_id", "loss").of("killmails.killmail_id"),
            DocumentedColumn::time("killmail_time", "when the ship was lost").nullable(),
            DocumentedColumn::int("war_id", "war that it was part of").of("wars.war_id").nullable(),
            DocumentedColumn::int("solar_system_id", "where").of("universe_systems.system_id").nullable(),
            name("system_name", "name of the system"),
            DocumentedColumn::real("security_status", "how safe the system is").unit("-1..1").nullable(),
            DocumentedColumn::int("region_id", "region").of("universe_regions.region_id").nullable(),
            name("region_name", "name of the region"),
            id("victim_character_id", "who lost the ship; NULL for structures"),
            name("victim_character_name", "name of the victim"),
            id("victim_corporation_id", "corporation of the victim"),
            name("victim_corporation_name", "name of that corporation"),
            id("victim_alliance_id", "alliance of the victim"),
            name("victim_alliance_name", "name of that alliance"),
            id("victim_faction_id", "faction of the victim"),
            name("victim_faction_name", "name of that faction"),
            DocumentedColumn::int("victim_ship_type_id", "what was lost")
                .of("universe_types.type_id")
                .nullable(),
            name("victim_ship_name", "name of that type"),
            DocumentedColumn::real("ship_value", "value of the ship without what it carried")
                .unit("ISK")
                .nullable(),
            DocumentedColumn::real("destroyed_value", "value of the ship and the items that were destroyed")
                .unit("ISK"),
            DocumentedColumn::real("dropped_value", "value of the items that could be looted").unit("ISK"),
            DocumentedColumn::int("attackers", "how many took part").unit("attackers"),
            id("final_blow_character_id", "who fired the last shot; NULL for those who are no pilots"),
            name("final_blow_character_name", "name of that character"),
            id("final_blow_corporation_id", "corporation of that character"),
            name("final_blow_corporation_name", "name of that corporation"),
            DocumentedColumn::int("final_blow_ship_type_id", "ship of that character")
                .of("universe_types.type_id")
                .nullable(),
            name("final_blow_ship_name", "name of that type"),
        ],
        example: "SELECT killmail_time, victim_character_name, victim_ship_name, system_name, destroyed_value, \
                  dropped_value FROM killmail_values ORDER BY destroyed_value DESC, killmail_id LIMIT 10",
    },
    View {
        name: "war_participants",
        doc: "Who takes part in a war: aggressor, defender, and the allies of the defender.",
        columns: &[
            DocumentedColumn::int("war_id", "war").of("wars.war_id"),
            DocumentedColumn::text("side", "aggressor, defender or ally"),
            id("alliance_id", "alliance that takes part; NULL if a corporation does"),
            name("alliance_name", "name of the alliance"),
            id("corporation_id", "corporation that takes part; NULL if an alliance does"),
            name("corporation_name", "name of the corporation"),
            DocumentedColumn::int("ships_killed", "ships that it killed; NULL for allies")
                .unit("ships")
                .nullable(),
            DocumentedColumn::real("isk_destroyed", "value of these ships; NULL for allies")
                .unit("ISK")
                .nullable(),
        ],
        example: "SELECT side, COALESCE(alliance_name, corporation_name) AS name, ships_killed \
                  FROM war_participants WHERE war_id = (SELECT MAX(war_id) FROM wars) ORDER BY side, name",
    },
    View {
        name: "open_wars",
        doc: "Wars that are not over, with the names and the kills of both sides.",
        columns: &[
            DocumentedColumn::int("war_id", "war").of("wars.war_id"),
            DocumentedColumn::time("declared", "when it was declared").nullable(),
            DocumentedColumn::time("started", "when fighting begins or began").nullable(),
            DocumentedColumn::time("retracted", "when it was called off, to end a day later").nullable(),
            DocumentedColumn::time("finished", "when it will end; NULL while that is open").nullable(),
            DocumentedColumn::boolean("mutual", "whether both sides agreed to it").nullable(),
            DocumentedColumn::boolean("open_for_allies", "whether the defender takes allies").nullable(),
            id("aggressor_id", "alliance or corporation that declared it"),
            name("aggressor_name", "its name"),
            DocumentedColumn::int("aggressor_ships_killed", "ships that it killed").unit("ships").nullable(),
            DocumentedColumn::real("aggressor_isk_destroyed", "value of these ships").unit("ISK").nullable(),
            id("defender_id", "alliance or corporation that it was declared on"),
            name("defender_name", "its name"),
            DocumentedColumn::int("defender_ships_killed", "ships that it killed").unit("ships").nullable(),
            DocumentedColumn::real("defender_isk_destroyed", "value of these ships").unit("ISK").nullable(),
            DocumentedColumn::int("allies", "allies of the defender; `war_participants` names them"),
        ],
        example: "SELECT war_id, aggressor_name, defender_name, allies FROM open_wars \
                  ORDER BY aggressor_isk_destroyed + defender_isk_destroyed DESC, war_id LIMIT 10",
    },
    View {
        name: "fw_front",
        doc: "The front of faction warfare with names, and how far each system is from falling.",
        columns: &[
            DocumentedColumn::int("solar_system_id", "solar system").of("universe_systems.system_id"),
            name("system_name", "name of the system"),
            DocumentedColumn::real("security_status", "how safe it is").unit("-1..1").nullable(),
            DocumentedColumn::int("region_id", "region").of("universe_regions.region_id").nullable(),
            name("region_name", "name of the region"),
            id("owner_faction_id", "faction that it belongs to"),
            name("owner_faction_name", "name of that faction"),
            id("occupier_faction_id", "faction that holds it"),
            name("occupier_faction_name", "name of that faction"),
            DocumentedColumn::text("contested", "uncontested, contested, vulnerable or captured").nullable(),
            DocumentedColumn::int("victory_points", "points that the attackers have won")
                .unit("points")
                .nullable(),
            DocumentedColumn::int("victory_points_threshold", "points at which it falls")
                .unit("points")
                .nullable(),
            DocumentedColumn::real("contested_share", "how much of that is won").unit("0..1").nullable(),
        ],
        example: "SELECT system_name, owner_faction_name, occupier_faction_name, contested_share FROM fw_front \
                  ORDER BY contested_share DESC, solar_system_id LIMIT 10",
    },
];
