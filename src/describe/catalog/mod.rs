//! The catalog: every table and view of the database, with its meaning.
//!
//! Declarations say where values come from, `notes` what names mean, and `views` and `ledger` document the SQL that is
//! written by hand. The catalog joins them once. All documentation is written from it: `docs/schema.md` ([`markdown`]),
//! `docs/coverage.md` ([`coverage()`]), the command `schema` with its modules for [`sqlalchemy`], [`django`] and
//! [`datasette`], the tables `sync_tables` and `sync_columns`, and PostgreSQL's comments. So these cannot disagree.
//!
//! What a reader could still get wrong: a reference is a hint where to join, not a foreign key. A table can hold a
//! character's id long before the table of characters has that character, or without it ever having it.

mod coverage;
mod datasette;
mod django;
mod ledger;
mod markdown;
mod selection;
mod sqlalchemy;
mod words;

use std::borrow::Cow;

use super::{notes, views};
use crate::datasets;
use crate::declare::{
    Column, Dataset, Dialect, DocumentedColumn, Explained, Relation, RelationKind, Source, Table, View,
};

pub use coverage::coverage;
pub use datasette::datasette;
pub use django::django;
pub use ledger::LedgerTable;
pub use markdown::markdown;
pub use sqlalchemy::sqlalchemy;
pub use words::{cadence, ids};

/// Everything: tables of datasets, views, and the ledger.
#[must_use]
pub fn all() -> Vec<Relation> {
    let tables = datasets::tables().map(|(dataset, table)| of_table(dataset, table));
    let views = views::all().chain([&ledger::STATUS]).map(of_view);
    tables.chain(views).chain(ledger::TABLES.iter().map(of_ledger)).collect()
}

/// The tables of the ledger.
#[must_use]
pub fn ledger() -> &'static [LedgerTable] {
    ledger::TABLES
}

/// All views: those over the data, and the ledger's.
pub fn views() -> impl Iterator<Item = &'static View> {
    views::all().chain([&ledger::STATUS])
}

fn of_table(dataset: &'static Dataset, table: &'static Table) -> Relation {
    let meaning = match (table.doc, table.at) {
        ("", _) if table.name == dataset.name => Cow::Borrowed(dataset.doc),
        ("", "") => Cow::Owned(format!("From the same replies as `{}`.", dataset.name)),
        ("", at) => Cow::Owned(format!("Each element of `{at}` of `{}`, a row each.", dataset.name)),
        (doc, _) => Cow::Borrowed(doc),
    };
    Relation {
        name: table.name,
        kind: RelationKind::Table,
        meaning,
        dataset: Some(dataset),
        key: table.key,
        indexes: table.indexes,
        columns: table.columns.iter().map(|column| of_column(table, column)).collect(),
        example: None,
    }
}

fn of_column(table: &Table, column: &Column) -> Explained {
    let found = notes::meaning(table.name, column.name);
    let named = column.named.map(|_| "entity_names.id");
    let (meaning, unit, reference) =
        found.map_or((Cow::Borrowed(""), None, None), |m| (m.text, m.unit, m.reference));
    let own = |reference: &str| reference.split_once('.') == Some((table.name, column.name));
    let declared = |reference: &str| {
        reference
            .split_once('.')
            .and_then(|(table, column)| datasets::filling(table)?.1.position(column))
            .is_some()
    };
    let reference = reference.filter(|r| !own(r));
    Explained {
        name: column.name,
        sqlite: Dialect::Sqlite.type_name(column.ty),
        postgres: Dialect::Postgres.type_name(column.ty),
        nullable: column.optional || column.source == Source::LastSeen,
        meaning,
        unit,
        reference: reference.filter(|r| declared(r)).or(named),
    }
}

fn of_view(view: &'static View) -> Relation {
    Relation {
        name: view.name,
        kind: RelationKind::View,
        meaning: Cow::Borrowed(view.doc),
        dataset: None,
        key: &[],
        indexes: &[],
        columns: view.columns.iter().map(of_field).collect(),
        example: Some(view.example),
    }
}

fn of_ledger(table: &'static LedgerTable) -> Relation {
    Relation {
        name: table.name,
        kind: RelationKind::Ledger,
        meaning: Cow::Borrowed(table.doc),
        dataset: None,
        key: table.key,
        indexes: table.indexes,
        columns: table.columns.iter().map(of_field).collect(),
        example: None,
    }
}

fn of_field(field: &DocumentedColumn) -> Explained {
    Explained {
        name: field.note.name,
        sqlite: field.type_name(Dialect::Sqlite),
        postgres: field.type_name(Dialect::Postgres),
        nullable: field.nullable,
        meaning: Cow::Borrowed(field.note.meaning),
        unit: field.note.unit,
        reference: field.note.reference,
    }
}
