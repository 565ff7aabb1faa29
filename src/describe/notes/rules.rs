//! Meanings of columns by the ending of their name.

use std::borrow::Cow;

use super::Meaning;

/// A rule: the ending, the meaning (`{}` is the part before the ending), and the unit or the column to join.
struct Rule {
    ending: &'static str,
    text: &'static str,
    unit: Option<&'static str>,
    reference: Option<&'static str>,
}

const fn id(ending: &'static str, text: &'static str, reference: &'static str) -> Rule {
    Rule { ending, text, unit: None, reference: Some(reference) }
}

const fn number(ending: &'static str, text: &'static str, unit: &'static str) -> Rule {
    Rule { ending, text, unit: Some(unit), reference: None }
}

/// The first rule that fits applies.
static RULES: &[Rule] = &[
    id("_solar_system_id", "{}: solar system", "universe_systems.system_id"),
    id("_system_id", "{}: solar system", "universe_systems.system_id"),
    id("_alliance_id", "{}: alliance", "alliances.alliance_id"),
    id("_corporation_id", "{}: corporation", "corporations.corporation_id"),
    id("_character_id", "{}: character", "characters.character_id"),
    id("_faction_id", "{}: NPC faction", "universe_factions.faction_id"),
    id("_ship_type_id", "{}: kind of ship", "universe_types.type_id"),
    id("_type_id", "{}: kind of item", "universe_types.type_id"),
    id("_station_id", "{}: NPC station", "universe_stations.station_id"),
    id("_attribute_id", "{}: attribute that holds it", "dogma_attributes.attribute_id"),
    number("_position_x", "{}: x coordinate in its system", "m"),
    number("_position_y", "{}: y coordinate in its system", "m"),
    number("_position_z", "{}: z coordinate in its system", "m"),
    number("_isk_destroyed", "value of what the {} destroyed", "ISK"),
    number("_ships_killed", "ships that the {} destroyed", "ships"),
    number("kills_yesterday", "kills of the last day", "kills"),
    number("kills_last_week", "kills of the last week", "kills"),
    number("kills_total", "kills since the beginning", "kills"),
    number("victory_points_yesterday", "victory points of the last day", "points"),
    number("victory_points_last_week", "victory points of the last week", "points"),
    number("victory_points_total", "victory points since the beginning", "points"),
];

pub(in crate::describe::notes) fn meaning(column: &str) -> Option<Meaning> {
    let (rule, before) = RULES.iter().find_map(|rule| Some((rule, column.strip_suffix(rule.ending)?)))?;
    let text = Cow::Owned(rule.text.replace("{}", &before.replace('_', " ")));
    Some(Meaning { text, unit: rule.unit, reference: rule.reference })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_gives_the_meaning() {
        let victim = meaning("victim_ship_type_id").expect("a rule");
        assert_eq!(victim.text, "victim: kind of ship");
        assert_eq!(victim.reference, Some("universe_types.type_id"));
        assert_eq!(meaning("aggressor_isk_destroyed").expect("a rule").unit, Some("ISK"));
        assert_eq!(meaning("state"), None);
    }
}
