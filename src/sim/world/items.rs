//! Item types, and their two trees: category > group, and the market's own.

use super::names;
use crate::sim::chance;
use crate::sim::chance::mix;

/// PLEX, traded in its own region only.
pub const PLEX: i64 = 44_992;

/// The type of every station.
pub const STATION: i64 = 1_531;

/// The type of every planet.
pub const PLANET: i64 = 13;

/// The type of every stargate.
pub const STARGATE: i64 = 29_624;

/// The type of every star.
pub const STAR: i64 = 45_033;

/// A type whose items have attributes of their own. It is not traded on the market.
pub const MUTATED: i64 = 47_781;

/// Id, name, group and typical price in ISK of the predefined types.
const PREDEFINED: [(i64, &str, i64, f64); 24] = [
    (34, "Tritanium", 18, 4.2),
    (35, "Pyerite", 18, 12.5),
    (36, "Mexallon", 18, 62.0),
    (37, "Isogen", 18, 130.0),
    (38, "Nocxium", 18, 760.0),
    (39, "Zydrine", 18, 1_250.0),
    (40, "Megacyte", 18, 2_900.0),
    (11_399, "Morphite", 18, 17_500.0),
    (582, "Bantam", 25, 420_000.0),
    (583, "Condor", 25, 390_000.0),
    (585, "Slasher", 25, 450_000.0),
    (587, "Rifter", 25, 640_000.0),
    (593, "Tristan", 25, 610_000.0),
    (597, "Punisher", 25, 540_000.0),
    (603, "Merlin", 25, 580_000.0),
    (624, "Maller", 26, 11_000_000.0),
    (2_046, "Damage Control I", 60, 310_000.0),
    (2_048, "Damage Control II", 60, 480_000.0),
    (PLEX, "PLEX", 1_875, 4_900_000.0),
    (STATION, "Caldari Administrative Station", 15, 1.0),
    (PLANET, "Planet (Gas)", 7, 1.0),
    (STARGATE, "Stargate (Caldari System)", 10, 1.0),
    (STAR, "Sun K7 (Orange)", 6, 1.0),
    (MUTATED, "Large Abyssal Shield Booster", 40, 60_000_000.0),
];

/// Id, name and category of the groups; generated types go to the ones of category 7 and 8.
const GROUPS: [(i64, &str, i64); 15] = [
    (18, "Mineral", 4),
    (25, "Frigate", 6),
    (26, "Cruiser", 6),
    (46, "Propulsion Module", 7),
    (53, "Energy Weapon", 7),
    (60, "Damage Control", 7),
    (74, "Hybrid Weapon", 7),
    (83, "Projectile Ammo", 8),
    (85, "Hybrid Charge", 8),
    (1_875, "PLEX", 63),
    (15, "Station", 3),
    (7, "Planet", 2),
    (10, "Stargate", 2),
    (6, "Sun", 2),
    (40, "Shield Booster", 7),
];

const CATEGORIES: [(i64, &str); 7] = [
    (2, "Celestial"),
    (3, "Station"),
    (4, "Material"),
    (6, "Ship"),
    (7, "Module"),
    (8, "Charge"),
    (63, "Special Edition Assets"),
];

/// Id, name and parent of the market groups; leaves hold the types of the listed item group.
const MARKET: [(i64, &str, Option<i64>, Option<i64>); 15] = [
    (4, "Ships", None, None),
    (5, "Standard Frigates", Some(1_361), Some(25)),
    (6, "Standard Cruisers", Some(4), Some(26)),
    (9, "Ship Equipment", None, None),
    (11, "Ammunition & Charges", None, None),
    (52, "Propulsion", Some(9), Some(46)),
    (475, "Manufacture & Research", None, None),
    (533, "Materials", Some(475), None),
    (615, "Hull Upgrades", Some(9), Some(60)),
    (1_361, "Frigates", Some(4), None),
    (1_857, "Minerals", Some(533), Some(18)),
    (1_922, "Pilot's Services", None, Some(1_875)),
    (2_300, "Energy Turrets", Some(9), Some(53)),
    (2_301, "Hybrid Turrets", Some(9), Some(74)),
    (2_302, "Projectile Ammo", Some(11), Some(83)),
];

