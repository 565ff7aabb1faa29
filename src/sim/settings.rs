//! How large and how strict the simulated ESI is.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Everything that can be chosen before the start. The same settings give the same world, byte for byte.
#[derive(Clone, Debug)]
pub struct SimSettings {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// From this every name, price and movement follows.
    pub seed: u64,
    /// How many of each thing there are.
    pub world: WorldSize,
    /// How many market orders there are.
    pub orders: OrderSettings,
    /// Whether exhausted buckets answer 429 and the error limit 420; they are counted either way.
    pub enforce_limits: bool,
    /// Scales the tokens of every bucket and the error limit.
    pub limit_scale: f64,
    /// Whether to compress for clients that accept it.
    pub gzip: bool,
    /// How long every reply takes, in real time.
    pub latency: Duration,
    /// The share of orders (and of other live records) that change at every rebuild, 0..=1.
    pub change_share: f64,
    /// How many rendered bytes to keep.
    pub cache_bytes: usize,
    /// How many requests the log holds.
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
    /// A world worth looking at offline, filled within a minute.
    #[must_use]
    pub fn demo() -> Self {
        // What is asked for one by one, within limits that are ESI's own, is little of each.
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

    /// The size of the real market on a good day, for measurements: nothing limited.
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

/// How many of each thing there are. Fewer than the named ones (five hubs, twenty types) is not possible.
#[derive(Clone, Copy, Debug)]
pub struct WorldSize {
    /// Regions in the list; the PLEX market region comes on top.
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
    /// How many of them are listed in one reply.
    pub wars_per_call: usize,
    /// Public contracts of a region that has a market, at most.
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

/// How many market orders there are.
#[derive(Clone, Copy, Debug)]
pub struct OrderSettings {
    /// Orders of all regions together, about.
    pub total: usize,
    /// Regions that have any; the largest is The Forge. One of them is the PLEX market.
    pub regions: usize,
}
