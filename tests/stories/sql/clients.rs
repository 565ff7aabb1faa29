//! Readers' own programs: the idioms of `docs/clients.md`, and the modules that `schema` writes.
//!
//! `tests/clients/run` tests the programs themselves: it installs them and runs the rest of that document.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, TimeDelta, Timelike as _, Utc};
use esi_syncd::describe::catalog;

use crate::support::esi::{number, toml};
use crate::support::process::run;
use crate::support::{Db, Kind, on_both};

on_both!(idioms_of_the_document_answer_rightly, modules_are_printed_by_name);

/// Nobody listens on the discard port.
const NOBODY: &str = "http://127.0.0.1:9";

struct Order {
    issued: DateTime<Utc>,
    is_buy_order: bool,
}

/// Orders on both sides of every limit that an idiom names.
fn orders(now: DateTime<Utc>) -> Vec<Order> {
    let hours = [1, 5, 7, 50].map(|hours| now - Duration::hours(hours));
    let moments =
        ["17T23:59:59Z", "18T00:00:00Z", "18T10:20:14Z", "18T10:20:15Z", "18T10:20:16Z", "19T00:00:00Z"]
            .map(|moment| format!("2026-08-{moment}").parse().expect("a time"));
    let times = hours.into_iter().chain(moments).enumerate();
    times.map(|(place, issued)| Order { issued, is_buy_order: place % 3 == 0 }).collect()
}

/// The statements of a code block of the document.
fn idioms(label: &str) -> Vec<String> {
    let document = include_str!("../../../docs/clients.md");
    let (_, rest) = document.split_once(&format!("```sql {label}\n")).expect("the block is there");
    let (block, _) = rest.split_once("```").expect("the block ends");
    let statement = |line: &str| line.split(';').next().map(str::to_owned);
    block.lines().filter_map(statement).collect()
}

async fn idioms_of_the_document_answer_rightly(db: &Db) {
    let store = db.open().await;
    let now = Utc::now();
    let orders = orders(now);
    let values: Vec<String> = (1..)
        .zip(&orders)
        .map(|(id, o)| {
            format!("(10000002, {id}, '{}', {})", o.issued.format("%Y-%m-%d %H:%M:%SZ"), o.is_buy_order)
        })
        .collect();
    let into = "INSERT INTO market_orders (region_id, order_id, issued, is_buy_order) VALUES";
    db.meddle(&format!("{into} {}", values.join(", "))).await;

    let moment: DateTime<Utc> = "2026-08-18T10:20:15Z".parse().expect("a time");
    let is_sqlite = db.kind == Kind::Sqlite;
    let wanted: [&dyn Fn(&Order) -> bool; 7] = [
        &|o| now - o.issued < TimeDelta::hours(6),
        &|o| !o.is_buy_order,
        &|o| o.issued.date_naive() == moment.date_naive(),
        &|o| now - o.issued < TimeDelta::hours(6),
        &|o| o.issued.hour() == 10,
        &|o| o.issued == moment,
        // On SQLite a time that equals the limit counts as later, as the document says.
        &|o| o.issued > moment || is_sqlite && o.issued == moment,
    ];
    let idioms = idioms(if is_sqlite { "sqlite" } else { "postgres" });
    assert_eq!(idioms.len(), wanted.len(), "{idioms:#?}");
    for (idiom, wanted) in idioms.iter().zip(wanted) {
        let count = orders.iter().filter(|o| wanted(o)).count();
        let found = number(&store, &idiom.replace("COUNT(*)", "COUNT(*) AS n")).await;
        assert_eq!(usize::try_from(found), Ok(count), "{idiom}");
    }
    store.close().await;
}

#[test]
fn modules_hold_every_table_and_column() {
    let relations = catalog::all();
    let columns = relations.iter().map(|r| r.columns.len()).sum::<usize>();

    let tables = catalog::sqlalchemy(&relations, &[]);
    let models = catalog::django(&relations, &[]);
    for relation in &relations {
        let name = relation.name;
        assert!(tables.contains(&format!("\n{name} = Table(\n    \"{name}\",\n")), "{name}");
        assert!(models.contains(&format!("db_table = \"{name}\"\n")), "{name}");
    }
    assert_eq!(tables.matches("\n    Column(").count(), columns);
    let in_keys = relations.iter().map(|r| r.key.len()).sum::<usize>();
    assert_eq!(tables.matches("primary_key=True").count(), in_keys);
    assert_eq!(models.matches("help_text=").count(), columns);
    let classes: BTreeSet<&str> = models.lines().filter(|line| line.ends_with("(models.Model):")).collect();
    assert_eq!(classes.len(), relations.len(), "two tables share a class");
    let references = tables.matches(", ForeignKey(").count();
    assert_eq!(references, models.matches(" = points_at(").count());
    assert!(references > 200, "{references} of the references are left");

    let metadata: serde_json::Value =
        serde_json::from_str(&catalog::datasette(&relations, &[], "esi")).expect("JSON");
    for relation in &relations {
        let table = &metadata["databases"]["esi"]["tables"][relation.name];
        assert_eq!(table["description"], *relation.meaning, "{}", relation.name);
        for column in &relation.columns {
            let says = table["columns"][column.name].as_str().unwrap_or_default();
            for part in [Some(column.meaning.as_ref()), column.unit, column.reference].into_iter().flatten() {
                assert!(
                    says.contains(part),
                    "{}.{}: {part:?} is not in {says:?}",
                    relation.name,
                    column.name
                );
            }
        }
        let query = &metadata["databases"]["esi"]["queries"][format!("example_{}", relation.name)]["sql"];
        assert_eq!(query.as_str(), relation.example, "{}", relation.name);
    }
}

async fn modules_are_printed_by_name(db: &Db) {
    let toml = toml(db.url(), NOBODY, "");
    let schema = async |arguments: &[&str]| {
        let arguments = [&["schema"], arguments].concat();
        let done = run(db.folder(), &toml, &arguments).await;
        done.expect(0);
        done.said
    };
    let tables = schema(&["--format", "sqlalchemy", "market_orders"]).await;
    assert_eq!(tables.matches(" = Table(").count(), 1, "{tables}");
    assert!(!tables.contains("ForeignKey(\""), "nothing may point at a table that is not written:\n{tables}");
    let models = schema(&["--format", "django", "market_orders", "universe_types"]).await;
    assert!(models.contains("type = points_at(\"UniverseTypes\", \"type_id\", \"type_id\")"), "{models}");
    assert_eq!(models.matches(" = points_at(").count(), 1, "{models}");

    let metadata: serde_json::Value =
        serde_json::from_str(&schema(&["--format", "datasette", "type_paths"]).await).expect("JSON");
    let databases = metadata["databases"].as_object().expect("databases");
    let name = match db.kind {
        Kind::Sqlite => db.path().file_stem().expect("a name").to_string_lossy().into_owned(),
        Kind::Postgres => "esi".to_owned(),
    };
    assert_eq!(databases.keys().collect::<Vec<_>>(), [&name], "Datasette calls a file by its name");

    let markdown = schema(&["--format", "markdown", "market_orders"]).await;
    assert_eq!(schema(&["--format", "md", "market_orders"]).await, markdown);
    let sql = schema(&["--dialect", "postgres", "market_orders"]).await;
    assert!(sql.contains("BIGINT"), "{sql}");
    assert_eq!(schema(&["--dialect", "postgresql", "market_orders"]).await, sql);
}
