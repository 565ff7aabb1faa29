//! The queries of the README: one text for both databases, the same answers, and never none.

mod support;

use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::sim::Sim;
use esi_syncd::store::Store;
use support::esi::{close, config, context, run_pass, small};
use support::{Db, Kind};

/// The files of docs/queries, by name.
fn queries() -> BTreeMap<String, String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/queries");
    let files = std::fs::read_dir(folder).expect("the queries are there");
    let read = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().expect("a plain name");
        (name, std::fs::read_to_string(file.path()).expect("text"))
    };
    files.map(|file| read(file.expect("a file"))).collect()
}

async fn answer(store: &Store, name: &str, sql: &str) -> Vec<Vec<String>> {
    let sql = sql.trim().trim_end_matches(';');
    let rows = store.query(sql, &[]).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    rows.iter().map(|row| (0..row.columns().len()).map(|at| row.display(at)).collect()).collect()
}

/// A number means the same as `4`, `4.0` and `4.00`.
fn plain(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let plain = |text: &String| text.parse::<f64>().map_or_else(|_| text.clone(), |n| format!("{n:.6}"));
    rows.iter().map(|row| row.iter().map(plain).collect()).collect()
}

#[tokio::test]
async fn every_query_has_an_answer_and_both_databases_agree() {
    let (Some(lite), Some(post)) = (Db::create(Kind::Sqlite).await, Db::create(Kind::Postgres).await) else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    // Some queries look at the hours before now, which is the database's own.
    let clock = Clock::starting_at(Utc::now() - TimeDelta::minutes(2), 1.0);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let rates = "max_rate = 1000\nbackfill_rate = 1000";
    let mut answers: Vec<BTreeMap<String, Vec<Vec<String>>>> = Vec::new();
    for db in [&lite, &post] {
        let config = config(db, &sim, rates);
        let ctx = context(&config, &clock).await;
        assert_eq!(run_pass(&ctx, &config).await.1, 0, "the fill");
        let mut these = BTreeMap::new();
        for (name, sql) in queries() {
            these.insert(name.clone(), answer(&ctx.store, &name, &sql).await);
        }
        answers.push(these);
        close(ctx).await;
    }
    assert_eq!(answers[0].len(), 10, "ten queries");
    for (name, rows) in &answers[0] {
        assert!(!rows.is_empty(), "{name} has no answer");
        // The two fills are seconds apart, so what tells times or moves within seconds need not agree.
        if !name.starts_with("09") && !name.starts_with("10") {
            assert_eq!(plain(rows), plain(&answers[1][name]), "{name}");
        }
    }
    lite.remove().await;
    post.remove().await;
}

#[test]
fn the_readme_shows_and_links_the_queries_as_they_are() {
    let readme = include_str!("../README.md");
    let mut shown = 0;
    for (name, sql) in queries() {
        assert!(readme.contains(&format!("docs/queries/{name}")), "README.md does not link {name}");
        let body: Vec<&str> = sql.lines().filter(|line| !line.starts_with("--")).collect();
        shown += usize::from(readme.contains(&body.join("\n")));
    }
    assert_eq!(shown, 5, "README.md shows five of them in full, word for word");
}
