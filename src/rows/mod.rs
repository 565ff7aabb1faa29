//! Turns replies into rows: page bytes and a declaration in, columns out.
//!
//! The idea is that a page is walked exactly once and never becomes a tree. [`Decoder`] compiles a dataset's
//! tables into a plan that mirrors the JSON's nesting; walking a page with it appends every value straight to the
//! column it belongs to. Measured on order pages (`benches/`), this is two thirds
//! as fast as decoding into hand-written structs, which know nothing of NULL, rejects and drift; a tree of
//! `serde_json::Value` would be two to four times slower.
//!
//! What a reader could still get wrong: JSON objects have no order, so a nested list may come *before* the field of
//! its parent that its rows inherit (`cost_indices` before `solar_system_id`). Inherited columns are therefore
//! filled when the parent object ends, and are shorter than their neighbours until then.

mod batch;
mod cell;
mod decode;
mod keys;
mod order;
mod record_key;
mod scope;
mod set;

pub use batch::{Batch, Cells, ColumnData, Strings};
pub use cell::{Cell, parse_date, parse_time};
pub use decode::{Decoder, Drift, Page, Reject, id_list};
pub use keys::{pack, unpack};
pub use record_key::RecordKey;
pub use scope::{RowScope, typed};
pub use set::{PageRows, Rows};
