//! The bodies of replies.

pub(super) mod document;
pub(super) mod generic;
pub(super) mod payload;
pub(super) mod shelf;
