//! The documentation of the database, for its readers.

pub mod catalog;
pub mod notes;
pub mod views;
