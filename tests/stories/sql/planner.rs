//! The databases find rows by indexes, and SQLite's statistics match the tables, also in a process that runs
//! for months.

use esi_syncd::declare::Dialect;
use esi_syncd::store::Store;

use crate::support::esi::reader;
use crate::support::{Db, Kind, on_both};

on_both!(filters_use_indexes);

/// A view, a filter that is obvious for it, and what the plan must then say on either database.
const FILTERS: &[(&str, &str, &str, &str)] = &[
    (
        "market_order_depth",
        "region_id = 7 AND type_id = 8",
        "_region_id_type_id_idx (region_id=? AND type_id=?)",
        "type_id = 8",
    ),
    (
        "market_order_depth",
        "region_id = 7",
        "SEARCH market_orders USING PRIMARY KEY (region_id=?",
        "region_id = 7",
    ),
    (
        "market_arbitrage",
        "from_region_id = 7 AND to_region_id = 8",
        "PRIMARY KEY (region_id=?",
        "region_id = 8",
    ),
    ("locations", "location_id = 8", "SEARCH universe_stations USING PRIMARY KEY", "station_id = 8"),
    ("locations", "system_id = 8", "universe_stations_system_id_idx (system_id=?", "system_id = 8"),
    ("system_overview", "system_id = 8", "SEARCH s USING PRIMARY KEY (system_id=?", "system_id = 8"),
    (
        "system_overview",
        "region_id = 8",
        "universe_constellations_region_id_idx (region_id=?",
        "region_id = 8",
    ),
    (
        "public_contract_values",
        "contract_id = 8",
        "contracts_contract_id_idx (contract_id=?",
        "contract_id = 8",
    ),
    ("public_contract_values", "region_id = 8", "SEARCH p USING PRIMARY KEY (region_id=?", "region_id = 8"),
    ("killmail_values", "killmail_id = 8", "SEARCH k USING PRIMARY KEY (killmail_id=?", "killmail_id = 8"),
    (
        "killmail_values",
        "solar_system_id = 8",
        "solar_system_id_idx (solar_system_id=?",
        "solar_system_id = 8",
    ),
    (
        "killmail_values",
        "victim_ship_type_id = 8",
        "ship_type_id_idx (victim_ship_type_id=?",
        "ship_type_id = 8",
    ),
    ("war_participants", "war_id = 8", "SEARCH wars USING PRIMARY KEY (war_id=?", "war_id = 8"),
    (
        "fw_front",
        "solar_system_id = 8",
        "SEARCH f USING PRIMARY KEY (solar_system_id=?",
        "solar_system_id = 8",
    ),
    ("affiliations", "character_id = 8", "SEARCH a USING PRIMARY KEY (character_id=?", "character_id = 8"),
    ("affiliations", "corporation_id = 8", "_corporation_id_idx (corporation_id=?", "corporation_id = 8"),
    (
        "corporation_profiles",
        "corporation_id = 8",
        "SEARCH corporations USING PRIMARY KEY",
        "corporation_id = 8",
    ),
];

/// PostgreSQL reads small tables whole, unless told not to; then it shows which indexes it could use for the condition.
async fn filters_use_indexes(db: &Db) {
    db.open().await.close().await;
    if db.kind == Kind::Postgres {
        db.meddle("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database()); END $$")
            .await;
    }
    let store = reader(db).await;
    let mut wrong = Vec::new();
    for (view, filter, sqlite, postgres) in FILTERS {
        let (explain, wanted) = match store.dialect() {
            Dialect::Sqlite => ("EXPLAIN QUERY PLAN", *sqlite),
            Dialect::Postgres => ("EXPLAIN", *postgres),
        };
        let sql = format!("{explain} SELECT * FROM {view} WHERE {filter}");
        let rows = store.query(&sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        // SQLite says it in the last column.
        let plan: Vec<String> = rows.iter().map(|row| row.display(row.columns().len() - 1)).collect();
        let good = |line: &String| {
            line.contains(wanted) && (store.dialect() == Dialect::Sqlite || line.contains("Index Cond"))
        };
        // Where a structure is, only the orders tell; they are read once for it, whatever the filter.
        let read_whole = *view != "locations" && plan.iter().any(|line| line.contains("SCAN market_orders"));
        if !plan.iter().any(good) || read_whole {
            wrong.push(format!("{view} WHERE {filter}: no {wanted:?} in\n{}", plan.join("\n")));
        }
    }
    store.close().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Rows that the planner believes a table to have.
async fn believed(store: &Store, table: &str) -> Option<i64> {
    let sql = "SELECT stat FROM sqlite_stat1 WHERE tbl = $1";
    let rows = store.query(sql, &[table.into()]).await.expect("reads");
    let stat = rows.first()?.text("stat").expect("a text")?;
    Some(stat.split(' ').next()?.parse().expect("a number"))
}

#[tokio::test]
async fn tables_that_grew_or_shrank_are_noticed() {
    let db = Db::create(Kind::Sqlite).await.expect("SQLite is never skipped");
    let store = db.open().await;
    assert_eq!(
        believed(&store, "market_orders").await,
        Some(1_200_000),
        "of a full market, until we know better"
    );
    db.meddle(
        "INSERT INTO entity_names (id, name, category) WITH RECURSIVE n (id) AS \
         (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 5000) SELECT id, 'somebody', 'character' FROM n; \
         INSERT INTO market_orders (region_id, order_id, type_id) WITH RECURSIVE n (id) AS \
         (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 2000) SELECT 7, id, id % 10 FROM n",
    )
    .await;
    store.gather_statistics().await.expect("gathers");
    let about = |believed: Option<i64>, rows: i64| believed.is_some_and(|n| n > rows / 2 && n < rows * 2);
    let names = believed(&store, "entity_names").await;
    assert!(about(names, 5_000), "{names:?}");
    let orders = believed(&store, "market_orders").await;
    assert!(about(orders, 2_000), "{orders:?}");
    store.close().await;
    db.remove().await;
}
