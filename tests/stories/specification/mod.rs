//! ESI's specification, compared with our declarations, the simulated ESI and a newer document.

mod sim;
mod spec;
mod spec_diff;
