//! sim
pub mod ask;
pub mod chance;
pub mod generic;
pub mod routes;
pub mod settings;
pub mod world;
