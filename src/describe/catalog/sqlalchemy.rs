//! The catalog as a Python module: tables for SQLAlchemy.
//!
//! A [`Relation`] becomes a `Table` of SQLAlchemy Core, which queries, joins and mapped classes can all use. A class would
//! need a key, which a view does not have.

use std::fmt::Write as _;

use super::selection::{Selection, literal, meaning};
use crate::declare::{Explained, Relation};

const HEAD: &str = r#"
Written by `esi-syncd schema --format sqlalchemy`; run that again after an update, do not edit.

    from sqlalchemy import create_engine, select
    from esi_tables import market_orders, universe_types

    engine = create_engine("sqlite:///file:esi.db?mode=ro&uri=true")
    query = select(market_orders, universe_types.c.name).join_from(market_orders, universe_types, isouter=True)

A `ForeignKey` here says where to join. The database has no foreign keys: the row to join may come later or never, so
prefer outer joins. Name the columns of a join if two tables are connected more than once.
"""

from datetime import datetime, timezone

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, DateTime, Float, ForeignKey, LargeBinary, MetaData
from sqlalchemy import Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator):
    """An instant, as an aware `datetime` in UTC. SQLite has it as text, such as `2026-11-29 10:20:15Z`.

    SQLAlchemy's own `DateTime` would compare with `2026-11-29 10:20:15.000000`, which equals no stored text.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        utc = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
        return utc.strftime("%Y-%m-%d %H:%M:%SZ") if dialect.name == "sqlite" else utc

    def process_result_value(self, value, dialect):
        if isinstance(value, str):
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return value


metadata = MetaData()
"#;

/// The module for the relations named in `wanted`, or for all if it is empty.
#[must_use]
pub fn sqlalchemy(relations: &[Relation], wanted: &[String]) -> String {
    let selection = Selection::of(relations, wanted);
    let mut text = format!(
        "\"\"\"The tables and views of esi-syncd {}, for SQLAlchemy 2.\n{HEAD}",
        env!("CARGO_PKG_VERSION")
    );
    for relation in selection.iter() {
        table(&mut text, &selection, relation);
    }
    text
}

fn table(text: &mut String, selection: &Selection<'_>, relation: &Relation) {
    let _ = writeln!(text, "\n{0} = Table(\n    {1},\n    metadata,", relation.name, literal(relation.name));
    for column in &relation.columns {
        let mut parts = vec![literal(column.name), python_type(column).to_owned()];
        if let Some((target, key)) = selection.target(column) {
            parts.push(format!("ForeignKey({})", literal(&format!("{}.{key}", target.name))));
        }
        if relation.key.contains(&column.name) {
            parts.push("primary_key=True".to_owned());
        }
        parts.push(format!("comment={}", literal(&meaning(column))));
        let _ = writeln!(text, "    Column({}),", parts.join(", "));
    }
    let _ = writeln!(text, "    comment={},\n)", literal(&relation.meaning));
}

/// The type for a column's PostgreSQL type, which is more precise than SQLite's.
fn python_type(column: &Explained) -> &'static str {
    match column.postgres {
        "BIGINT" => "BigInteger",
        "DOUBLE PRECISION" => "Float",
        "BOOLEAN" => "Boolean",
        "TIMESTAMPTZ" => "UtcDateTime",
        "DATE" => "Date",
        "JSONB" => "JSON().with_variant(JSONB(), \"postgresql\")",
        "BYTEA" => "LargeBinary",
        _ => "Text",
    }
}
