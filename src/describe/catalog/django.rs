//! The catalog as a Python module: models for Django.
//!
//! A reference becomes a `ForeignObject` beside its column, and never a `ForeignKey` in its place: a `ForeignKey` could not
//! be part of a composite key, and its joins would be inner joins. A view has no key; its first column replaces it.

use std::fmt::Write as _;

use super::selection::{Selection, literal, meaning};
use crate::declare::{Explained, Relation, RelationKind};

const HEAD: &str = r#"
Written by `esi-syncd schema --format django > models.py`; run that again after an update, do not edit. Only read with
these models: they are not managed, and the daemon or the database would undo or refuse your changes.

A relation beside a column says where to join: `MarketOrders.objects.values("price", "type__name")`. The database has
no foreign keys, so the related row may be missing. A view has no key. Because Django needs one, its first column is
declared as the key, although it is not unique.
"""

from django.db import models


class UtcDateTimeField(models.DateTimeField):
    """An instant. SQLite has it as text, such as `2026-11-29 10:20:15Z`.

    Django's own field would compare with `2026-11-29 10:20:15`, which equals no stored text.
    """

    def get_db_prep_value(self, value, connection, prepared=False):
        value = super().get_db_prep_value(value, connection, prepared)
        if connection.vendor == "sqlite" and isinstance(value, str):
            return value[:19] + "Z"
        return value


def points_at(model, column, key):
    return models.ForeignObject(
        model, models.DO_NOTHING, from_fields=[column], to_fields=[key], null=True, related_name="+"
    )
"#;

/// The module for the relations named in `wanted`, or for all if it is empty.
#[must_use]
pub fn django(relations: &[Relation], wanted: &[String]) -> String {
    let selection = Selection::of(relations, wanted);
    let mut text = format!(
        "\"\"\"The tables and views of esi-syncd {}, for Django 5.2 or newer.\n{HEAD}",
        env!("CARGO_PKG_VERSION")
    );
    for relation in selection.iter() {
        model(&mut text, &selection, relation);
    }
    text
}

fn model(text: &mut String, selection: &Selection<'_>, relation: &Relation) {
    let _ =
        writeln!(text, "\n\nclass {}(models.Model):\n    {}\n", class(relation.name), docstring(relation));
    if relation.key.len() > 1 {
        let key: Vec<String> = relation.key.iter().map(|column| literal(column)).collect();
        let _ = writeln!(text, "    pk = models.CompositePrimaryKey({})", key.join(", "));
    }
    for (place, column) in relation.columns.iter().enumerate() {
        let alone = match relation.key {
            [] => place == 0,
            key => key == [column.name],
        };
        let in_key = relation.key.contains(&column.name);
        let option = match (alone, in_key) {
            (true, _) => "primary_key=True, ",
            (false, true) => "",
            (false, false) => "null=True, ",
        };
        let help = literal(&meaning(column));
        let _ = writeln!(text, "    {} = {}({option}help_text={help})", column.name, field(column));
    }
    for column in &relation.columns {
        if let Some((target, key)) = selection.target(column) {
            let (name, model) = (relation_name(relation, column), literal(class(target.name).as_str()));
            let _ =
                writeln!(text, "    {name} = points_at({model}, {}, {})", literal(column.name), literal(key));
        }
    }
    let _ = writeln!(
        text,
        "\n    class Meta:\n        managed = False\n        db_table = {}",
        literal(relation.name)
    );
}

fn docstring(relation: &Relation) -> String {
    let view = if relation.kind == RelationKind::View { " (A view.)" } else { "" };
    literal(&format!("{}{view}", relation.meaning))
}

/// `market_orders`: `MarketOrders`.
fn class(table: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    table.split('_').filter_map(word).collect()
}

/// `type_id`: `type`, unless another column has that name.
fn relation_name(relation: &Relation, column: &Explained) -> String {
    let is_taken = |name: &str| relation.columns.iter().any(|c| c.name == name);
    match column.name.strip_suffix("_id") {
        Some(short) if !is_taken(short) => short.to_owned(),
        _ => format!("{}_row", column.name),
    }
}

/// The field for a column's PostgreSQL type, which is more precise than SQLite's.
fn field(column: &Explained) -> &'static str {
    match column.postgres {
        "BIGINT" => "models.BigIntegerField",
        "DOUBLE PRECISION" => "models.FloatField",
        "BOOLEAN" => "models.BooleanField",
        "TIMESTAMPTZ" => "UtcDateTimeField",
        "DATE" => "models.DateField",
        "JSONB" => "models.JSONField",
        "BYTEA" => "models.BinaryField",
        _ => "models.TextField",
    }
}
