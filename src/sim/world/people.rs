//! Characters, corporations, alliances and factions.

use super::names;
use crate::sim::chance;
use crate::sim::chance::mix;
use crate::sim::settings::WorldSize;

/// First ids of each range.
const CHARACTERS: i64 = 90_000_001;
const CORPORATIONS: i64 = 98_000_001;
const ALLIANCES: i64 = 99_000_001;
const NPC_CORPORATIONS: i64 = 1_000_001;
const NPC_COUNT: usize = 20;

/// The factions by id; the first four are the empires with a militia.
const FACTIONS: [(i64, &str); 10] = [
    (500_001, "Caldari State"),
    (500_002, "Minmatar Republic"),
    (500_003, "Amarr Empire"),
    (500_004, "Gallente Federation"),
    (500_005, "Jove Empire"),
    (500_006, "CONCORD Assembly"),
    (500_010, "Guristas Pirates"),
    (500_011, "Angel Cartel"),
    (500_012, "Blood Raider Covenant"),
    (500_019, "Sansha's Nation"),
];

/// The people, as contiguous ranges of ids.
#[derive(Debug)]
pub struct People {
    seed: u64,
    characters: usize,
    corporations: usize,
    alliances: usize,
}

/// The kind of an id, and its position in the range.
fn place(id: i64, first: i64, count: usize) -> Option<usize> {
    usize::try_from(id - first).ok().filter(|i| *i < count)
}

impl People {
    /// The numbers of `size`, but at least one of each.
    #[must_use]
    pub fn new(seed: u64, size: &WorldSize) -> Self {
        Self {
            seed,
            characters: size.characters.max(1),
            corporations: size.corporations.max(1),
            alliances: size.alliances.max(1),
        }
    }

    /// All character ids.
    #[must_use]
    pub fn characters(&self) -> Vec<i64> {
        (CHARACTERS..).take(self.characters).collect()
    }

    /// All ids of player corporations.
    #[must_use]
    pub fn corporations(&self) -> Vec<i64> {
        (CORPORATIONS..).take(self.corporations).collect()
    }

    /// All ids of non-player corporations.
    #[must_use]
    pub fn npc_corporations(&self) -> Vec<i64> {
        (NPC_CORPORATIONS..).take(NPC_COUNT).collect()
    }

    /// All alliance ids.
    #[must_use]
    pub fn alliances(&self) -> Vec<i64> {
        (ALLIANCES..).take(self.alliances).collect()
    }

    /// All factions, id and name.
    #[must_use]
    pub fn factions(&self) -> &'static [(i64, &'static str)] {
        &FACTIONS
    }

    /// The corporation a character is in; `None` for an unknown character.
    #[must_use]
    pub fn corporation_of(&self, character: i64) -> Option<i64> {
        let i = place(character, CHARACTERS, self.characters)?;
        let offset =
            chance::amount(mix(self.seed, 0xC0_0000 + i as u64), i64::try_from(self.corporations).ok()?);
        Some(CORPORATIONS + offset)
    }

    /// The alliance of a corporation; two of three corporations have one.
    #[must_use]
    pub fn alliance_of(&self, corporation: i64) -> Option<i64> {
        let i = place(corporation, CORPORATIONS, self.corporations)?;
        if i % 3 == 2 { None } else { self.alliances().get(i % self.alliances).copied() }
    }

    /// The corporations of an alliance.
    #[must_use]
    pub fn members(&self, alliance: i64) -> Vec<i64> {
        self.corporations().into_iter().filter(|c| self.alliance_of(*c) == Some(alliance)).collect()
    }

    /// The name and category of a character, corporation, alliance or faction.
    #[must_use]
    pub fn name_of(&self, id: i64) -> Option<(&'static str, String)> {
        let seed = self.seed;
        let faction = FACTIONS.iter().find(|f| f.0 == id).map(|f| ("faction", f.1.to_owned()));
        faction
            .or_else(|| {
                let i = place(id, CHARACTERS, self.characters)?;
                Some(("character", format!("{} {}", names::proper(seed, i), names::proper(!seed, i / 3))))
            })
            .or_else(|| {
                let i = place(id, CORPORATIONS, self.corporations)?;
                Some(("corporation", format!("{} Industries", names::proper(seed, i + 4_000))))
            })
            .or_else(|| {
                let i = place(id, NPC_CORPORATIONS, NPC_COUNT)?;
                Some(("corporation", format!("{} Corporation", names::proper(seed, 300 + i))))
            })
            .or_else(|| {
                let i = place(id, ALLIANCES, self.alliances)?;
                Some(("alliance", format!("{} Alliance", names::proper(seed, i + 7_000))))
            })
    }
}
