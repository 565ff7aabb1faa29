//! Watches other than targets: whether ESI and the database are there, and whether our date still serves.

pub mod compatibility;
pub(super) mod esi;
pub(super) mod outage;
pub(super) mod progress;
pub(super) mod route_status;
