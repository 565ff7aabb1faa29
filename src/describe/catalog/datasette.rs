//! The catalog as metadata for Datasette: what tables and columns mean, and the views' examples as stored queries.
//!
//! Datasette links tables only by foreign keys, which the database does not have; so a description names the column to
//! join. Datasette's own `units` would print prices through a library of physical units, and version 1.0 drops them; so a
//! description names the unit.

use indexmap::IndexMap;
use serde::Serialize;

use super::selection::{Selection, meaning};
use crate::declare::Relation;

#[derive(Serialize)]
struct Metadata<'a> {
    title: &'a str,
    source: &'a str,
    source_url: &'a str,
    databases: IndexMap<&'a str, Database<'a>>,
}

#[derive(Serialize)]
struct Database<'a> {
    tables: IndexMap<&'a str, Table<'a>>,
    queries: IndexMap<String, Query<'a>>,
}

#[derive(Serialize)]
struct Table<'a> {
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_column: Option<&'a str>,
    columns: IndexMap<&'a str, String>,
}

#[derive(Serialize)]
struct Query<'a> {
    title: &'a str,
    sql: &'a str,
}

/// The metadata of a database. Datasette's name for it is the file's name without the ending.
#[must_use]
pub fn datasette(relations: &[Relation], wanted: &[String], database: &str) -> String {
    let selection = Selection::of(relations, wanted);
    let tables = selection.iter().map(|relation| (relation.name, table(relation))).collect();
    let queries = selection
        .iter()
        .filter_map(|r| Some((r.name, r.example?)))
        .map(|(view, sql)| (format!("example_{view}"), Query { title: view, sql }))
        .collect();
    let metadata = Metadata {
        title: "EVE Online's public data, kept by esi-syncd",
        source: "ESI",
        source_url: "https://developers.eveonline.com",
        databases: IndexMap::from([(database, Database { tables, queries })]),
    };
    serde_json::to_string_pretty(&metadata).unwrap_or_default()
}

fn table(relation: &Relation) -> Table<'_> {
    let columns = relation.columns.iter().map(|column| {
        let join = column.reference.map(|to| format!("; join {to}")).unwrap_or_default();
        (column.name, format!("{}{join}", meaning(column)))
    });
    let has_name = relation.columns.iter().any(|c| c.name == "name");
    Table {
        description: &relation.meaning,
        label_column: has_name.then_some("name"),
        columns: columns.collect(),
    }
}
