//! Rows as tests make, bend and compare them: from CCP's examples through the decoder into a database, and beside it what
//! should be there, worked out without the daemon's code.

mod dump;
mod feed;
mod model;
pub mod mutate;
pub mod page;
pub mod tree;

pub use dump::{assert_same, canonical, dump, dump_table, line_of};
pub use feed::{Feed, now, observed, whole};
pub use model::Model;
