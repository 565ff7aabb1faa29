//! esi-syncd keeps a complete, current and consistent copy of EVE Online's ESI in SQLite or PostgreSQL.

pub mod cli;
pub mod clock;
pub mod config;
pub mod dataset;
pub mod datasets;
pub mod esi;
pub mod log;
pub mod rows;
pub mod signals;
pub mod sim;
pub mod spec;
pub mod store;
pub mod supervisor;
pub mod sync;
pub mod systemd;
