//! The committed migrations against the declarations, in both dialects.
//!
//! Migrations are files, declarations are values, and nothing at run time makes one from the other. So this is where
//! they are held together: a new declaration fails here, and the failure prints the migration to commit.

use std::collections::{BTreeMap, BTreeSet};

use esi_syncd::datasets;
use esi_syncd::declare::{
    Dataset, Dialect, FIRST_SEEN, IdColumns, LAST_SEEN, Retention, Source, Table, Targets, Type,
};
use esi_syncd::describe::catalog;
use esi_syncd::rows::Decoder;
use esi_syncd::store::{Store, migrations, newest};

use crate::support::{self, Db, on_both};

on_both!(
    tables_are_as_declared,
    tables_are_declared,
    views_are_as_declared,
    views_are_declared,
    text_keys_sort_by_bytes
);

/// What is wrong with a table in the database, in words; empty if nothing is.
async fn differences(store: &Store, table: &Table) -> Vec<String> {
    let dialect = store.dialect();
    let found = store.catalog_columns(table.name).await.expect("the catalog reads");
    if found.is_empty() {
        return vec![format!("there is no table {}", table.name)];
    }
    let mut wrong = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        let key = table.key.iter().position(|k| *k == column.name).map_or(0, |k| k + 1);
        let wanted = (column.name, dialect.type_name(column.ty), key > 0, key);
        let is = found.get(at).map(|c| {
            (c.name.as_str(), c.ty.as_str(), c.not_null, usize::try_from(c.key).expect("a position"))
        });
        if is != Some(wanted) {
            wrong.push(format!(
                "{}.{}, column {}: (name, type, not null, place in the key) is {is:?}, declared {wanted:?}",
                table.name,
                column.name,
                at + 1
            ));
        }
    }
    for extra in found.iter().skip(table.columns.len()) {
        wrong.push(format!("{}.{} is not declared", table.name, extra.name));
    }
    let mut wanted: Vec<String> =
        table.indexes.iter().map(|columns| format!("{}_{}_idx", table.name, columns.join("_"))).collect();
    wanted.sort();
    let indexes = store.catalog_indexes(table.name).await.expect("the catalog reads");
    if indexes != wanted {
        wrong.push(format!("{}: the indexes are {indexes:?}, declared {wanted:?}", table.name));
    }
    wrong
}

/// What to do about a dataset whose tables are missing or different.
fn lesson(dialect: Dialect, dataset: &Dataset, missing: bool, wrong: &[String]) -> String {
    let file = format!("migrations/{}/{:04}_{}.sql", dialect.name(), newest(dialect) + 1, dataset.name);
    let what = if missing {
        format!("commit this as {file}")
    } else {
        format!("commit a change of the table as {file}; the declaration asks for this")
    };
    format!("{}\n\n{what}:\n\n{}", wrong.join("\n"), dialect.create_dataset(dataset))
}

async fn tables_are_as_declared(db: &Db) {
    let store = db.open().await;
    let mut lessons = Vec::new();
    for dataset in datasets::all() {
        let mut wrong = Vec::new();
        for table in dataset.tables {
            wrong.extend(differences(&store, table).await);
        }
        if !wrong.is_empty() {
            let missing = store.catalog_columns(dataset.name).await.expect("the catalog reads").is_empty();
            lessons.push(lesson(store.dialect(), dataset, missing, &wrong));
        }
    }
    store.close().await;
    assert!(lessons.is_empty(), "\n{}", lessons.join("\n\n"));
}

