//! Whole days of everything at once.

mod soak;
mod story;
