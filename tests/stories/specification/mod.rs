//! ESI's specification: what our declarations, the simulated ESI and a newer document make of it.

mod sim;
mod spec;
mod spec_diff;
