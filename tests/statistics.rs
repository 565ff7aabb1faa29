//! What SQLite's planner believes of a table is what the table is, also in a process that runs for months.

mod support;

use esi_syncd::store::Store;
use support::{Db, Kind};

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
