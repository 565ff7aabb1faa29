//! Rows for tests: made from CCP's examples through the decoder, mutated, and compared with a model that does not use the
//! daemon's code.

mod dump;
mod feed;
mod model;
pub mod mutate;
pub mod page;
pub mod tree;

pub use dump::{assert_same, canonical, dump, dump_table, line_of};
pub use feed::{Feed, now, observed, whole};
pub use model::Model;
