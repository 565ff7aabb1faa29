//! The world behind the simulated ESI: things that refer to each other and exist.
//!
//! Everything follows from the seed. Places, items and people are generated at the start, because other things refer to
//! them. Changing data (orders, prices, counts) is computed from (record, version) and never stored. So 1.5 million orders
//! take no memory, and any version can be computed at any time.

mod items;
mod map;
mod names;
mod orders;
mod people;
mod places;
mod timeline;

pub use items::{Item, ItemGroup, Items, MUTATED, MarketGroup, PLANET, PLEX, STAR, STARGATE, STATION};
pub use map::{Map, PLEX_REGION};
pub use names::{item as item_name, proper as proper_name, roman, ticker};
pub use orders::{Filter, Market, OrderBook, PAGE_ROWS};
pub use people::People;
pub use places::{BodyKind, CelestialBody, Constellation, Gate, Place, Region, Station, Structure, System};
pub use timeline::{Rebuild, Timeline};

use chrono::{DateTime, Utc};

use super::chance;
use super::settings::{SimSettings, WorldSize};
use crate::spec::facts;

/// The founding of the invented records: midnight before the first day of 2026, in seconds since 1970.
pub const FOUNDED: i64 = 1_767_225_600;

/// The whole world.
#[derive(Debug)]
pub struct World {
    /// The seed of the world.
    pub seed: u64,
    /// When routes are rebuilt and records change.
    pub timeline: Timeline,
    /// Places.
    pub map: Map,
    /// Item types and their trees.
    pub items: Items,
    /// Characters, corporations, alliances and factions.
    pub people: People,
    /// Market orders.
    pub orders: OrderBook,
    /// The number of wars.
    pub wars: usize,
    /// The wars in one reply of the list.
    pub wars_per_call: usize,
    /// The most public contracts in a region.
    pub contracts: usize,
}

impl World {
    /// Generates the world of these settings.
    #[must_use]
    pub fn new(settings: &SimSettings) -> Self {
        let seed = settings.seed;
        let map = Map::new(seed, &settings.world);
        let items = Items::new(seed, settings.world.types);
        let people = People::new(seed, &settings.world);
        let orders = OrderBook::new(seed, settings, &map);
        let timeline = Timeline::new(settings.change_share);
        let WorldSize { wars, wars_per_call, contracts, .. } = settings.world;
        Self { seed, timeline, map, items, people, orders, wars, wars_per_call, contracts }
    }

    /// A hash of the world's seed and `what`.
    #[must_use]
    pub fn chance(&self, what: u64) -> u64 {
        chance::mix(self.seed, what)
    }

    /// The rebuild of a region's order list that is current at `now`.
    #[must_use]
    pub fn orders_rebuild(&self, region: i64, now: DateTime<Utc>) -> Rebuild {
        let operation = facts().operation("GET", "/markets/{region_id}/orders");
        let path = format!("/markets/{region}/orders");
        match operation {
            Some(operation) => self.timeline.rebuild(operation, &path, now),
            None => Rebuild { version: 0, built: now, expires: now, ttl: 1 },
        }
    }

    /// The number of orders of a region at `now`; 0 without a market.
    #[must_use]
    pub fn orders_in(&self, region: i64, now: DateTime<Utc>) -> usize {
        let version = self.orders_rebuild(region, now).version;
        self.orders.market(region).map_or(0, |market| self.orders.count(market, version))
    }

    /// The name and category of an id of any of the nine kinds that `POST /universe/names` knows.
    #[must_use]
    pub fn name_of(&self, id: i64) -> Option<(&'static str, String)> {
        self.map.name_of(id).or_else(|| self.people.name_of(id)).or_else(|| {
            let item = self.items.item(id)?;
            Some(("inventory_type", item.name.clone()))
        })
    }
}
