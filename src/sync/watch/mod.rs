//! What is looked after beside the targets: whether ESI and the database are there, and whether our date will do.

pub mod compatibility;
pub(super) mod esi;
pub(super) mod outage;
pub(super) mod progress;
pub(super) mod route_status;
