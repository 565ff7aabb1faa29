//! What the database holds, explained for those who read it.

pub mod catalog;
pub mod notes;
pub mod views;
