//! The views: what questions begin with, declared like datasets, one file a subject.
//!
//! A view is three things: its declaration here, its SQL in `migrations/views`, and, where it answers a
//! question worth showing, a query in `docs/queries`. `./test sql::documentation` compares the first two on both
//! databases; nothing at run time reads a view.

use crate::declare::{DocumentedColumn, View};

mod conflict;
mod industry;
mod market;
mod paths;
mod people;
mod places;
mod trade;

const NAMED: &str = "entity_names.id";

/// An id that `entity_names` may know.
const fn id(name: &'static str, meaning: &'static str) -> DocumentedColumn {
    DocumentedColumn::int(name, meaning).of(NAMED).nullable()
}

/// A name, where it is known.
const fn name(name: &'static str, meaning: &'static str) -> DocumentedColumn {
    DocumentedColumn::text(name, meaning).nullable()
}

static ALL: &[&[View]] = &[
    market::VIEWS,
    trade::VIEWS,
    paths::VIEWS,
    places::VIEWS,
    industry::VIEWS,
    conflict::VIEWS,
    people::VIEWS,
];

/// Every declared view.
pub fn all() -> impl Iterator<Item = &'static View> {
    ALL.iter().flat_map(|subject| subject.iter())
}

/// The view of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static View> {
    all().find(|view| view.name == name)
}
