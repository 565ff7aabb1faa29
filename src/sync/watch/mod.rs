//! Watches over ESI, the database and our compatibility date.

pub mod compatibility;
pub(super) mod esi;
pub(super) mod outage;
pub(super) mod progress;
pub(super) mod route_status;
