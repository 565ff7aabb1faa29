//! Endings that say what a column is, whatever stands before them.

use std::borrow::Cow;

use super::Meaning;

/// A rule: the ending, what to say (`{}` is what stands before it), and where it points.
struct Rule {
    ending: &'static str,
    says: &'static str,
    unit: Option<&'static str>,
    reference: Option<&'static str>,
}

const fn points(ending: &'static str, says: &'static str, reference: &'static str) -> Rule {
    Rule { ending, says, unit: None, reference: Some(reference) }
}

const fn counts(ending: &'static str, says: &'static str, unit: &'static str) -> Rule {
    Rule { ending, says, unit: Some(unit), reference: None }
}

/// The first that fits is taken.
static RULES: &[Rule] = &[
    points("_solar_system_id", "{}: solar system", "universe_systems.system_id"),
    points("_system_id", "{}: solar system", "universe_systems.system_id"),
    points("_alliance_id", "{}: alliance", "alliances.alliance_id"),
    points("_corporation_id", "{}: corporation", "corporations.corporation_id"),
    points("_character_id", "{}: character", "characters.character_id"),
    points("_faction_id", "{}: NPC faction", "universe_factions.faction_id"),
    points("_ship_type_id", "{}: kind of ship", "universe_types.type_id"),
    points("_type_id", "{}: kind of item", "universe_types.type_id"),
    points("_station_id", "{}: NPC station", "universe_stations.station_id"),
    points("_attribute_id", "{}: attribute that tells it", "dogma_attributes.attribute_id"),
    counts("_position_x", "{}: place in the system along x", "m"),
    counts("_position_y", "{}: place in the system along y", "m"),
    counts("_position_z", "{}: place in the system along z", "m"),
    counts("_isk_destroyed", "value of what the {} destroyed", "ISK"),
    counts("_ships_killed", "ships that the {} destroyed", "ships"),
    counts("kills_yesterday", "kills of the last day", "kills"),
    counts("kills_last_week", "kills of the last week", "kills"),
    counts("kills_total", "kills since the beginning", "kills"),
    counts("victory_points_yesterday", "victory points of the last day", "points"),
    counts("victory_points_last_week", "victory points of the last week", "points"),
    counts("victory_points_total", "victory points since the beginning", "points"),
];

pub(in crate::describe::notes) fn meaning(column: &str) -> Option<Meaning> {
    let (rule, before) = RULES.iter().find_map(|rule| Some((rule, column.strip_suffix(rule.ending)?)))?;
    let text = Cow::Owned(rule.says.replace("{}", &before.replace('_', " ")));
    Some(Meaning { text, unit: rule.unit, reference: rule.reference })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_explains_what_stands_before_it() {
        let victim = meaning("victim_ship_type_id").expect("a rule");
        assert_eq!(victim.text, "victim: kind of ship");
        assert_eq!(victim.reference, Some("universe_types.type_id"));
        assert_eq!(meaning("aggressor_isk_destroyed").expect("a rule").unit, Some("ISK"));
        assert_eq!(meaning("state"), None);
    }
}
