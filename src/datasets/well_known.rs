//! The datasets that the program itself reads, by name. Everywhere else a dataset is a value.

/// The game's build and the players online.
pub const SERVER_STATUS: &str = "server_status";
/// The regions' names and ids, for the configuration.
pub const REGIONS: &str = "universe_regions";
/// The names of ids, and what kind each id is of.
pub const NAMES: &str = "entity_names";
/// Which routes of ESI work.
pub const ROUTE_STATUS: &str = "esi_route_status";
/// The compatibility dates that ESI serves.
pub const COMPATIBILITY_DATES: &str = "esi_compatibility_dates";
/// What ESI changes, and when.
pub const CHANGELOG: &str = "esi_changelog";
