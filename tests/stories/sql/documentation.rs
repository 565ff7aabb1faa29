//! The meaning of the database has three copies that must agree: `docs/schema.md`, `sync_tables` with
//! `sync_columns`, and PostgreSQL's comments.
//!
//! A new table needs no entry here. Its columns need meanings, and a failure prints the line to paste.

use std::collections::BTreeSet;

use esi_syncd::app::supervisor::open_store;
use esi_syncd::config;
use esi_syncd::config::{Config, ConfigSource};
use esi_syncd::datasets;
use esi_syncd::declare::{Dialect, Note, Relation};
use esi_syncd::describe::catalog;
use esi_syncd::describe::{notes, views};
use esi_syncd::store::{Row, Store};

use crate::support::esi::{number, reader, toml};
use crate::support::process::run;
use crate::support::{Db, Kind, on_both};

on_both!(
    the_database_says_what_it_means,
    a_database_that_cannot_be_explained_is_filled_all_the_same,
    the_ledger_is_as_explained,
    the_printed_sql_makes_the_same_database,
    views_and_documents_are_printed_by_name,
);

/// Nobody listens on the discard port.
const NOBODY: &str = "http://127.0.0.1:9";

fn plain_config(db: &Db) -> Config {
    let text = format!("[database]\nurl = {:?}\n", db.url());
    let source = ConfigSource { name: "config.toml".to_owned(), text };
    config::load(&source, std::iter::empty(), &datasets::supported())
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_column_is_explained() {
    let mut missing = Vec::new();
    for relation in catalog::all() {
        for column in relation.columns.iter().filter(|c| c.meaning.is_empty()) {
            missing.push(format!(
                "    note({:?}, \"\"), // {}, {}",
                column.name, relation.name, column.postgres
            ));
        }
    }
    assert!(
        missing.is_empty(),
        "columns that nobody has explained. Say what each holds, in a file of src/describe/notes if the name means the same \
         everywhere (NOTES), else under its table (TABLES); add .unit(\"ISK\") and .of(\"table.column\") \
         where that applies:\n{}",
        missing.join("\n")
    );
}

#[test]
fn explanations_are_short_lines() {
    let wrong: Vec<String> = catalog::all()
        .iter()
        .flat_map(|r| r.columns.iter().map(|c| format!("{}.{}: {}", r.name, c.name, c.meaning)))
        .filter(|line| {
            line.ends_with('.') && !line.ends_with("..") || line.contains('\n') || line.len() > 200
        })
        .collect();
    assert!(wrong.is_empty(), "a few words on one line, without a full stop:\n{}", wrong.join("\n"));
    let wrong: Vec<String> = catalog::all()
        .iter()
        .filter(|r| !r.meaning.ends_with('.') || r.meaning.contains('\n'))
        .map(|r| format!("{}: {}", r.name, r.meaning))
        .collect();
    assert!(wrong.is_empty(), "what a row is, in a sentence on one line:\n{}", wrong.join("\n"));
}

#[test]
fn a_name_is_explained_once() {
    let mut seen = BTreeSet::new();
    let twice: Vec<&str> = notes::common().map(|note| note.name).filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "explained twice in src/describe/notes: {twice:?}");
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = notes::special()
        .map(|(table, note)| (table, note.name))
        .filter(|place| !seen.insert(*place))
        .collect();
    assert!(twice.is_empty(), "explained twice in src/describe/notes, for one table: {twice:?}");
    let lost: Vec<_> = notes::special()
        .filter(|(table, note)| {
            datasets::filling(table).is_some_and(|(_, t)| t.position(note.name).is_none())
        })
        .map(|(table, note)| format!("{table}.{}", note.name))
        .collect();
    assert!(lost.is_empty(), "TABLES in src/describe/notes explains columns that are not there: {lost:?}");
}

