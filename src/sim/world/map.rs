//! Places: regions contain constellations, constellations contain systems, and systems contain planets, stations and
//! stargates. The five trade hubs have their real ids and names, because people type them; all other places are invented.

use std::collections::HashMap;

use super::names;
use super::places::{
    BodyKind, CelestialBody, Constellation, Gate, Place, Region, Station, Structure, System,
};
use crate::sim::chance;
use crate::sim::chance::mix;
use crate::sim::settings::WorldSize;

/// The region in which PLEX is traded: it has orders and a history but is not in the list of regions.
pub const PLEX_REGION: i64 = 19_000_001;

/// Region, system, system name, station, station name, security status of each hub.
const HUBS: [(i64, &str, i64, &str, i64, &str, f64); 5] = [
    (
        10_000_002,
        "The Forge",
        30_000_142,
        "Jita",
        60_003_760,
        "Jita IV - Moon 4 - Caldari Navy Assembly Plant",
        0.95,
    ),
    (
        10_000_043,
        "Domain",
        30_002_187,
        "Amarr",
        60_008_494,
        "Amarr VIII (Oris) - Emperor Family Academy",
        1.0,
    ),
    (
        10_000_032,
        "Sinq Laison",
        30_002_659,
        "Dodixie",
        60_011_866,
        "Dodixie IX - Moon 20 - Federation Navy Assembly Plant",
        0.87,
    ),
    (
        10_000_030,
        "Heimatar",
        30_002_510,
        "Rens",
        60_004_588,
        "Rens VI - Moon 8 - Brutor Tribe Treasury",
        0.89,
    ),
    (
        10_000_042,
        "Metropolis",
        30_002_053,
        "Hek",
        60_005_686,
        "Hek VIII - Moon 12 - Boundless Creation Factory",
        0.5,
    ),
];

/// All places. Lists are sorted by id.
#[derive(Debug)]
pub struct Map {
    /// Regions, without the PLEX market.
    pub regions: Vec<Region>,
    /// Constellations.
    pub constellations: Vec<Constellation>,
    /// Systems.
    pub systems: Vec<System>,
    /// Stars, planets, moons and belts.
    pub bodies: HashMap<i64, CelestialBody>,
    /// Stargates.
    pub gates: HashMap<i64, Gate>,
    /// Stations.
    pub stations: HashMap<i64, Station>,
    /// Structures.
    pub structures: Vec<Structure>,
}

impl Map {
    /// Generates the map.
    #[must_use]
    pub fn new(seed: u64, size: &WorldSize) -> Self {
        let regions = size.regions.max(HUBS.len());
        let constellations = (size.systems / 7).max(regions);
        let mut map = Self {
            regions: lay_regions(seed, regions),
            constellations: lay_constellations(seed, constellations),
            systems: Vec::new(),
            bodies: HashMap::new(),
            gates: HashMap::new(),
            stations: HashMap::new(),
            structures: Vec::new(),
        };
        map.lay_systems(seed, size.systems.max(constellations));
        map.lay_gates();
        map.structures = (0..size.structures).map(|i| map.structure(seed, i)).collect();
        map.sort();
        map
    }

    fn lay_systems(&mut self, seed: u64, count: usize) {
        let (regions, constellations) = (self.regions.len(), self.constellations.len());
        for i in 0..constellations {
            let region = &mut self.regions[i % regions];
            region.constellations.push(self.constellations[i].id);
            self.constellations[i].region = region.id;
        }
        let mut invented = (30_000_001..).filter(|id| HUBS.iter().all(|hub| hub.2 != *id));
        for i in 0..count {
            let hub = HUBS.get(i);
            let roll = mix(seed, 0x5751_0000 + i as u64);
            let id = hub.map_or_else(|| invented.next().unwrap_or(0), |hub| hub.2);
            let constellation = &mut self.constellations[i % constellations];
            constellation.systems.push(id);
            let mut system = System {
                id,
                name: hub.map_or_else(|| names::proper(seed, i + 500), |hub| hub.3.to_owned()),
                constellation: constellation.id,
                region: constellation.region,
                security: hub
                    .map_or_else(|| chance::rounded(chance::fraction(roll).mul_add(2.0, -1.0), 4), |h| h.6),
                star: 0,
                planets: Vec::new(),
                gates: Vec::new(),
                stations: Vec::new(),
            };
            self.lay_bodies(&mut system, roll);
            let station = match hub {
                Some(hub) => Some((hub.4, hub.5.to_owned())),
                None if i % 3 == 0 => {
                    let planet = names::roman(1 + i % system.planets.len());
                    let owner = names::proper(seed, 300 + i % 20);
                    let id = 60_000_001 + i64::try_from(i).unwrap_or(0);
                    Some((id, format!("{} {planet} - {owner} Storage", system.name)))
                }
                None => None,
            };
            if let Some((id, name)) = station {
                let owner = 1_000_001 + chance::amount(mix(roll, 5), 20);
                self.stations.insert(id, Station { name, system: system.id, owner });
                system.stations.push(id);
            }
            self.systems.push(system);
        }
    }

    fn lay_bodies(&mut self, system: &mut System, roll: u64) {
        let place = |bodies: &mut HashMap<i64, CelestialBody>, kind, name| {
            let id = 40_000_001 + i64::try_from(bodies.len()).unwrap_or(0);
            bodies.insert(id, CelestialBody { kind, name, system: system.id });
            id
        };
        let bodies = &mut self.bodies;
        system.star = place(bodies, BodyKind::Star, format!("{} - Star", system.name));
        for p in 1..=1 + chance::index(roll, 9) {
            let name = format!("{} {}", system.name, names::roman(p));
            let planet = place(bodies, BodyKind::Planet, name.clone());
            let roll = mix(roll, p as u64);
            let moons = (1..=chance::index(roll, 5))
                .map(|m| place(bodies, BodyKind::Moon, format!("{name} - Moon {m}")))
                .collect();
            let belts = (1..=chance::index(mix(roll, 9), 3))
                .map(|b| place(bodies, BodyKind::Belt, format!("{name} - Asteroid Belt {b}")))
                .collect();
            system.planets.push((planet, moons, belts));
        }
    }

