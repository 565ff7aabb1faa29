//! esi-syncd keeps a complete, current and consistent copy of EVE Online's ESI in SQLite or PostgreSQL.

pub mod clock;
pub mod dataset;
pub mod sim;
pub mod spec;
