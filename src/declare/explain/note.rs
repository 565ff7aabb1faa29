//! What a column means.
//!
//! A [`Note`] explains a column's name. A [`DocumentedColumn`] is a column of a view or of the ledger: their SQL is written
//! by hand, so each column is explained where it is declared. The columns of datasets have their notes in
//! `describe::notes`, because ESI's names mean the same in most tables.

use crate::declare::{Dialect, Type};

/// What a column of this name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The column's name.
    pub name: &'static str,
    /// What it holds, in a few words without a full stop.
    pub meaning: &'static str,
    /// The unit of its numbers: `ISK`, `m3`, `s`, ..
    pub unit: Option<&'static str>,
    /// The column to join, as `table.column`.
    pub reference: Option<&'static str>,
}

/// What a column of this name means.
#[must_use]
pub const fn note(name: &'static str, meaning: &'static str) -> Note {
    Note { name, meaning, unit: None, reference: None }
}

impl Note {
    /// The unit of its numbers.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// The column to join, as `table.column`.
    #[must_use]
    pub const fn of(mut self, reference: &'static str) -> Self {
        self.reference = Some(reference);
        self
    }
}

/// A column that is explained where it is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedColumn {
    /// Its name and meaning.
    pub note: Note,
    /// Its type in each dialect.
    types: [&'static str; 2],
    /// Whether it may be NULL.
    pub nullable: bool,
}

impl DocumentedColumn {
    const fn new(name: &'static str, ty: Type, meaning: &'static str) -> Self {
        let types = [Dialect::Sqlite.type_name(ty), Dialect::Postgres.type_name(ty)];
        Self { note: note(name, meaning), types, nullable: false }
    }

    /// A column of bytes, which only the ledger has.
    #[must_use]
    pub const fn bytes(name: &'static str, meaning: &'static str) -> Self {
        Self { note: note(name, meaning), types: ["BLOB", "BYTEA"], nullable: false }
    }

    /// A column of integers.
    #[must_use]
    pub const fn int(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Type::Int, meaning)
    }

    /// A column of doubles.
    #[must_use]
    pub const fn real(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Type::Real, meaning)
    }

    /// A column of booleans.
    #[must_use]
    pub const fn boolean(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Type::Bool, meaning)
    }

    /// A column of texts.
    #[must_use]
    pub const fn text(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Type::Text, meaning)
    }

    /// A column of instants.
    #[must_use]
    pub const fn time(name: &'static str, meaning: &'static str) -> Self {
        Self::new(name, Type::Time, meaning)
    }

    /// An instant that a view computes. SQLite gives an expression only a type that a CAST can name, and a CAST to DATETIME
    /// would turn the text into the number 2026.
    #[must_use]
    pub const fn computed(mut self) -> Self {
        self.types[0] = Dialect::Sqlite.type_name(Type::Text);
        self
    }

    /// The unit of its numbers.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.note = self.note.unit(unit);
        self
    }

    /// The column to join, as `table.column`.
    #[must_use]
    pub const fn of(mut self, reference: &'static str) -> Self {
        self.note = self.note.of(reference);
        self
    }

    /// Its type, in the dialect's own words.
    #[must_use]
    pub const fn type_name(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.types[0],
            Dialect::Postgres => self.types[1],
        }
    }

    /// It may be NULL.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}
