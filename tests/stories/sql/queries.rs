//! The queries of the README: one text for both databases, the same answers, and never an empty one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::declare::RelationKind;
use esi_syncd::describe::{catalog, views};
use esi_syncd::sim::{Sim, SimSettings};
use esi_syncd::store::{Location, Store};

use crate::support::esi::{clock, close, config, context, reader, run_pass, small};
use crate::support::process::Program;
use crate::support::{Db, Kind as Which};

/// Whether a first fill leaves a column empty everywhere, because nothing can have ended while it was made: a row that
/// vanished upstream, and an open war's end.
fn is_for_later(relation: &str, column: &str) -> bool {
    column == "last_seen_at" || (relation, column) == ("open_wars", "finished")
}

/// The files of docs/queries, by name.
fn queries() -> BTreeMap<String, String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/queries");
    let files = std::fs::read_dir(folder).expect("the queries are there");
    let read = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().expect("a plain name");
        (name, std::fs::read_to_string(file.path()).expect("text"))
    };
    files.map(|file| read(file.expect("a file"))).filter(|(name, _)| name != "README.md").collect()
}

async fn answer(store: &Store, name: &str, sql: &str) -> Vec<Vec<String>> {
    let sql = sql.trim().trim_end_matches(';');
    let rows = store.query(sql, &[]).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    rows.iter().map(|row| (0..row.columns().len()).map(|at| row.display(at)).collect()).collect()
}

/// A number means the same as `4`, `4.0` and `4.00`, and SQLite's booleans are 0 and 1.
fn plain(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let plain = |text: &String| match text.as_str() {
        "true" => "1.000000".to_owned(),
        "false" => "0.000000".to_owned(),
        _ => text.parse::<f64>().map_or_else(|_| text.clone(), |n| format!("{n:.6}")),
    };
    rows.iter().map(|row| row.iter().map(plain).collect()).collect()
}

/// Both said the same; the last digits of a sum of doubles depend on how a database adds.
fn assert_agree(what: &str, one: &[Vec<String>], two: &[Vec<String>]) {
    let close = |(a, b): (&String, &String)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => a == b,
    };
    let (one, two) = (plain(one), plain(two));
    assert_eq!(one.len(), two.len(), "rows of {what}");
    for (a, b) in one.iter().zip(&two) {
        assert!(a.len() == b.len() && a.iter().zip(b).all(close), "{what}:\n{a:?}\n{b:?}");
    }
}

/// What each view says: its columns, and its rows in an order of ours.
async fn views_say(store: &Store) -> BTreeMap<&'static str, (Vec<String>, Vec<Vec<String>>)> {
    let mut all = BTreeMap::new();
    for view in views::all() {
        let name = view.name;
        let sql = format!("SELECT * FROM {name}");
        let rows = store.query(&sql, &[]).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        let columns = rows.first().unwrap_or_else(|| panic!("{name} is empty")).columns();
        let mut rows = plain(&answer(store, name, &sql).await);
        rows.sort();
        all.insert(name, (columns, rows));
    }
    all
}

#[tokio::test]
async fn every_query_has_an_answer_and_both_databases_agree() {
    let (Some(lite), Some(post)) = (Db::create(Which::Sqlite).await, Db::create(Which::Postgres).await)
    else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    let rates = "max_rate = 1000\nbackfill_rate = 1000\n\
                 [datasets.war_killmail_refs]\nenabled = true\n[datasets.killmails]\nenabled = true\n";
    let (mut answers, mut seen) = (Vec::new(), Vec::new());
    for db in [&lite, &post] {
        // Each fill in a world of its own that stands still at the same moment.
        let clock = clock(1.0);
        let sim = Sim::start(small(), clock.clone()).await.expect("a port");
        sim.hold();
        let config = config(db, &sim, rates);
        let ctx = context(&config, &clock).await;
        assert_eq!(run_pass(&ctx, &config).await.1, 0, "the fill");
        let mut these = BTreeMap::new();
        for (name, sql) in queries() {
            these.insert(name.clone(), answer(&ctx.store, &name, &sql).await);
        }
        seen.push(views_say(&ctx.store).await);
        for view in views::all() {
            let name = format!("the example of {}", view.name);
            these.insert(name.clone(), answer(&ctx.store, &name, view.example).await);
        }
        answers.push(these);
        if db.kind == Which::Sqlite {
            values_are_as_their_types_say(&ctx.store).await;
        }
        close(ctx).await;
        sim.stop().await;
        a_type_without_details_has_its_name(db).await;
    }
    assert_eq!(queries().len(), 19, "nineteen queries");
    for (name, rows) in &answers[0] {
        assert!(!rows.is_empty(), "{name} has no answer");
        // These two tell times of the fill, to the second.
        if !name.starts_with("09") && !name.starts_with("10") {
            assert_agree(name, rows, &answers[1][name]);
        }
    }
    for view in views::all().map(|view| view.name) {
        assert_eq!(seen[0][view].0, seen[1][view].0, "the columns of {view}");
        assert_agree(view, &seen[0][view].1, &seen[1][view].1);
    }
    lite.remove().await;
    post.remove().await;
}

