//! The relations to write as code, and the references between them.

use crate::declare::{Explained, Relation, RelationKind};

/// The relations to write.
pub(super) struct Selection<'a>(Vec<&'a Relation>);

impl<'a> Selection<'a> {
    /// The relations named in `wanted`, or all if it is empty.
    pub(super) fn of(relations: &'a [Relation], wanted: &[String]) -> Self {
        let is_wanted = |r: &&Relation| wanted.is_empty() || wanted.iter().any(|name| name == r.name);
        Self(relations.iter().filter(is_wanted).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a Relation> {
        self.0.iter().copied()
    }

    /// The table and column that a column references, if the table is in the selection and the column is its whole key, so
    /// that it matches at most one row.
    pub(super) fn target(&self, column: &Explained) -> Option<(&'a Relation, &'static str)> {
        let (table, key) = column.reference?.split_once('.')?;
        let found = self.iter().find(|r| r.name == table && r.kind != RelationKind::View)?;
        (found.key == [key]).then_some((found, key))
    }
}

/// What a column holds, with its unit.
pub(super) fn meaning(column: &Explained) -> String {
    match column.unit {
        Some(unit) => format!("{} ({unit})", column.meaning),
        None => column.meaning.to_string(),
    }
}

/// A text as a Python literal; a JSON literal is one.
pub(super) fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::describe::catalog;

    fn column<'a>(relations: &'a [Relation], table: &str, column: &str) -> &'a Explained {
        let relation = relations.iter().find(|r| r.name == table).expect("a relation");
        relation.columns.iter().find(|c| c.name == column).expect("a column")
    }

    #[test]
    fn references_stay_inside_the_selection() {
        let all = catalog::all();
        let region = column(&all, "market_orders", "region_id");
        let whole = Selection::of(&all, &[]);
        assert_eq!(
            whole.target(region).map(|(r, key)| (r.name, key)),
            Some(("universe_regions", "region_id"))
        );
        let one = Selection::of(&all, &["market_orders".to_owned()]);
        assert_eq!(one.iter().map(|r| r.name).collect::<Vec<_>>(), ["market_orders"]);
        assert!(one.target(region).is_none(), "universe_regions is not written, so nothing may point at it");
    }

    #[test]
    fn literals_are_quoted() {
        assert_eq!(literal("a \"b\" \\ ü"), r#""a \"b\" \\ ü""#);
    }
}
