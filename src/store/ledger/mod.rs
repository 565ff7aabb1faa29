//! The ledger: what was asked of ESI, what came of it, and when to ask again.
//!
//! Every entry is written in the transaction that writes the rows it speaks of, so that a crash leaves both or neither.

pub(in crate::store) mod budgets;
pub(in crate::store) mod claim;
pub(in crate::store) mod clock_rewind;
pub(in crate::store) mod datasets;
pub(in crate::store) mod drift;
mod esi_condition;
pub(in crate::store) mod pages;
pub(in crate::store) mod selection;
pub(in crate::store) mod target;
