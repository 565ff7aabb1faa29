//! Doubt: complete sets that are not believed at once, and rows that are not taken for gone.

pub(in crate::sync) mod doubts;
pub(in crate::sync) mod missing;
pub(in crate::sync) mod shrink_guard;
pub(in crate::sync) mod unread;
