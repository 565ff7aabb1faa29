//! One attempt at one target: ask, decode, doubt, commit.

pub(super) mod batch;
pub(super) mod cursor;
pub(super) mod doubt;
pub(super) mod failure;
pub(super) mod memory;
mod merge_pages;
pub(super) mod outcome;
mod page_sink;
pub(super) mod set;
pub(super) mod stored_pages;