/// A name outside of the tables that are declared must at least be one of ESI's, or nothing will ever have it.
#[test]
fn every_note_is_about_something() {
    let declared = || datasets::tables().flat_map(|(_, t)| t.columns).map(|c| c.name);
    let esi = esi_names();
    let lost: Vec<&str> = notes::common()
        .map(|note| note.name)
        .filter(|name| !declared().any(|c| c == *name) && !esi.contains(*name))
        // Names of ours, for tables to come.
        .filter(|name| {
            ![
                "ordinal",
                "item_ordinal",
                "metric",
                "period",
                "rank",
                "price_kind",
                "listing_id",
                "modified_effect_id",
            ]
            .contains(name)
        })
        .collect();
    assert!(lost.is_empty(), "no column and no field of ESI has these names: {lost:?}");
}

/// Every parameter, and every field under every name that it may have when nested objects are flattened.
fn esi_names() -> BTreeSet<String> {
    fn walk(schema: &esi_syncd::spec::Schema, before: &[String], names: &mut BTreeSet<String>) {
        for (name, field) in &schema.fields {
            let path: Vec<String> = before.iter().chain([name]).cloned().collect();
            for from in 0..path.len() {
                names.insert(path[from..].join("_"));
            }
            walk(field, &path, names);
        }
        for element in &schema.of {
            walk(element, before, names);
        }
    }
    let mut names = BTreeSet::new();
    for operation in &esi_syncd::spec::facts().operations {
        names.extend(operation.params.iter().map(|p| p.name.clone()));
        if let Some(schema) = &operation.schema {
            walk(schema, &[], &mut names);
        }
    }
    names
}

#[test]
fn every_reference_is_a_column() {
    let relations = catalog::all();
    let exists = |reference: &str| {
        let (table, column) = reference.split_once('.').expect("a reference is table.column");
        relations.iter().any(|r| r.name == table && r.columns.iter().any(|c| c.name == column))
    };
    let special = notes::special().map(|(_, note)| note);
    let fields = views::all().flat_map(|v| v.columns).chain(catalog::ledger().iter().flat_map(|t| t.columns));
    let notes: Vec<&Note> = notes::common().chain(special).chain(fields.map(|f| &f.note)).collect();
    let wrong: BTreeSet<String> = notes
        .iter()
        .filter_map(|note| Some((note.name, note.reference?)))
        .filter(|(_, reference)| !exists(reference))
        .map(|(name, reference)| format!("{name} points at {reference}"))
        .collect();
    assert!(wrong.is_empty(), "no such columns: {wrong:#?}");
}

#[test]
fn the_documents_are_true() {
    let documents = [
        ("docs/schema.md", "schema --format markdown", catalog::markdown(&catalog::all(), &[])),
        ("docs/coverage.md", "spec coverage", catalog::coverage()),
    ];
    for (name, command, is) in documents {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let line = committed.lines().zip(is.lines()).position(|(a, b)| a != b).map_or(0, |at| at + 1);
        assert!(
            committed == is,
            "{name} is not what the declarations say (line {line}). Run:\n\n    cargo run -- {command} > {name}\n"
        );
    }
}

/// Counted once more, from the document itself: every public operation that is worth a table has one.
#[test]
fn all_public_operations_are_copied() {
    let document = catalog::coverage();
    assert!(document.contains("| public operations | 82 | 82 |"), "{document}");
    let listed: BTreeSet<&str> = document
        .lines()
        .skip_while(|line| *line != "## Public operations")
        .take_while(|line| *line != "## Never copied")
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(listed.len(), 82, "{listed:#?}");
}

fn text(row: &Row, column: &str) -> Option<String> {
    row.text(column).unwrap_or_else(|e| panic!("{column}: {e}"))
}

async fn the_database_says_what_it_means(db: &Db) {
    let config = plain_config(db);
    let store = open_store(&config).await.expect("opens");
    says_all(&store, &catalog::all()).await;

    let differ = "SELECT COUNT(*) AS n FROM sync_tables AS t JOIN sync_datasets AS d ON d.dataset = t.dataset \
                  WHERE t.cadence_seconds <> d.period_seconds OR t.operation <> d.operation";
    assert_eq!(number(&store, differ).await, 0, "the ledger's own words for the default configuration");

    assert!(!store.describe(&catalog::all()).await.expect("reads"), "nothing changed, nothing is written");
    let mut changed = catalog::all();
    let orders = changed.iter_mut().find(|r| r.name == "market_orders").expect("declared");
    orders.columns[0].meaning = "somebody's region".into();
    assert!(store.describe(&changed).await.expect("writes"), "a changed meaning is written");
    says_all(&store, &changed).await;
    store.close().await;

    // The next start finds another version's words.
    let store = open_store(&config).await.expect("opens");
    says_all(&store, &catalog::all()).await;
    store.close().await;
}

