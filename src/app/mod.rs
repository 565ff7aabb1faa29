//! The process: what is built at the start, what runs beside the drivers, and in which order all of it ends.

pub mod log;
pub mod signals;
pub mod supervisor;
pub mod systemd;
pub mod upkeep;
