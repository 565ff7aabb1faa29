//! What a declaration asks for and how it reads the reply, as one text.
//!
//! A stored row stands for the declaration it was read with. When that changes, because a column was added or is read
//! from another field, targets must be asked again, or rows that are never asked twice would lack the new column for
//! ever. So the text names everything that decides what a row holds, in words of its own: a derived debug print would
//! change with the compiler or with a renamed type, and all of ESI would be asked for again.
//!
//! What a reader could still get wrong: cadence, size and documentation are left out on purpose, because they change
//! nothing in the rows.

use std::fmt::Write as _;

use super::{Body, Column, Dataset, Dialect, Pages, Source};

impl Dataset {
    /// The text: a line for the question, one for each table, one for each column.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = self.operation();
        for (name, value) in self.query {
            let _ = write!(text, " {name}={value}");
        }
        let pages = match self.pages {
            Pages::One => "one",
            Pages::Numbered => "numbered",
            Pages::Cursor => "cursor",
            Pages::Walk(_) => "walk",
        };
        let (body, field) = match self.body {
            Body::List => ("list", ""),
            Body::Object => ("object", ""),
            Body::Envelope(field) => ("envelope", field),
            Body::Lists(field) => ("lists", field),
        };
        let _ = writeln!(text, " pages={pages} body={body} {field}");
        for table in self.tables {
            let _ = writeln!(text, "table {} at={} key={}", table.name, table.at, table.key.join(","));
            for column in table.columns {
                let _ = writeln!(text, "column {} {} {}", column.name, type_name(column), source(column));
            }
        }
        text
    }
}

fn type_name(column: &Column) -> &'static str {
    Dialect::Postgres.type_name(column.ty)
}

fn source(column: &Column) -> String {
    match column.source {
        Source::Field(field) => format!("field={field}"),
        Source::Above(levels, field) => format!("above={levels}:{field}"),
        Source::Param => "param".to_owned(),
        Source::Element => "element".to_owned(),
        Source::Ordinal(levels) => format!("ordinal={levels}"),
        Source::Key(star) => format!("key={star}"),
        Source::Tag(field) => format!("tag={field}"),
        Source::FirstSeen => "first_seen".to_owned(),
        Source::LastSeen => "last_seen".to_owned(),
        Source::Observed => "observed".to_owned(),
    }
}
