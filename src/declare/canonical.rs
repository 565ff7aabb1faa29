//! The canonical text of a declaration: its request, and how the reply becomes rows.
//!
//! A stored row depends on the declaration that it was read with. If that changes (a column was added, or is read from
//! another field), targets must be asked again; else rows of targets that are asked once would never get the new column.
//! So the text contains everything that decides a row's content. It is not a derived debug print, because that would
//! change with the compiler or with a renamed type, and then everything would be asked again.
//!
//! What a reader could still get wrong: cadence, size and documentation are left out on purpose, because they do not
//! change rows.

use std::fmt::Write as _;

use super::{Body, Column, Dataset, Dialect, Pages, Source};

impl Dataset {
    /// The text: a line for the request, one for each table, one for each column.
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