    /// A ring through all systems and a chord from every fifth, so that every system can be reached.
    fn lay_gates(&mut self) {
        let count = self.systems.len();
        let ring = (0..count).map(|i| (i, (i + 1) % count));
        let chords = (0..count).step_by(5).map(|i| (i, (i + count / 2) % count));
        for (from, to) in ring.chain(chords).filter(|(from, to)| from != to).collect::<Vec<_>>() {
            let first = 50_000_001 + i64::try_from(self.gates.len()).unwrap_or(0);
            let (a, b) = (self.systems[from].id, self.systems[to].id);
            self.gates.insert(first, Gate { system: a, peer: first + 1, to: b });
            self.gates.insert(first + 1, Gate { system: b, peer: first, to: a });
            self.systems[from].gates.push(first);
            self.systems[to].gates.push(first + 1);
        }
    }

    /// The first structures are near the hubs, all others anywhere.
    fn structure(&self, seed: u64, i: usize) -> Structure {
        let at = if i < 10 {
            i % HUBS.len()
        } else {
            chance::index(mix(seed, 0x57_0000 + i as u64), self.systems.len())
        };
        let system = &self.systems[at];
        let id = 1_020_988_381_991 + i64::try_from(i).unwrap_or(0) * 7;
        Structure {
            id,
            name: format!("{} - {} Freeport", system.name, names::proper(seed, 900 + i)),
            system: system.id,
        }
    }

    fn sort(&mut self) {
        self.regions.sort_by_key(|r| r.id);
        self.constellations.sort_by_key(|c| c.id);
        self.systems.sort_by_key(|s| s.id);
    }
}

fn lay_regions(seed: u64, count: usize) -> Vec<Region> {
    let invented = (10_000_001..).filter(|id| HUBS.iter().all(|hub| hub.0 != *id));
    let hubs = HUBS.iter().map(|hub| (hub.0, hub.1.to_owned()));
    let others = invented.enumerate().map(|(i, id)| (id, names::proper(seed, i)));
    let all = hubs.chain(others).take(count);
    all.map(|(id, name)| Region { id, name, constellations: Vec::new() }).collect()
}

fn lay_constellations(seed: u64, count: usize) -> Vec<Constellation> {
    let ids = (20_000_001..).take(count).enumerate();
    ids.map(|(i, id)| Constellation {
        id,
        name: names::proper(seed, 9_000 + i),
        region: 0,
        systems: Vec::new(),
    })
    .collect()
}

/// Lookups.
impl Map {
    /// The region with this id.
    #[must_use]
    pub fn region(&self, id: i64) -> Option<&Region> {
        self.regions.binary_search_by_key(&id, |r| r.id).ok().map(|i| &self.regions[i])
    }

    /// The constellation with this id.
    #[must_use]
    pub fn constellation(&self, id: i64) -> Option<&Constellation> {
        self.constellations.binary_search_by_key(&id, |c| c.id).ok().map(|i| &self.constellations[i])
    }

    /// The system with this id.
    #[must_use]
    pub fn system(&self, id: i64) -> Option<&System> {
        self.systems.binary_search_by_key(&id, |s| s.id).ok().map(|i| &self.systems[i])
    }

    /// Region ids with the hubs first, largest market first, the PLEX market sixth.
    #[must_use]
    pub fn markets(&self) -> Vec<i64> {
        let hubs = HUBS.iter().map(|hub| hub.0).chain([PLEX_REGION]);
        let others = self.regions.iter().map(|r| r.id).filter(|id| HUBS.iter().all(|hub| hub.0 != *id));
        hubs.chain(others).collect()
    }

    /// The places of a region's orders, its hub first; never empty.
    #[must_use]
    pub fn places(&self, region: i64) -> Vec<Place> {
        let hub = HUBS.iter().find(|hub| hub.0 == region).or(HUBS.first().filter(|_| region == PLEX_REGION));
        let hub = hub.map(|hub| Place { location: hub.4, system: hub.2 });
        let inside = |system: i64| self.system(system).is_some_and(|s| s.region == region);
        let mut stations: Vec<_> = (self.stations.iter().filter(|(_, s)| inside(s.system)))
            .map(|(&location, s)| Place { location, system: s.system })
            .collect();
        stations.sort_by_key(|place| place.location);
        let structures = self.structures.iter().filter(|s| inside(s.system));
        let structures = structures.map(|s| Place { location: s.id, system: s.system });
        let anywhere = self.systems.iter().find(|s| s.region == region).or(self.systems.first());
        let anywhere = anywhere.map(|s| Place { location: s.id + 30_000_000, system: s.id });
        let mut places: Vec<_> = hub.into_iter().chain(stations).chain(structures).collect();
        if places.is_empty() {
            places.extend(anywhere);
        }
        places
    }

    /// The name and category of a region, constellation, system or station.
    #[must_use]
    pub fn name_of(&self, id: i64) -> Option<(&'static str, String)> {
        (self.region(id).map(|r| ("region", r.name.clone())))
            .or_else(|| self.constellation(id).map(|c| ("constellation", c.name.clone())))
            .or_else(|| self.system(id).map(|s| ("solar_system", s.name.clone())))
            .or_else(|| self.stations.get(&id).map(|s| ("station", s.name.clone())))
    }
}
