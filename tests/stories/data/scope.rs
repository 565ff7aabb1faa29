//! One target's write leaves the rows of all other targets alone, also if the route has two parameters.
//!
//! The tables belong to trial declarations of private routes: the items of one contract of one character
//! (replaced, and tracked), and the members of one project of one corporation, read along a cursor.

use std::collections::HashSet;

use chrono::TimeDelta;
use esi_syncd::datasets;
use esi_syncd::declare::{
    Column, Dataset, FIRST_SEEN, LAST_SEEN, Retention, Table, TargetKey, Targets, int, real,
};
use esi_syncd::store::{Selection, Store, TargetState};
use serde_json::{Value, json};

use crate::support::{Db, Feed, now, on_both};

on_both!(
    a_snapshot_is_bounded_by_both_parameters,
    a_tracked_set_is_bounded_by_both_parameters,
    a_walk_marks_its_own_rows_only,
    pruning_deletes_its_own_rows_only,
);

const ITEMS: [Column; 4] =
    [int("character_id").param(), int("contract_id").param(), int("record_id"), int("quantity")];
const TRACKED: [Column; 6] = [
    int("character_id").param(),
    int("contract_id").param(),
    int("record_id"),
    int("quantity"),
    FIRST_SEEN,
    LAST_SEEN,
];
const MEMBERS: [Column; 6] = [
    int("corporation_id").param(),
    int("project_id").param(),
    int("member_id").from("id"),
    real("contributed"),
    FIRST_SEEN,
    LAST_SEEN,
];
const ROUTE: &str = "/characters/{character_id}/contracts/{contract_id}/items";

static SNAPSHOT: Dataset = Dataset::get("trial_items", ROUTE).tables(&[Table::new(
    "trial_items",
    &["character_id", "contract_id", "record_id"],
    &ITEMS,
)]);
static TRACK: Dataset = Dataset::get("trial_tracked", ROUTE)
    .retention(Retention::Track)
    .tables(&[Table::new("trial_tracked", &["character_id", "contract_id", "record_id"], &TRACKED)]);
static CURSOR: Dataset =
    Dataset::get("trial_members", "/corporations/{corporation_id}/projects/{project_id}/members")
        .cursor()
        .envelope("members")
        .tombstones(86_400)
        .tables(&[Table::new("trial_members", &["corporation_id", "project_id", "member_id"], &MEMBERS)]);

/// The same ids for both owners: whose row is whose is told by the parameters alone.
const KEYS: [&str; 4] = [
    "character_id=1&contract_id=10",
    "character_id=1&contract_id=20",
    "character_id=2&contract_id=10",
    "character_id=2&contract_id=20",
];

fn items(ids: &[i64], quantity: i64) -> Value {
    ids.iter().map(|id| json!({"record_id": id, "quantity": quantity})).collect()
}

async fn open(db: &Db, dataset: &Dataset) -> Store {
    let store = db.open().await;
    db.meddle(&store.dialect().create_dataset(dataset)).await;
    store
}

async fn rows(store: &Store, sql: &str) -> Vec<String> {
    let rows = store.query(sql, &[]).await.expect("reads");
    rows.iter()
        .map(|row| (0..row.columns().len()).map(|at| row.display(at)).collect::<Vec<_>>().join(" "))
        .collect()
}

async fn a_snapshot_is_bounded_by_both_parameters(db: &Db) {
    let store = open(db, &SNAPSHOT).await;
    let feeds = KEYS.map(|value| Feed { dataset: &SNAPSHOT, value });
    for feed in &feeds {
        assert_eq!(feed.put(&store, &items(&[1, 2, 3], 5)).await.upserted, 3);
    }
    let all = "SELECT character_id, contract_id, record_id, quantity FROM trial_items \
               ORDER BY character_id, contract_id, record_id";
    let mut wanted = rows(&store, all).await;
    assert_eq!(wanted.len(), 12);
    let written = feeds[1].put(&store, &items(&[2, 4], 6)).await;
    assert_eq!((written.upserted, written.deleted), (2, 2));
    wanted.splice(3..6, ["1 20 2 6".to_owned(), "1 20 4 6".to_owned()]);
    assert_eq!(rows(&store, all).await, wanted);
    assert_eq!(feeds[2].put(&store, &json!([])).await.deleted, 3, "an empty set empties one target");
    wanted.drain(5..8);
    assert_eq!(rows(&store, all).await, wanted);
    store.close().await;
}

