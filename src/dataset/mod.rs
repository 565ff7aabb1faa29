//! The vocabulary in which ESI routes are declared. No I/O; everyone may import it.

mod group;

pub use group::Group;
