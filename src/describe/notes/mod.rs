//! What the columns of datasets mean.
//!
//! ESI's field names mean the same wherever they stand, with few exceptions; so a meaning is written once per *name*
//! and not once per column. A file for each subject has the names that mean one thing everywhere (`NOTES`), and below
//! them what a name means in a certain table (`TABLES`), which comes first. What neither explains, the rules for
//! endings may (`rules`): whatever ends in `_corporation_id` is some corporation.
//!
//! What a reader could still get wrong: a name among `NOTES` explains every table that has it, also one that is
//! declared next year. A name that means several things (`state`, `type`, `name`) belongs to `TABLES`; then a new
//! table with it fails the test of documentation, instead of being explained wrongly.

mod conflict;
mod goods;
mod people;
mod projects;
mod rules;
mod sky;
mod things;
mod upkeep;

use std::borrow::Cow;

use crate::declare::Note;

static COMMON: &[&[Note]] = &[
    upkeep::NOTES,
    sky::NOTES,
    things::NOTES,
    goods::NOTES,
    people::NOTES,
    conflict::NOTES,
    projects::NOTES,
];

static SPECIAL: &[&[(&str, &[Note])]] = &[
    upkeep::TABLES,
    sky::TABLES,
    things::TABLES,
    goods::TABLES,
    people::TABLES,
    conflict::TABLES,
    projects::TABLES,
];

/// What a column means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What it holds.
    pub text: Cow<'static, str>,
    /// What its numbers count.
    pub unit: Option<&'static str>,
    /// The column it points at, as `table.column`.
    pub reference: Option<&'static str>,
}

impl From<&Note> for Meaning {
    fn from(note: &Note) -> Self {
        Self { text: Cow::Borrowed(note.meaning), unit: note.unit, reference: note.reference }
    }
}

/// What a column of a table means; `None` if nobody has said so yet.
#[must_use]
pub fn meaning(table: &str, column: &str) -> Option<Meaning> {
    special()
        .find(|(name, note)| *name == table && note.name == column)
        .map(|(_, note)| note)
        .or_else(|| common().find(|note| note.name == column))
        .map(Meaning::from)
        .or_else(|| rules::meaning(column))
}

/// The names that mean the same everywhere.
pub fn common() -> impl Iterator<Item = &'static Note> {
    COMMON.iter().flat_map(|notes| notes.iter())
}

/// What names mean in a certain table, each with that table.
pub fn special() -> impl Iterator<Item = (&'static str, &'static Note)> {
    let tables = SPECIAL.iter().flat_map(|tables| tables.iter());
    tables.flat_map(|(table, notes)| notes.iter().map(|note| (*table, note)))
}