async fn says_all(store: &Store, relations: &[Relation]) {
    let rows = store.query("SELECT * FROM sync_tables ORDER BY table_name", &[]).await.expect("reads");
    assert_eq!(rows.len(), relations.len());
    for row in &rows {
        let name = text(row, "table_name").expect("a name");
        let relation = relations.iter().find(|r| r.name == name).expect("declared");
        assert_eq!(text(row, "kind").as_deref(), Some(relation.kind.name()), "{name}");
        assert_eq!(text(row, "meaning").as_deref(), Some(relation.meaning.as_ref()), "{name}");
        assert_eq!(text(row, "dataset").as_deref(), relation.dataset.map(|d| d.name), "{name}");
        assert_eq!(
            text(row, "write_mode").as_deref(),
            relation.dataset.map(|d| d.retention.name()),
            "{name}"
        );
        assert_eq!(text(row, "key_columns").unwrap_or_default(), relation.key.join(", "), "{name}");
    }
    for relation in relations {
        let sql = "SELECT * FROM sync_columns WHERE table_name = $1 ORDER BY position";
        let rows = store.query(sql, &[relation.name.into()]).await.expect("reads");
        assert_eq!(rows.len(), relation.columns.len(), "{}", relation.name);
        for (row, column) in rows.iter().zip(&relation.columns) {
            let at = format!("{}.{}", relation.name, column.name);
            assert_eq!(text(row, "column_name").as_deref(), Some(column.name), "{at}");
            assert_eq!(text(row, "type").as_deref(), Some(column.type_name(store.dialect())), "{at}");
            assert_eq!(row.bool("nullable").expect("a boolean"), column.nullable, "{at}");
            assert_eq!(text(row, "unit").as_deref(), column.unit, "{at}");
            assert_eq!(text(row, "reference").as_deref(), column.reference, "{at}");
            assert_eq!(text(row, "meaning").as_deref(), Some(column.meaning.as_ref()), "{at}");
        }
        if store.dialect() == Dialect::Postgres {
            has_comments(store, relation).await;
        }
    }
}

async fn has_comments(store: &Store, relation: &Relation) {
    let sql = "SELECT obj_description(c.oid, 'pg_class') AS table_says, a.attname::text AS name, \
               col_description(c.oid, a.attnum) AS says FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
               WHERE c.relname = $1 AND c.relnamespace = quote_ident(current_schema())::regnamespace AND a.attnum > 0 \
               AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = store.query(sql, &[relation.name.into()]).await.expect("the catalog reads");
    assert_eq!(rows.len(), relation.columns.len(), "{}", relation.name);
    for (row, column) in rows.iter().zip(&relation.columns) {
        let whole = text(row, "table_says").unwrap_or_default();
        assert!(whole.starts_with(relation.meaning.as_ref()), "{}: {whole}", relation.name);
        let says = text(row, "says").unwrap_or_default();
        for part in [Some(column.meaning.as_ref()), column.unit, column.reference].into_iter().flatten() {
            assert!(says.contains(part), "{}.{}: {part:?} is not in {says:?}", relation.name, column.name);
        }
    }
}

/// Somebody dropped a table: PostgreSQL has nothing to comment on. The data is worth more than its explanation.
async fn a_database_that_cannot_be_explained_is_filled_all_the_same(db: &Db) {
    let store = db.open().await;
    store.close().await;
    db.meddle("DROP TABLE fw_wars").await;
    let store = open_store(&plain_config(db)).await.expect("opens all the same");
    let explained = if db.kind == Kind::Sqlite { catalog::all().len() } else { 0 };
    let tables = number(&store, "SELECT COUNT(*) AS n FROM sync_tables").await;
    assert_eq!(usize::try_from(tables), Ok(explained), "all of it or nothing");
    assert!(number(&store, "SELECT COUNT(*) AS n FROM sync_datasets").await > 0);
    store.close().await;
}

