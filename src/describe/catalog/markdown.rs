//! The catalog as a document for people: `docs/schema.md`.

use std::fmt::Write as _;

use super::words;
use crate::declare::{Explained, Relation, RelationKind};

const HEAD: &str = "# The database, table by table\n\n\
    Written by `esi-syncd schema --format markdown`; do not edit. The database itself has the same text: in the tables \
    `sync_tables` and `sync_columns`, and on PostgreSQL in the comments of tables and columns.\n\n\
    - **Types** are those of SQLite and PostgreSQL, in this order. On SQLite, times are texts such as \
    `2026-08-18 11:05:00Z`, in UTC, which compare correctly with `datetime('now', '-6 hours')`; booleans are 0 or 1.\n\
    - **NULL**: *key* columns are never NULL. In columns with *yes*, NULL is an ordinary value. In all others, NULL means \
    that ESI left out a required field, which `sync_targets.drift` counts.\n\
    - **Points at** is the column to join. It is not a foreign key: the row to join may come later or never. \
    `entity_names` has the names of ids that point at `entity_names.id`.\n";

/// The document for the relations named in `wanted`, or for all if it is empty.
#[must_use]
pub fn markdown(relations: &[Relation], wanted: &[String]) -> String {
    let parts = [
        ("Tables", RelationKind::Table),
        ("Views", RelationKind::View),
        ("The ledger", RelationKind::Ledger),
    ]
    .map(|(title, kind)| {
        let those = relations
            .iter()
            .filter(|r| r.kind == kind && (wanted.is_empty() || wanted.iter().any(|w| w == r.name)));
        (title, those.collect::<Vec<_>>())
    });
    let mut text = String::new();
    if wanted.is_empty() {
        text.push_str(HEAD);
        for (title, relations) in &parts {
            contents(&mut text, title, relations);
        }
    }
    for (title, relations) in &parts {
        if wanted.is_empty() {
            let _ = writeln!(text, "\n## {title}");
        }
        for relation in relations {
            section(&mut text, relation);
        }
    }
    text
}

/// Writes the contents; tables of one dataset share a line.
fn contents(text: &mut String, title: &str, relations: &[&Relation]) {
    let _ = writeln!(text, "\n**{title}**\n");
    let same = |a: &&Relation, b: &&Relation| match (a.dataset, b.dataset) {
        (Some(a), Some(b)) => a.name == b.name,
        _ => false,
    };
    for family in relations.chunk_by(same) {
        let links: Vec<String> = family.iter().map(|r| format!("[{0}](#{0})", r.name)).collect();
        let _ = writeln!(text, "- {}: {}", links.join(", "), family[0].meaning);
    }
}

fn section(text: &mut String, relation: &Relation) {
    let _ = writeln!(text, "\n### {}\n\n{}\n", relation.name, relation.meaning);
    if let Some(dataset) = relation.dataset {
        let _ = writeln!(text, "- Dataset `{}`, from {}", dataset.name, words::route(dataset));
        let _ = writeln!(text, "- Ids: {}", words::ids(dataset));
        let _ = writeln!(text, "- Asked: {}", words::cadence(dataset));
        let _ = writeln!(text, "- Rows: {}", words::retention(dataset.retention));
    }
    if !relation.key.is_empty() {
        let _ = writeln!(text, "- Key: {}", list(relation.key));
    }
    for index in relation.indexes {
        let _ = writeln!(text, "- Index: {}", list(index));
    }
    if relation.dataset.is_some() || !relation.key.is_empty() {
        text.push('\n');
    }
    text.push_str("| Column | Type | NULL | Unit | Points at | Meaning |\n|---|---|---|---|---|---|\n");
    for column in &relation.columns {
        row(text, relation, column);
    }
    if let Some(example) = relation.example {
        let _ = writeln!(text, "\n```sql\n{example};\n```");
    }
}

fn row(text: &mut String, relation: &Relation, column: &Explained) {
    let Explained { sqlite, postgres, .. } = *column;
    let null = match (relation.key.contains(&column.name), column.nullable) {
        (true, _) => "key",
        (false, true) => "yes",
        (false, false) => "",
    };
    let cells = [
        format!("`{}`", column.name),
        if sqlite == postgres { sqlite.to_owned() } else { format!("{sqlite} / {postgres}") },
        null.to_owned(),
        column.unit.unwrap_or_default().to_owned(),
        column.reference.map(|r| format!("`{r}`")).unwrap_or_default(),
        column.meaning.replace('|', "\\|"),
    ];
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn list(columns: &[&str]) -> String {
    let columns: Vec<String> = columns.iter().map(|c| format!("`{c}`")).collect();
    columns.join(", ")
}
