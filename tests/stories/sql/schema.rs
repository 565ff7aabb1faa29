//! The committed migrations against the declarations, in both dialects.
//!
//! Migrations are files, declarations are values, and nothing at run time makes one from the other. So these
//! tests compare them: a new declaration fails here, and the failure prints the migration to commit.

use std::collections::{BTreeMap, BTreeSet};

use esi_syncd::datasets;
use esi_syncd::declare::{
    Dataset, Dialect, FIRST_SEEN, IdColumns, LAST_SEEN, Retention, Source, Table, Targets, Type,
};
use esi_syncd::describe::catalog;
use esi_syncd::rows::Decoder;
use esi_syncd::store::{MigrationSet, Store, migrations, newest};

use crate::support::{Db, Kind, on_both};

on_both!(
    tables_are_as_declared,
    tables_are_declared,
    views_are_as_declared,
    views_are_declared,
    text_keys_sort_by_bytes,
    what_differs_is_answered_with_the_statements_to_run,
);

/// Something in which a table is not as declared.
struct Difference {
    what: String,
    /// What a release that follows this schema would run, or a comment that says why no statement does it.
    change: String,
}

/// What is wrong with a table in the database; empty if nothing is. Columns are compared by name: one that is added later
/// stands last in old databases, wherever the declaration has it.
async fn differences(store: &Store, table: &Table) -> Vec<Difference> {
    let dialect = store.dialect();
    let found = store.catalog_columns(table.name).await.expect("the catalog reads");
    if found.is_empty() {
        let what = format!("there is no table {}", table.name);
        return vec![Difference { what, change: dialect.create_table(table) }];
    }
    let mut wrong = Vec::new();
    let mut differs = |what: String, change: String| wrong.push(Difference { what, change });
    let anew = |why: &str| format!("-- {why}: {} has to be made anew under this name\n", table.name);
    for column in table.columns {
        let name = format!("{}.{}", table.name, column.name);
        let key = table.key.iter().position(|k| *k == column.name).map_or(0, |k| k + 1);
        let ty = dialect.type_name(column.ty);
        let Some(is) = found.iter().find(|c| c.name == column.name) else {
            let change = match key {
                0 => dialect.add_column(table, column),
                _ => anew("no statement adds a column to a key"),
            };
            differs(format!("{name} is declared, and the table has no such column"), change);
            continue;
        };
        if is.ty != ty {
            let change = match dialect {
                Dialect::Sqlite => anew("SQLite cannot change the type of a column"),
                Dialect::Postgres => format!(
                    "ALTER TABLE {} ALTER COLUMN {} TYPE {ty} USING {1}::{ty};\n",
                    table.name, column.name
                ),
            };
            differs(format!("{name} is {}, declared {ty}", is.ty), change);
        }
        if (is.not_null, usize::try_from(is.key).expect("a position")) != (key > 0, key) {
            let what = format!(
                "{name}: place {} in the key, NOT NULL {}; declared place {key}",
                is.key, is.not_null
            );
            differs(what, anew("the key is another one"));
        }
    }
    for extra in found.iter().filter(|c| table.position(&c.name).is_none()) {
        let change = format!("ALTER TABLE {} DROP COLUMN {};\n", table.name, extra.name);
        differs(format!("{}.{} is not declared", table.name, extra.name), change);
    }
    let indexes = store.catalog_indexes(table.name).await.expect("the catalog reads");
    let wanted: Vec<(String, &[&str])> =
        table.indexes.iter().map(|i| (format!("{}_{}_idx", table.name, i.join("_")), *i)).collect();
    for (name, columns) in wanted.iter().filter(|(name, _)| !indexes.contains(name)) {
        differs(format!("there is no index {name}"), dialect.create_index(table, columns));
    }
    for name in indexes.iter().filter(|name| wanted.iter().all(|(wanted, _)| wanted != *name)) {
        differs(format!("the index {name} is not declared"), format!("DROP INDEX {name};\n"));
    }
    wrong
}