/// What a newcomer sees: the real command, in an empty folder.
#[tokio::test]
async fn the_demo_fills_every_table_and_every_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Program::start(folder.path(), "", &["demo"]).end_within(Duration::from_mins(4)).await;
    demo.expect(0).in_order(&[
        "asked before expiry: 0, limits broken: 0",
        "What does Jita 4-4 charge for minerals",
        "Where is manufacturing cheapest",
        "How fresh is the copy?",
        "It is all in demo.db",
    ]);
    let path = folder.path().join("demo.db");
    let store = Store::open_to_read(&Location::Sqlite(path)).await.expect("opens");
    let mut empty = Vec::new();
    for relation in catalog::all().iter().filter(|r| r.kind != RelationKind::Ledger) {
        let counts: Vec<String> =
            relation.columns.iter().map(|c| format!("COUNT({0}) AS {0}", c.name)).collect();
        let sql = format!("SELECT COUNT(*) AS all_rows, {} FROM {}", counts.join(", "), relation.name);
        let rows = store.query(&sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        let count = |column: &str| rows[0].int(column).expect("a number").unwrap_or(0);
        if count("all_rows") == 0 {
            empty.push(format!("{}: no rows", relation.name));
            continue;
        }
        for column in relation.columns.iter().filter(|c| !is_for_later(relation.name, c.name)) {
            if count(column.name) == 0 {
                empty.push(format!("{}.{}", relation.name, column.name));
            }
        }
    }
    store.close().await;
    assert!(empty.is_empty(), "nothing is in {empty:#?}");
}

