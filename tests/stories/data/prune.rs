//! Unwanted rows: of regions taken out of the configuration, and of time series older than `keep`.

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::datasets;
use esi_syncd::declare::TargetKey;
use esi_syncd::store::{Pruned, Selection, TargetState};
use serde_json::json;

use crate::support::esi::number;
use crate::support::{Db, Feed, now, on_both};

on_both!(deselected_regions_are_pruned, old_readings_expire);

fn orders(first: i64, rows: i64) -> serde_json::Value {
    (first..first + rows)
        .map(|id| {
            json!({"order_id": id, "type_id": 34, "is_buy_order": false, "price": 4.5, "volume_remain": 1, "volume_total": 2,
                   "min_volume": 1, "range": "station", "location_id": 60_003_760, "system_id": 30_000_142,
                   "issued": "2026-03-01T00:00:00Z", "duration": 90})
        })
        .collect()
}

async fn deselected_regions_are_pruned(db: &Db) {
    let store = db.open().await;
    Feed::new("market_orders", "10000002").put(&store, &orders(1, 30)).await;
    Feed::new("market_orders", "10000043").put(&store, &orders(100, 20)).await;
    let dataset = datasets::find("market_orders").expect("declared");
    assert_eq!(store.prune(dataset).await.expect("prunes"), Pruned::default(), "both are selected");

    let wanted = [TargetKey::parse("region_id=10000002")];
    let selection = Selection { dataset: "market_orders", wanted: &wanted, others: TargetState::Deselected };
    store.select(&selection, now()).await.expect("selects");
    let all = "SELECT COUNT(*) AS n FROM market_orders";
    assert_eq!(number(&store, all).await, 50, "rows stay until somebody prunes");

    let pruned = store.prune(dataset).await.expect("prunes");
    assert_eq!(pruned, Pruned { targets: 1, rows: 20 });
    assert_eq!(number(&store, all).await, 30);
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM market_orders WHERE region_id = 10000043").await, 0);
    assert!(store.target("market_orders", "region_id=10000043").await.expect("reads").is_none(), "forgotten");
    assert!(store.target("market_orders", "region_id=10000002").await.expect("reads").is_some());
    store.close().await;
}

async fn old_readings_expire(db: &Db) {
    let store = db.open().await;
    let feed = Feed::new("server_status", "");
    let body = br#"{"players":5,"server_version":"1","start_time":"2026-01-02T12:34:56Z","vip":true}"#;
    let start: DateTime<Utc> = now();
    for day in 0..10 {
        let built = (start - TimeDelta::days(day)).timestamp();
        feed.try_put_bytes(&store, built, body).await.expect("stored");
    }
    let dataset = datasets::find("server_status").expect("declared");
    let deleted = store.expire(dataset, start - TimeDelta::days(6)).await.expect("expires");
    assert_eq!(deleted, 3, "older than six days; the one that is exactly six days old stays");
    assert_eq!(number(&store, "SELECT COUNT(*) AS n FROM server_status").await, 7);
    let orders = datasets::find("market_orders").expect("declared");
    assert_eq!(store.expire(orders, start).await.expect("nothing"), 0, "only time series grow old");
    store.close().await;
}
