//! What the columns of datasets mean.
//!
//! With few exceptions, an ESI field name has the same meaning in all tables. So a meaning is written once per *name* and
//! not once per column. Each subject has a file: `NOTES` holds names with one meaning everywhere, and `TABLES` holds
//! meanings in a certain table, which take precedence. If neither explains a name, the rules for endings may (`rules`): a
//! name that ends in `_corporation_id` is a corporation.
//!
//! What a reader could still get wrong: a name in `NOTES` explains every table that has it, including tables that are
//! declared later. A name with several meanings (`state`, `type`, `name`) belongs in `TABLES`. Then a new table with that
//! name fails the test of the documentation, and does not get a wrong meaning.

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
    /// The unit of its numbers.
    pub unit: Option<&'static str>,
    /// The column to join, as `table.column`.
    pub reference: Option<&'static str>,
}

impl From<&Note> for Meaning {
    fn from(note: &Note) -> Self {
        Self { text: Cow::Borrowed(note.meaning), unit: note.unit, reference: note.reference }
    }
}

/// The meaning of a column of a table; `None` if it has none yet.
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

/// The meanings of names in a certain table, each with that table.
pub fn special() -> impl Iterator<Item = (&'static str, &'static Note)> {
    let tables = SPECIAL.iter().flat_map(|tables| tables.iter());
    tables.flat_map(|(table, notes)| notes.iter().map(|note| (*table, note)))
}