/// SQLite keeps what it is given, or makes a number of it where a column's type and the text allow it. Times, days and booleans
/// are in every table what README says of them, and so they are in views.
async fn values_are_as_their_types_say(store: &Store) {
    let (day, time) = ("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]", "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]");
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for relation in catalog::all() {
        for column in relation.columns {
            let right = match column.sqlite {
                "DATETIME" => format!("typeof({0}) = 'text' AND {0} GLOB '{day} {time}Z'", column.name),
                "DATE" => format!("typeof({0}) = 'text' AND {0} GLOB '{day}'", column.name),
                "BOOLEAN" => format!("typeof({0}) = 'integer' AND {0} IN (0, 1)", column.name),
                _ => continue,
            };
            let sql = format!(
                "SELECT COUNT({0}) AS all_values, COUNT(*) FILTER (WHERE {0} IS NOT NULL AND NOT ({right})) AS wrong FROM {1}",
                column.name, relation.name
            );
            let rows = store.query(&sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
            let count = |name| rows[0].int(name).expect("a number").unwrap_or(0);
            if count("all_values") > 0 {
                seen.insert(column.sqlite);
            }
            if count("wrong") > 0 {
                wrong.push(format!("{}.{}", relation.name, column.name));
            }
        }
    }
    assert!(wrong.is_empty(), "values that are not what their column says: {wrong:?}");
    assert_eq!(seen.len(), 3, "of each type there are values: {seen:?}");
}

/// Types are a fill of hours, and their names are there within minutes.
async fn a_type_without_details_has_its_name(db: &Db) {
    db.meddle("DELETE FROM universe_types WHERE type_id = 34").await;
    let store = reader(db).await;
    let sql = "SELECT name, group_name FROM type_paths WHERE type_id = 34";
    let rows = store.query(sql, &[]).await.expect("the view reads");
    let row = rows.first().expect("Tritanium is there");
    assert_eq!(row.text("name").expect("a text").as_deref(), Some("Tritanium"));
    assert_eq!(row.text("group_name").expect("a text"), None);
    store.close().await;
}

/// `docs/queries/README.md` shows what each query answers in a world like the demo's that stands still at a fixed moment.
/// `ESI_TEST_BLESS=1` writes it anew.
#[tokio::test]
async fn the_index_of_queries_shows_their_answers() {
    let db = Db::create(Which::Sqlite).await.expect("SQLite is never skipped");
    // Limits that ESI hides are kept: an hour of them passes in a minute.
    let clock = clock(60.0);
    let sim = Sim::start(SimSettings::demo(), clock.clone()).await.expect("a port");
    sim.hold();
    let began = clock.now();
    let more = "max_rate = 1000\nbackfill_rate = 1000\n\
                [datasets.war_killmail_refs]\nenabled = true\n[datasets.killmails]\nenabled = true\n\
                [datasets.market_history]\nmax_pairs = 40\n[datasets.public_contracts]\nregions = \"all\"\n";
    let config = config(&db, &sim, more);
    let ctx = context(&config, &clock).await;
    assert_eq!(run_pass(&ctx, &config).await.1, 0, "the fill");
    let mut index = "# Queries to start with\n\n\
        Each query runs unchanged on SQLite and PostgreSQL. The tables show the first rows of each answer, in a database like the\n\
        one that `esi-syncd demo` makes. Its world is invented, and so are the numbers.\n"
        .to_owned();
    for (name, sql) in queries() {
        let comment: Vec<&str> = sql.lines().map_while(|line| line.strip_prefix("-- ")).collect();
        let comment = comment.join(" ");
        let question = comment.split_inclusive('?').next().expect("a question");
        let _ = write!(index, "\n## {question}\n\n");
        let rest = comment[question.len()..].trim();
        if !rest.is_empty() {
            let _ = write!(index, "{rest}\n\n");
        }
        let rows = ctx.store.query(sql.trim().trim_end_matches(';'), &[]).await.expect("an answer");
        let columns = rows.first().unwrap_or_else(|| panic!("{name} has no answer")).columns();
        let _ = writeln!(index, "[{name}]({name})\n\n| {} |", columns.join(" | "));
        let _ = writeln!(index, "|{}", "---|".repeat(columns.len()));
        // What is fresh depends on the hour at which this runs: the columns alone are shown.
        let shown = if name.starts_with("10") { 0 } else { 3 };
        for row in rows.iter().take(shown) {
            // When something was fetched differs from fill to fill.
            let of_the_fill = |text: &str| {
                text.parse::<DateTime<Utc>>().is_ok_and(|t| t > began && t < began + TimeDelta::hours(4))
            };
            let cell = |at| Some(row.display(at)).filter(|text| !of_the_fill(text));
            let then = || began.format("%F %TZ").to_string();
            let cells: Vec<String> = (0..columns.len()).map(|at| cell(at).unwrap_or_else(then)).collect();
            let _ = writeln!(index, "| {} |", cells.join(" | "));
        }
    }
    close(ctx).await;
    db.remove().await;
    if std::env::var_os("ESI_TEST_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/queries/README.md");
        std::fs::write(path, &index).expect("written");
    } else {
        let shown = include_str!("../../../docs/queries/README.md");
        for (ours, theirs) in index.lines().zip(shown.lines()) {
            assert_eq!(theirs, ours, "docs/queries/README.md is old: ESI_TEST_BLESS=1 ./test queries::");
        }
        assert_eq!(
            shown.lines().count(),
            index.lines().count(),
            "docs/queries/README.md is longer or shorter"
        );
    }
}

/// The README opens with one of them, word for word, and with what `docs/queries/README.md` says it answers.
#[test]
fn the_readme_shows_a_query_and_its_answer_as_they_are() {
    let readme = include_str!("../../../README.md");
    let index = include_str!("../../../docs/queries/README.md");
    let mut shown = Vec::new();
    for (name, sql) in queries() {
        let body: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--")).collect();
        if readme.contains(&body.join("\n")) {
            shown.push(name);
        }
    }
    let [name] = &shown[..] else { panic!("README.md shows one query, word for word; found: {shown:?}") };
    let (_, section) = index.split_once(&format!("]({name})\n")).expect("the index has every query");
    let answer: Vec<&str> =
        section.lines().skip_while(|l| l.is_empty()).take_while(|l| l.starts_with('|')).collect();
    assert!(answer.len() > 2, "{name} has an answer in the index");
    assert!(
        readme.contains(&answer.join("\n")),
        "README.md does not show what {name} answers:\n{}",
        answer.join("\n")
    );
}
