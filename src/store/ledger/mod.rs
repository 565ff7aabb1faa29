//! The ledger: what was asked of ESI, with what result, and when to ask again.
//!
//! Every entry is written in the transaction that writes its rows, so a crash leaves both or neither.

pub(in crate::store) mod budgets;
pub(in crate::store) mod claim;
pub(in crate::store) mod clock_rewind;
pub(in crate::store) mod datasets;
pub(in crate::store) mod drift;
mod esi_condition;
pub(in crate::store) mod pages;
pub(in crate::store) mod selection;
pub(in crate::store) mod target;
