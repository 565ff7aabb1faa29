//! The values that settings take.

pub(super) mod every;
pub(super) mod ids;
pub(super) mod path;
pub(super) mod redact;
pub(super) mod regions;
pub(super) mod value;
