//! When work is done, and who wakes whom.

pub(super) mod adoption;
pub mod bells;
mod cadence;
pub(super) mod clock_rewind;
pub mod driver;
pub(super) mod game_build;
pub(super) mod pass;
pub(super) mod plan_input;
pub(super) mod planner;
pub(super) mod start_queue;
