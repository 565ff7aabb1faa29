//! Whole days of everything at once.
//!
//! A program of their own, because a day is judged by its clock: beside many other stories, what is late for want of a
//! processor would be taken for stale.

mod soak;
mod story;
#[path = "../stories/support/mod.rs"]
mod support;
