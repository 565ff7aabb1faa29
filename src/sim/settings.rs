//! The size and strictness of the simulated ESI.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// The settings at the start. The same settings give the same world, byte for byte.
#[derive(Clone, Debug)]
pub struct SimSettings {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The seed of every name, price and change.
    pub seed: u64,
    /// The number of things of each kind.
    pub world: WorldSize,
    /// The number of market orders.
    pub orders: OrderSettings,
    /// Whether an exhausted bucket answers 429 and an exhausted error limit 420; both are counted in any case.
    pub enforce_limits: bool,
    /// Scales the tokens of every bucket and the error limit.
    pub limit_scale: f64,
    /// Whether to compress for clients that accept it.
    pub gzip: bool,
    /// The delay of every reply, in real time.
    pub latency: Duration,
    /// The share of orders (and of other live records) that change at every rebuild, 0..=1.
    pub change_share: f64,
    /// The most bytes of rendered bodies to keep.
    pub cache_bytes: usize,
    /// The most requests in the log.
    pub log_length: usize,
}

impl Default for SimSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 1,
            world: WorldSize::default(),
            orders: OrderSettings { total: 20_000, regions: 6 },
            enforce_limits: true,
            limit_scale: 1.0,
            gzip: true,
            latency: Duration::ZERO,
            change_share: 0.01,
            cache_bytes: 512 << 20,
            log_length: 20_000,
        }
    }
}

impl SimSettings {
    /// A world for the demo: varied, and filled within a minute.
    #[must_use]
    pub fn demo() -> Self {
        // Things that need a request each are few, because ESI's limits apply.
        let world = WorldSize {
            systems: 120,
            characters: 40,
            corporations: 20,
            alliances: 12,
            wars: 60,
            contracts: 5,
            ..WorldSize::default()
        };
        Self { world, orders: OrderSettings { total: 60_000, regions: 8 }, ..Self::default() }
    }

    /// The size of the real market on a busy day, for measurements; limits are not enforced.
    #[must_use]
    pub fn real_size() -> Self {
        Self {
            world: WorldSize { regions: 110, systems: 5_000, types: 15_000, ..WorldSize::default() },
            orders: OrderSettings { total: 1_500_000, regions: 100 },
            enforce_limits: false,
            ..Self::default()
        }
    }
}

/// The number of things of each kind. The predefined ones (five hubs, twenty types) always exist.
#[derive(Clone, Copy, Debug)]
pub struct WorldSize {
    /// Regions in the list; the PLEX market region is extra.
    pub regions: usize,
    /// Solar systems, spread over the regions.
    pub systems: usize,
    /// Item types.
    pub types: usize,
    /// Characters.
    pub characters: usize,
    /// Player corporations.
    pub corporations: usize,
    /// Alliances.
    pub alliances: usize,
    /// Public structures.
    pub structures: usize,
    /// Wars, newest first.
    pub wars: usize,
    /// Wars in one reply of the list.
    pub wars_per_call: usize,
    /// The most public contracts in a region with a market.
    pub contracts: usize,
}

impl Default for WorldSize {
    fn default() -> Self {
        Self {
            regions: 8,
            systems: 300,
            types: 600,
            characters: 2_000,
            corporations: 300,
            alliances: 60,
            structures: 40,
            wars: 2_500,
            wars_per_call: 2_000,
            contracts: 1_300,
        }
    }
}

/// The number of market orders.
#[derive(Clone, Copy, Debug)]
pub struct OrderSettings {
    /// The approximate number of orders in all regions together.
    pub total: usize,
    /// Regions with orders; the largest is The Forge, and one is the PLEX market.
    pub regions: usize,
}