async fn a_tracked_set_is_bounded_by_both_parameters(db: &Db) {
    let store = open(db, &TRACK).await;
    for value in KEYS {
        Feed { dataset: &TRACK, value }.put(&store, &items(&[1, 2, 3], 5)).await;
    }
    Feed { dataset: &TRACK, value: KEYS[3] }.put(&store, &items(&[2], 5)).await;
    let gone = "SELECT character_id, contract_id, record_id FROM trial_tracked WHERE last_seen_at IS NOT NULL \
                ORDER BY record_id";
    assert_eq!(rows(&store, gone).await, ["2 20 1", "2 20 3"]);
    store.close().await;
}

async fn a_walk_marks_its_own_rows_only(db: &Db) {
    let store = open(db, &CURSOR).await;
    let keys =
        ["corporation_id=1&project_id=7", "corporation_id=1&project_id=8", "corporation_id=2&project_id=7"];
    for value in keys {
        let members: Vec<Value> = (1..=1_200).map(|id| json!({"id": id, "contributed": 1.5})).collect();
        Feed { dataset: &CURSOR, value }.put(&store, &json!({"members": members, "cursor": {}})).await;
    }
    let key = TargetKey::parse(keys[1]);
    let present: HashSet<String> = (1..=100).map(|id: i64| id.to_string()).collect();
    let last_seen = now() - TimeDelta::hours(1);
    assert_eq!(store.mark_absent(&CURSOR, &key, &present, last_seen).await.expect("marks"), 1_100);
    let gone = "SELECT corporation_id, project_id, COUNT(*) AS n FROM trial_members WHERE last_seen_at IS NOT NULL \
                GROUP BY corporation_id, project_id";
    assert_eq!(rows(&store, gone).await, ["1 8 1100"]);
    assert_eq!(store.mark_absent(&CURSOR, &key, &present, now()).await.expect("marks"), 0, "once");
    assert_eq!(store.count_rows(&CURSOR, &key).await.expect("reads"), 1_200);
    store.close().await;
}

async fn pruning_deletes_its_own_rows_only(db: &Db) {
    let store = open(db, &SNAPSHOT).await;
    for value in KEYS {
        Feed { dataset: &SNAPSHOT, value }.put(&store, &items(&[1, 2], 5)).await;
    }
    let wanted = [0, 1, 3].map(|at| TargetKey::parse(KEYS[at]));
    let selection = Selection { dataset: "trial_items", wanted: &wanted, others: TargetState::Deselected };
    store.select(&selection, now()).await.expect("selects");
    let pruned = store.prune(&SNAPSHOT).await.expect("prunes");
    assert_eq!((pruned.targets, pruned.rows), (1, 2));
    let left = "SELECT DISTINCT character_id, contract_id FROM trial_items ORDER BY 1, 2";
    assert_eq!(rows(&store, left).await, ["1 10", "1 20", "2 20"]);
    store.close().await;
}

/// No declaration may let a write touch rows whose parameters it was not asked with.
#[test]
fn every_declaration_bounds_its_writes() {
    for dataset in datasets::all() {
        let vanishes = matches!(dataset.retention, Retention::Snapshot | Retention::Track)
            || dataset.tombstones.is_some();
        let is_one =
            matches!(dataset.targets, Targets::Once | Targets::Named { .. } | Targets::Batched { .. });
        let key = TargetKey::new(dataset.path_params().map(|name| (name, "1")));
        for table in dataset.tables.iter().filter(|table| vanishes && !is_one && !table.log) {
            let scope = esi_syncd::rows::RowScope::of(table, &key).expect("1 is a value of every type");
            assert!(!scope.is_empty(), "{}: a write of {} is not bounded at all", table.name, dataset.name);
            for name in dataset.path_params().filter(|name| table.key.contains(name)) {
                assert!(
                    scope.cells().any(|(column, _)| column.name == name),
                    "{}: {name} is a parameter in the key, and not among its leading columns",
                    table.name
                );
            }
        }
    }
}
