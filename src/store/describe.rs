//! The database's description of itself: the tables `sync_tables` and `sync_columns`, and on `PostgreSQL`
//! comments.
//!
//! The description is the text of some thousand statements and changes only with the program's version. So a
//! hash of it is kept in `sync_instance`, written in the same transaction, and a start that finds its own
//! hash writes nothing.

use std::fmt::Write as _;

use super::{Arg, Store, StoreError, Write, newest};
use crate::declare::{Dataset, Dialect, Explained, Relation, RelationKind, digest};

/// Rows in one statement: far below any limit of arguments.
const ROWS: usize = 100;

impl Store {
    /// Writes down what tables, views and columns mean, unless the database already has the same text.
    /// Returns whether anything was written.
    ///
    /// # Errors
    /// If the database cannot be written, or refuses a comment because a relation is missing or not ours.
    pub async fn describe(&self, relations: &[Relation]) -> Result<bool, StoreError> {
        let dialect = self.dialect();
        let tables: Vec<Vec<Arg>> = relations.iter().map(table_row).collect();
        let columns: Vec<Vec<Arg>> = relations.iter().flat_map(|r| column_rows(dialect, r)).collect();
        let comments =
            if dialect == Dialect::Postgres { comments(relations, self.schema()) } else { String::new() };
        // The migration's version is part of the hash because a migration may recreate a table without its
        // comments. Recreated views clear the stored hash themselves.
        let hash = digest(&format!("{} {tables:?} {columns:?} {comments}", newest(dialect)));

        let known = self.query("SELECT documentation FROM sync_instance WHERE id = 1", &[]).await?;
        if known.first().map_or(Ok(None), |row| row.text("documentation"))?.as_ref() == Some(&hash) {
            return Ok(false);
        }
        let mut tx = self.begin().await?;
        tx.execute("DELETE FROM sync_tables", &[]).await?;
        tx.execute("DELETE FROM sync_columns", &[]).await?;
        let into = "INSERT INTO sync_tables (table_name, kind, dataset, operation, key_columns, write_mode, \
                    cadence_seconds, meaning) VALUES ";
        tx.insert(into, &tables).await?;
        let into = "INSERT INTO sync_columns (table_name, column_name, position, type, nullable, unit, reference, \
                    meaning) VALUES ";
        tx.insert(into, &columns).await?;
        if !comments.is_empty() {
            tx.batch(&comments).await?;
        }
        tx.execute("UPDATE sync_instance SET documentation = $1 WHERE id = 1", &[hash.into()]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

impl Write {
    /// Inserts rows of equal length, many at a time.
    async fn insert(&mut self, into: &str, rows: &[Vec<Arg>]) -> Result<(), StoreError> {
        for some in rows.chunks(ROWS) {
            let mut next = 1..;
            let tuples: Vec<String> = some
                .iter()
                .map(|row| {
                    let places: Vec<String> =
                        next.by_ref().take(row.len()).map(|n| format!("${n}")).collect();
                    format!("({})", places.join(", "))
                })
                .collect();
            self.execute(&format!("{into}{}", tuples.join(", ")), &some.concat()).await?;
        }
        Ok(())
    }
}

fn table_row(relation: &Relation) -> Vec<Arg> {
    let dataset = relation.dataset;
    let key = (!relation.key.is_empty()).then(|| relation.key.join(", "));
    vec![
        relation.name.into(),
        relation.kind.name().into(),
        dataset.map(|d| d.name.to_owned()).into(),
        dataset.map(Dataset::operation).into(),
        key.into(),
        dataset.map(|d| d.retention.name().to_owned()).into(),
        dataset.map(|d| i64::try_from(d.period().as_secs()).unwrap_or(i64::MAX)).into(),
        relation.meaning.as_ref().into(),
    ]
}

fn column_rows(dialect: Dialect, relation: &Relation) -> impl Iterator<Item = Vec<Arg>> {
    relation.columns.iter().zip(1_i64..).map(move |(column, position)| {
        vec![
            relation.name.into(),
            column.name.into(),
            position.into(),
            column.type_name(dialect).into(),
            column.nullable.into(),
            column.unit.map(str::to_owned).into(),
            column.reference.map(str::to_owned).into(),
            column.meaning.as_ref().into(),
        ]
    })
}

/// `COMMENT ON` for everything, as one script.
fn comments(relations: &[Relation], schema: Option<&str>) -> String {
    let mut script = String::new();
    for relation in relations {
        let kind = if relation.kind == RelationKind::View { "VIEW" } else { "TABLE" };
        let from = relation.dataset.map(|d| format!(" From {}.", d.operation())).unwrap_or_default();
        let text = quoted(&format!("{}{from}", relation.meaning));
        let name = Dialect::qualified(schema, relation.name);
        let _ = writeln!(script, "COMMENT ON {kind} {name} IS {text};");
        for column in &relation.columns {
            let text = quoted(&comment(column));
            let _ = writeln!(script, "COMMENT ON COLUMN {name}.{} IS {text};", Dialect::ident(column.name));
        }
    }
    script
}

fn comment(column: &Explained) -> String {
    let unit = column.unit.map(|unit| format!(" [{unit}]")).unwrap_or_default();
    let reference = column.reference.map(|reference| format!(" -> {reference}")).unwrap_or_default();
    format!("{}{unit}{reference}", column.meaning)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
