//! The sections of the file, a reader each.

pub(super) mod database;
pub(super) mod datasets;
pub(super) mod esi;
pub(super) mod http;
pub(super) mod log;
mod postgres;
pub(super) mod section;
pub(super) mod sso;