/// A type.
#[derive(Debug)]
pub struct Item {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its group.
    pub group: i64,
    /// Its market group; `None` if it cannot be traded.
    pub market_group: Option<i64>,
    /// Its typical price, in hundredths of an ISK.
    pub cents: i64,
}

/// A group of types.
#[derive(Debug)]
pub struct ItemGroup {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: &'static str,
    /// Its category.
    pub category: i64,
}

/// A node of the market's tree.
#[derive(Debug)]
pub struct MarketGroup {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: &'static str,
    /// The node above.
    pub parent: Option<i64>,
    /// The item group whose types it lists.
    group: Option<i64>,
}

/// All types, sorted by id.
#[derive(Debug)]
pub struct Items {
    /// Every type.
    pub all: Vec<Item>,
    /// Ids of those that can be traded, most traded first, without PLEX.
    pub traded: Vec<i64>,
    prices: Vec<i64>,
}

impl Items {
    /// The predefined types, and invented ones up to `count` in all.
    #[must_use]
    pub fn new(seed: u64, count: usize) -> Self {
        let predefined = PREDEFINED.iter().map(|&(id, name, group, isk)| (id, name.to_owned(), group, isk));
        let invented =
            (3_000..).filter(|id| PREDEFINED.iter().all(|k| k.0 != *id)).step_by(3).enumerate().map(
                |(i, id)| {
                    let roll = mix(seed, 0x17_0000 + i as u64);
                    let group = GROUPS[3 + i % 6].0;
                    (id, names::item(i), group, 10_f64.powf(chance::fraction(roll).mul_add(6.5, 1.5)))
                },
            );
        let mut all: Vec<Item> = (predefined.chain(invented).take(count.max(PREDEFINED.len())))
            .map(|(id, name, group, isk)| Item {
                id,
                name,
                group,
                market_group: market_of(group),
                cents: cents(isk),
            })
            .collect();
        let traded: Vec<i64> =
            all.iter().filter(|i| i.market_group.is_some() && i.id != PLEX).map(|i| i.id).collect();
        let prices =
            all.iter().filter(|i| i.market_group.is_some() && i.id != PLEX).map(|i| i.cents).collect();
        all.sort_by_key(|i| i.id);
        Self { all, traded, prices }
    }

    /// The type with this id.
    #[must_use]
    pub fn item(&self, id: i64) -> Option<&Item> {
        self.all.binary_search_by_key(&id, |i| i.id).ok().map(|i| &self.all[i])
    }

    /// The `nth` traded type and its typical price in hundredths of an ISK.
    #[must_use]
    pub fn traded(&self, nth: usize) -> (i64, i64) {
        (self.traded[nth], self.prices[nth])
    }

    /// All groups.
    pub fn groups(&self) -> impl Iterator<Item = ItemGroup> {
        GROUPS.iter().map(|&(id, name, category)| ItemGroup { id, name, category })
    }

    /// All categories, id and name.
    #[must_use]
    pub fn categories(&self) -> &'static [(i64, &'static str)] {
        &CATEGORIES
    }

    /// All nodes of the market's tree.
    pub fn market_groups(&self) -> impl Iterator<Item = MarketGroup> {
        MARKET.iter().map(|&(id, name, parent, group)| MarketGroup { id, name, parent, group })
    }

    /// Ids of the types in a group.
    #[must_use]
    pub fn in_group(&self, group: i64) -> Vec<i64> {
        self.all.iter().filter(|i| i.group == group).map(|i| i.id).collect()
    }

    /// Ids of the types a node of the market's tree lists.
    #[must_use]
    pub fn in_market_group(&self, node: &MarketGroup) -> Vec<i64> {
        node.group.map_or_else(Vec::new, |group| self.in_group(group))
    }
}

/// Hybrid charges (group 85) are left out of the market: types that exist but cannot be traded.
fn market_of(group: i64) -> Option<i64> {
    MARKET.iter().find(|node| node.3 == Some(group)).map(|node| node.0)
}

#[expect(clippy::cast_possible_truncation, reason = "prices are below 10^15")]
fn cents(isk: f64) -> i64 {
    (isk * 100.0) as i64
}
