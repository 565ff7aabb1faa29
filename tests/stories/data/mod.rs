//! From bytes to rows and ledger entries: what is stored, set aside, kept and deleted.

mod evolution;
mod ledger;
mod meta;
mod one_moment;
mod prune;
mod rows;
mod scope;
mod store;
mod undecodable;
mod values;
