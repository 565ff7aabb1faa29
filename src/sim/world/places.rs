//! The places on the map: a type for each kind of place.

/// A region and the constellations in it.
#[derive(Debug)]
pub struct Region {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Ids of its constellations.
    pub constellations: Vec<i64>,
}

/// A constellation and the systems in it.
#[derive(Debug)]
pub struct Constellation {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The region it lies in.
    pub region: i64,
    /// Ids of its systems.
    pub systems: Vec<i64>,
}

/// A solar system and what is in it.
#[derive(Debug)]
pub struct System {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The constellation it lies in.
    pub constellation: i64,
    /// The region it lies in.
    pub region: i64,
    /// Its security status, from -1.0 to 1.0.
    pub security: f64,
    /// Its star.
    pub star: i64,
    /// Planets, each with its moons and asteroid belts.
    pub planets: Vec<(i64, Vec<i64>, Vec<i64>)>,
    /// Ids of its stargates.
    pub gates: Vec<i64>,
    /// Ids of its stations.
    pub stations: Vec<i64>,
}

/// A star, planet, moon or asteroid belt.
#[derive(Debug)]
pub struct CelestialBody {
    /// Its kind.
    pub kind: BodyKind,
    /// Its name.
    pub name: String,
    /// The system it is in.
    pub system: i64,
}

/// Kinds of celestial bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// At the centre of a system.
    Star,
    /// Circles a star.
    Planet,
    /// Circles a planet.
    Moon,
    /// Near a planet.
    Belt,
}

/// A stargate and the one it leads to.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// Its system.
    pub system: i64,
    /// The gate at the other end.
    pub peer: i64,
    /// The system at the other end.
    pub to: i64,
}

/// A station of a non-player corporation.
#[derive(Debug)]
pub struct Station {
    /// Its name.
    pub name: String,
    /// The system it is in.
    pub system: i64,
    /// The corporation that owns it.
    pub owner: i64,
}

/// A player-built structure that is open to the public.
#[derive(Debug)]
pub struct Structure {
    /// ESI's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The system it is in.
    pub system: i64,
}

/// A place for orders: a station or structure, and its system.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Station or structure id.
    pub location: i64,
    /// Its system.
    pub system: i64,
}