/// What to do about a dataset whose tables are missing or different.
fn lesson(dialect: Dialect, dataset: &Dataset, wrong: &[Difference]) -> String {
    let folder = format!("migrations/{}/{}", dialect.name(), MigrationSet::Public.name());
    let what: Vec<&str> = wrong.iter().map(|w| w.what.as_str()).collect();
    let change: Vec<&str> = wrong.iter().map(|w| w.change.as_str()).collect();
    format!(
        "{}\n\nuntil 0.1.0 is released, edit the base in place; {folder}/0002_tables.sql is to say:\n\n{}\n\
         from the first release on, put this into {folder}/{:04}_NAME.sql, one such file a release:\n\n{}",
        what.join("\n"),
        dialect.create_dataset(dataset),
        newest(dialect) + 1,
        change.join("\n")
    )
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
            lessons.push(lesson(store.dialect(), dataset, &wrong));
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
        .filter(|name| !name.starts_with("sync_"))
        .filter(|name| datasets::filling(name).is_none())
        .collect();
    store.close().await;
    assert!(unknown.is_empty(), "tables that no dataset declares: {unknown:?}");
}

/// The names of a view's columns, in order, and their types. SQLite calls the type of a CAST to an integer INT.
async fn views_are_as_declared(db: &Db) {
    let store = db.open().await;
    let dialect = store.dialect();
    let mut wrong = Vec::new();
    for view in catalog::views() {
        let found = store.catalog_columns(view.name).await.expect("the catalog reads");
        let typed = |ty: &str| if ty == "INT" { "INTEGER".to_owned() } else { ty.to_owned() };
        let is: Vec<String> = found.iter().map(|c| format!("{} {}", c.name, typed(&c.ty))).collect();
        let wanted: Vec<String> =
            view.columns.iter().map(|c| format!("{} {}", c.note.name, c.type_name(dialect))).collect();
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
                   WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND l.collname <> 'C'";
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
    for set in MigrationSet::ALL {
        let [sqlite, postgres] = Dialect::ALL
            .map(|dialect| migrations(dialect, set).iter().map(|m| (m.version, m.name)).collect::<Vec<_>>());
        assert_eq!(sqlite, postgres, "a change of the schema is a file of the same name in both folders");
        for (at, (version, name)) in sqlite.iter().enumerate() {
            assert_eq!(
                usize::try_from(*version),
                Ok(at + 1),
                "migrations are numbered without gaps, see {name}"
            );
        }
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

/// The test above must be able to fail, and to teach: what it prints for a release mends the tables.
async fn what_differs_is_answered_with_the_statements_to_run(db: &Db) {
    let store = db.open().await;
    db.meddle(
        "DROP VIEW system_overview; DROP TABLE incursion_systems; ALTER TABLE incursions DROP COLUMN influence; \
         ALTER TABLE incursions ADD COLUMN power INTEGER; DROP INDEX IF EXISTS incursions_state_idx; \
         CREATE INDEX incursions_state_idx ON incursions (state)",
    )
    .await;
    let incursions = datasets::find("incursions").expect("declared");
    let (mut wrong, mut changes) = (Vec::new(), String::new());
    for table in incursions.tables {
        wrong.extend(differences(&store, table).await);
    }
    let text = lesson(store.dialect(), incursions, &wrong);
    for difference in &wrong {
        changes.push_str(&difference.change);
    }
    // Our statements are not the daemon's: they run on another connection, whose names it learns anew.
    store.close().await;
    let name = if db.kind == Kind::Sqlite { "sqlite" } else { "postgres" };
    for expected in [
        "incursions.influence is declared, and the table has no such column".to_owned(),
        "incursions.power is not declared".to_owned(),
        "the index incursions_state_idx is not declared".to_owned(),
        "there is no table incursion_systems".to_owned(),
        format!("until 0.1.0 is released, edit the base in place; migrations/{name}/public/0002_tables.sql"),
        format!("put this into migrations/{name}/public/0003_NAME.sql"),
        "ALTER TABLE incursions ADD COLUMN influence ".to_owned(),
        "ALTER TABLE incursions DROP COLUMN power;".to_owned(),
        "DROP INDEX incursions_state_idx;".to_owned(),
        "CREATE TABLE incursion_systems (".to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected:?} is missing:\n{text}");
    }
    db.meddle(&changes).await;
    let store = db.open().await;
    for table in incursions.tables {
        let left: Vec<String> = differences(&store, table).await.into_iter().map(|d| d.what).collect();
        assert!(left.is_empty(), "{left:?}");
    }
    store.close().await;
}