async fn the_ledger_is_as_explained(db: &Db) {
    let store = db.open().await;
    let dialect = store.dialect();
    for table in catalog::ledger() {
        let found = store.catalog_columns(table.name).await.expect("the catalog reads");
        let wanted: Vec<_> = table
            .columns
            .iter()
            .map(|c| {
                let key = table.key.iter().position(|k| *k == c.note.name).map_or(0, |at| at + 1);
                (c.note.name, c.type_name(dialect), !c.nullable, i64::try_from(key).expect("small"))
            })
            .collect();
        let is: Vec<_> = found.iter().map(|c| (c.name.as_str(), c.ty.as_str(), c.not_null, c.key)).collect();
        assert_eq!(is, wanted, "{}: src/describe/catalog/ledger.rs and the first migration", table.name);
        let indexes = store.catalog_indexes(table.name).await.expect("the catalog reads");
        assert_eq!(indexes.len(), table.indexes.len(), "{}: {indexes:?}", table.name);
    }
    let tables = match dialect {
        Dialect::Sqlite => {
            "SELECT COUNT(*) AS n FROM sqlite_schema WHERE type = 'table' AND name LIKE 'sync!_%' ESCAPE '!'"
        }
        Dialect::Postgres => {
            "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'sync!_%' ESCAPE '!'"
        }
    };
    let explained = i64::try_from(catalog::ledger().len()).expect("a few");
    assert_eq!(
        number(&store, tables).await,
        explained,
        "a table of the ledger is not in src/describe/catalog/ledger.rs"
    );
    store.close().await;
}

async fn the_printed_sql_makes_the_same_database(db: &Db) {
    let migrated = Db::create(db.kind).await.expect("the kind of database is there");
    let first = migrated.open().await;
    let printed = run(db.folder(), &toml(db.url(), NOBODY, ""), &["schema"]).await;
    if db.kind == Kind::Sqlite {
        std::fs::File::create_new(db.path()).expect("an empty file is an empty database");
    }
    db.meddle(&printed.expect(0).said).await;
    let second = reader(db).await;
    for relation in catalog::all() {
        let (one, two) =
            (first.catalog_columns(relation.name).await, second.catalog_columns(relation.name).await);
        assert_eq!(one.expect("reads"), two.expect("reads"), "{}", relation.name);
        let (one, two) =
            (first.catalog_indexes(relation.name).await, second.catalog_indexes(relation.name).await);
        assert_eq!(one.expect("reads"), two.expect("reads"), "{}", relation.name);
    }
    second.close().await;
    first.close().await;
    migrated.remove().await;
}

async fn views_and_documents_are_printed_by_name(db: &Db) {
    let toml = toml(db.url(), NOBODY, "");
    let sql = run(db.folder(), &toml, &["schema", "system_paths"]).await;
    sql.expect(0).contains("CREATE VIEW system_paths AS").contains("LEFT JOIN universe_regions");
    assert!(!sql.said.contains("CREATE TABLE"), "only the view:\n{}", sql.said);

    let markdown = ["schema", "--format", "markdown", "market_orders", "system_paths"];
    let document = run(db.folder(), &toml, &markdown).await;
    document.expect(0).in_order(&[
        "### market_orders",
        "| `volume_remain` | INTEGER / BIGINT |  | units |  | units not traded yet |",
        "### system_paths",
    ]);
    assert!(!document.said.contains("### market_prices"), "only what was named:\n{}", document.said);

    run(db.folder(), &toml, &["schema", "sync_status"])
        .await
        .expect(0)
        .contains("CREATE VIEW sync_status AS");
    run(db.folder(), &toml, &["schema", "system_path"])
        .await
        .expect(1)
        .contains("there is no table or view `system_path`; did you mean `system_paths`?");
}
