//! The process: what it builds at the start, what runs beside the drivers, and the order in which everything ends.

pub mod log;
pub mod signals;
pub mod supervisor;
pub mod systemd;
pub mod upkeep;