async fn tables_are_declared(db: &Db) {
    let store = db.open().await;
    let sql = match store.dialect() {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Dialect::Postgres => {
            "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let rows = store.query(sql, &[]).await.expect("the catalog reads");
    let unknown: Vec<String> = rows
        .iter()
        .map(|row| row.text("name").expect("a name").unwrap_or_default())
        .filter(|name| !name.starts_with("sync_") && name != "_sqlx_migrations")
        .filter(|name| datasets::filling(name).is_none())
        .collect();
    store.close().await;
    assert!(unknown.is_empty(), "tables that no dataset declares: {unknown:?}");
}

/// The names of a view's columns, in order; on PostgreSQL also their types, which SQLite does not know of expressions.
async fn views_are_as_declared(db: &Db) {
    let store = db.open().await;
    let dialect = store.dialect();
    let mut wrong = Vec::new();
    for view in catalog::views() {
        let found = store.catalog_columns(view.name).await.expect("the catalog reads");
        let typed = |ty: &str| if dialect == Dialect::Postgres { format!(" {ty}") } else { String::new() };
        let is: Vec<String> = found.iter().map(|c| format!("{}{}", c.name, typed(&c.ty))).collect();
        let wanted: Vec<String> =
            view.columns.iter().map(|c| format!("{}{}", c.note.name, typed(c.type_name(dialect)))).collect();
        if is != wanted {
            wrong.push(format!("view {}: its columns are\n  {is:?}\ndeclared\n  {wanted:?}", view.name));
        }
    }
    store.close().await;
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

async fn views_are_declared(db: &Db) {
    let store = db.open().await;
    let sql = match store.dialect() {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name",
        Dialect::Postgres => {
            "SELECT viewname::text AS name FROM pg_views WHERE schemaname = current_schema() ORDER BY 1"
        }
    };
    let rows = store.query(sql, &[]).await.expect("the catalog reads");
    let is: BTreeSet<String> =
        rows.iter().map(|row| row.text("name").expect("a name").unwrap_or_default()).collect();
    let declared: BTreeSet<String> = catalog::views().map(|view| view.name.to_owned()).collect();
    store.close().await;
    assert_eq!(is, declared, "views in the database, and views in src/describe/views");
}

/// Rows are sorted by bytes before they are written, and runs of keys are deleted by comparison: a locale's order in
/// the database would delete the wrong rows.
async fn text_keys_sort_by_bytes(db: &Db) {
    let store = db.open().await;
    if store.dialect() == Dialect::Postgres {
        let sql = "SELECT c.relname::text AS tab, a.attname::text AS name, l.collname::text AS collation \
                   FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
                   JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey) \
                   JOIN pg_collation l ON l.oid = a.attcollation \
                   WHERE c.relnamespace = current_schema()::regnamespace AND l.collname <> 'C' \
                   AND c.relname <> '_sqlx_migrations'";
        let rows = store.query(sql, &[]).await.expect("the catalog reads");
        let wrong: Vec<String> = rows
            .iter()
            .map(|row| ["tab", "name", "collation"].map(|c| row.text(c).unwrap().unwrap()).join(" "))
            .collect();
        assert!(wrong.is_empty(), "text keys need COLLATE \"C\": {wrong:?}");
    }
    store.close().await;
}

#[test]
fn both_dialects_have_the_same_migrations() {
    let [sqlite, postgres] = Dialect::ALL
        .map(|dialect| migrations(dialect).map(|(version, name, _)| (version, name)).collect::<Vec<_>>());
    assert_eq!(sqlite, postgres, "a change of the schema is a file of the same name in both folders");
    for (at, (version, name)) in sqlite.iter().enumerate() {
        assert_eq!(usize::try_from(*version), Ok(at + 1), "migrations are numbered without gaps, see {name}");
    }
}

#[test]
fn no_two_datasets_or_tables_share_a_name() {
    let mut seen = BTreeMap::new();
    for (dataset, table) in datasets::tables() {
        let other = seen.insert(table.name, dataset.name);
        assert_eq!(other, None, "two datasets fill {}", table.name);
    }
    let operations: Vec<String> = datasets::all().map(Dataset::operation).collect();
    let distinct: BTreeSet<&String> = operations.iter().collect();
    assert_eq!(distinct.len(), operations.len(), "an operation is one dataset: {operations:?}");
}

#[test]
fn every_declaration_is_well_formed() {
    let wrong: Vec<String> = datasets::all()
        .flat_map(|dataset| complaints(dataset).into_iter().map(move |c| format!("{}: {c}", dataset.name)))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn complaints(dataset: &Dataset) -> Vec<String> {
    let mut wrong = Vec::new();
    let main = dataset.tables.first().map(|t| t.name);
    match dataset.completes {
        None if main != Some(dataset.name) => {
            wrong.push("a dataset is named after its main table".to_owned());
        }
        Some(other) if datasets::find(other).is_none_or(|d| !std::ptr::eq(d.tables, dataset.tables)) => {
            wrong.push(format!("it completes {other}, whose tables are others"));
        }
        _ => {}
    }
    if dataset.doc.is_empty() || dataset.doc.contains('\n') || !dataset.doc.ends_with('.') {
        wrong.push("its doc is one sentence on one line".to_owned());
    }
    let parameters = dataset.path_params().count();
    let needed = match &dataset.targets {
        Targets::Once | Targets::Named { .. } | Targets::Batched { .. } => Some(0),
        Targets::Regions(_) | Targets::Listed(_) | Targets::Pairs(_) => Some(1),
        Targets::FromTables(_) => None,
    };
    if needed.is_some_and(|needed| parameters != needed) {
        wrong.push(format!(
            "the path has {parameters} parameters, its targets come from {:?}",
            dataset.targets
        ));
    }
    let seen = dataset.table_ids().map(|seen| seen.ids.iter().chain(seen.more)).into_iter().flatten();
    for IdColumns { table, columns, moved, open, .. } in seen {
        if needed.is_none() && columns.len() != parameters {
            wrong.push(format!("the path has {parameters} parameters, its ids are {columns:?}"));
        }
        for column in columns.iter().chain(moved).chain(open) {
            if datasets::filling(table).is_none_or(|(_, t)| t.position(column).is_none()) {
                wrong.push(format!("its targets come from {table}.{column}, which is not declared"));
            }
        }
    }
    if dataset.tombstones.is_some()
        && dataset
            .tables
            .iter()
            .any(|t| t.key.len() != parameters + 1 || t.position("last_seen_at").is_none())
    {
        wrong.push(
            "a table with tombstones has a key of one column beside the target's, and last_seen_at"
                .to_owned(),
        );
    }
    for table in dataset.tables {
        table_complaints(dataset, table, &mut wrong);
    }
    if wrong.is_empty() {
        // Panics, with the reason, if the tables do not fit together.
        let _ = Decoder::new(dataset);
    }
    wrong
}

fn table_complaints(dataset: &Dataset, table: &Table, wrong: &mut Vec<String>) {
    let mut complain = |what: String| wrong.push(format!("{}: {what}", table.name));
    let names: BTreeSet<&str> = table.columns.iter().map(|c| c.name).collect();
    if names.len() != table.columns.len() {
        complain("a column is declared twice".to_owned());
    }
    if table.key.is_empty() {
        complain("a table needs a key".to_owned());
    }
    for key in table.key {
        match table.columns.iter().find(|c| c.name == *key) {
            None => complain(format!("the key column {key} is not declared")),
            Some(c) if c.optional => complain(format!("the key column {key} cannot be optional")),
            Some(c) if matches!(c.ty, Type::Real | Type::Json) => {
                complain(format!("{key} is a {:?}: keys must be comparable", c.ty));
            }
            Some(_) => {}
        }
    }
    for column in table.indexes.iter().copied().flatten() {
        if table.position(column).is_none() {
            complain(format!("the indexed column {column} is not declared"));
        }
    }
    if let (Retention::Snapshot, Some(param)) = (dataset.retention, dataset.param())
        && table.key.first() != Some(&param)
    {
        complain(format!("rows are replaced per target, so the key must start with {param}"));
    }
    let kept = [FIRST_SEEN, LAST_SEEN].iter().filter(|c| table.columns.contains(c)).count();
    let keeps = dataset.retention == Retention::Track || dataset.tombstones.is_some();
    if kept != if keeps { 2 } else { 0 } {
        complain(format!("{:?} and {kept} of the columns first_seen_at, last_seen_at", dataset.retention));
    }
    let depth = table.at.split('.').filter(|s| !s.is_empty()).count();
    for column in table.columns {
        match column.source {
            Source::Above(levels, _) if levels == 0 || levels > depth => {
                complain(format!("{} comes from {levels} lists further out, of {depth}", column.name));
            }
            Source::Key(star) if star >= table.at.matches('*').count() => {
                complain(format!("{}: the place {:?} has not so many stars", column.name, table.at));
            }
            Source::Ordinal(levels) if levels > depth => {
                complain(format!("{} counts {levels} lists further out, of {depth}", column.name));
            }
            Source::Param
                if !dataset.path_params().any(|p| p == column.name) && dataset.pairs().is_none() =>
            {
                complain(format!("{} is no path parameter of {}", column.name, dataset.path));
            }
            _ => {}
        }
        if column.named.is_some() && column.ty != Type::Int {
            complain(format!("{} is no id, and has no name in entity_names", column.name));
        }
    }
}

/// The test above must be able to fail, and to teach.
#[tokio::test]
async fn a_missing_table_is_answered_with_the_file_to_commit() {
    let db = Db::create(support::Kind::Sqlite).await.expect("SQLite is never skipped");
    let store = db.open().await;
    db.meddle("DROP VIEW system_overview; DROP TABLE incursion_systems; ALTER TABLE incursions RENAME COLUMN influence TO power").await;
    let incursions = datasets::find("incursions").expect("declared");
    let mut wrong = Vec::new();
    for table in incursions.tables {
        wrong.extend(differences(&store, table).await);
    }
    let text = lesson(Dialect::Sqlite, incursions, false, &wrong);
    store.close().await;
    assert!(text.contains("incursions.influence, column 4:"), "{text}");
    assert!(text.contains("there is no table incursion_systems"), "{text}");
    assert!(text.contains("migrations/sqlite/0") && text.contains("_incursions.sql"), "{text}");
    assert!(text.contains("CREATE TABLE incursion_systems ("), "{text}");
}
