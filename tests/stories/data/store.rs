//! Sets into tables: whatever the table held before, it becomes the set, and only the differing rows are
//! written.
//!
//! The expected result comes from a model of a few maps (`support/rows/model.rs`) that knows nothing of runs,
//! chunks, `COPY` or SQL.

use esi_syncd::datasets;
use esi_syncd::declare::{Dataset, Dialect, Retention, Table, boolean, date, int, json, real, text, time};
use esi_syncd::rows::Decoder;
use esi_syncd::store::{Store, StoreError, Written};
use fastrand::Rng;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::mutate::{mutated, mutation};
use crate::support::tree::example;
use crate::support::{self, Db, Feed, Kind, Model, assert_same, dump, dump_table, observed, on_both};

on_both!(
    random_sets_replace_each_other,
    runs_of_every_length,
    the_same_set_again_writes_nothing,
    null_and_value_differ,
    every_type_round_trips,
    a_reading_is_stored_once,
    names_are_updated_and_never_deleted,
    a_write_that_fails_changes_nothing,
    a_row_in_the_middle_can_refuse_the_set,
    rows_of_another_target_are_refused,
);

/// Feeds a set to database and model, and compares what they say they wrote.
async fn put(store: &Store, model: &mut Model, feed: &Feed, body: &Value, told: &str) -> Written {
    let (written, wanted) = (feed.put(store, body).await, model.put(feed, body));
    assert_eq!(written, wanted, "{told}: rows written, and rows that differ");
    written
}

/// A record of so few possible values that sets overlap, agree and disagree.
fn record(rng: &mut Rng, dataset: &str) -> Value {
    let price = |rng: &mut Rng| [json!(1.5), json!(2.0), Value::Null][rng.usize(..3)].clone();
    let (id, name) = (rng.i64(1..40), ["a", "b"][rng.usize(..2)]);
    match dataset {
        "market_orders" => json!({
            "order_id": id, "price": price(rng), "is_buy_order": rng.bool(), "range": "region",
            "issued": format!("2016-09-03T05:12:2{}Z", rng.u8(..3)),
        }),
        "market_prices" => json!({"type_id": id, "adjusted_price": price(rng), "average_price": price(rng)}),
        "industry_cost_indices" => {
            let activities = ["copying", "Copying", "manufacturing", "reaction", "", "\u{e9}", "\u{1F680}"];
            let indices: Vec<Value> = (0..rng.usize(..5))
                .map(|_| json!({"activity": activities[rng.usize(..activities.len())], "cost_index": price(rng)}))
                .collect();
            json!({"solar_system_id": id, "cost_indices": indices})
        }
        "universe_systems" => {
            let planets: Vec<Value> = (0..rng.i64(..4))
                .map(|planet| {
                    let moons: Vec<i64> = (0..rng.i64(..4)).map(|m| planet * 10 + m + rng.i64(..2)).collect();
                    json!({"planet_id": planet, "moons": moons, "asteroid_belts": [rng.i64(..3)]})
                })
                .collect();
            json!({"name": "Jita", "planets": planets, "stations": [rng.i64(..3), 7], "security_status": price(rng)})
        }
        "entity_names" => json!({"id": id, "name": name, "category": "character"}),
        _ => unreachable!("no such story"),
    }
}

fn set(rng: &mut Rng, feed: &Feed) -> Value {
    if feed.dataset.name == "universe_systems" {
        let mut system = record(rng, feed.dataset.name);
        system["system_id"] = feed.value.parse::<i64>().expect("an id").into();
        return system;
    }
    let size = [0, 1, 5, 30, 60][rng.usize(..5)];
    (0..size).map(|_| record(rng, feed.dataset.name)).collect()
}

async fn random_sets_replace_each_other(db: &Db) {
    let store = db.open().await;
    for name in
        ["market_orders", "market_prices", "industry_cost_indices", "universe_systems", "entity_names"]
    {
        let mut model = Model::default();
        let values: &[&str] =
            if Feed::new(name, "").dataset.param().is_some() { &["3", "4", "5"] } else { &[""] };
        for seed in 0..u64::from(support::cases(40, 1_000)) {
            let mut rng = Rng::with_seed(seed);
            let feed = Feed::new(name, values[rng.usize(..values.len())]);
            let body = set(&mut rng, &feed);
            let told = format!("{name} of {:?}, seed {seed}", feed.value);
            put(&store, &mut model, &feed, &body, &told).await;
            model.assert_stored(&store, &feed, &told).await;
            if rng.u8(..4) == 0 {
                let again = put(&store, &mut model, &feed, &body, &told).await;
                assert_eq!(again.total(), 0, "{told}: the same set again");
            }
        }
    }
    store.close().await;
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).expect("a count")
}

/// A set in which rows vanish, change and appear at the start, the end, the middle and around `edge`.
fn disturbed(rng: &mut Rng, rows: &[(i64, i64)], edge: usize) -> Vec<(i64, i64)> {
    let mut next = rows.to_vec();
    for row in &mut next {
        if rng.u16(..200) == 0 {
            row.1 += 1;
        }
    }
    let (start, end) = (rng.usize(..4), rng.usize(..4));
    next.drain(..start.min(next.len()));
    next.truncate(next.len().saturating_sub(end));
    for middle in [edge, edge + edge, next.len() / 2] {
        let from = middle.saturating_sub(rng.usize(..4)).min(next.len());
        let to = (middle + rng.usize(..4)).min(next.len());
        next.drain(from..to.max(from));
    }
    for _ in 0..rng.usize(..6) {
        // Even ids are taken from the start; odd ones fall between them.
        next.push((rng.i64(-10..count(rows.len()) * 2 + 10) | 1, 0));
    }
    next.sort_unstable();
    next.dedup_by_key(|row| row.0);
    next
}

/// One statement takes 500 rows on SQLite and 10,000 on PostgreSQL; each run of rows deletes in its own range of keys.
/// An off-by-one at the end of a run would lose a row or leave one.
async fn runs_of_every_length(db: &Db) {
    let chunk: usize = if db.kind == Kind::Sqlite { 500 } else { 10_000 };
    let store = db.open().await;
    let mut rng = Rng::with_seed(500);
    let (sizes, steps): (&[usize], u32) = match (db.kind, support::long()) {
        (Kind::Postgres, false) => (&[chunk, chunk + 1, chunk - 1], 2),
        _ => (
            &[chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1, 1],
            support::cases(4, 20),
        ),
    };
    for (name, value) in [("market_orders", "10000002"), ("market_prices", ""), ("industry_cost_indices", "")]
    {
        let feed = Feed::new(name, value);
        let body = |rows: &[(i64, i64)]| -> Value {
            rows.iter()
                .map(|&(id, v)| match name {
                    "market_orders" => json!({"order_id": id, "volume_remain": v}),
                    "market_prices" => json!({"type_id": id, "average_price": v}),
                    // Two rows a record, so that runs end between the rows of one system.
                    _ => json!({"solar_system_id": id, "cost_indices": [
                        {"activity": "copying", "cost_index": v}, {"activity": "reaction", "cost_index": 0}]}),
                })
                .collect()
        };
        let (mut model, neighbour) = (Model::default(), Feed::new(name, "10000003"));
        if !value.is_empty() {
            put(&store, &mut model, &neighbour, &body(&[(0, 1), (2, 2), (9_999_999, 3)]), "the neighbour")
                .await;
        }
        for &size in sizes {
            let size = if name == "industry_cost_indices" { size.div_ceil(2) } else { size };
            let mut rows: Vec<(i64, i64)> = (0..count(size)).map(|i| (i * 2, 0)).collect();
            for step in 0..steps {
                let told = format!("{name}, {size} rows, step {step}");
                put(&store, &mut model, &feed, &body(&rows), &told).await;
                rows = disturbed(&mut rng, &rows, chunk);
            }
            let again = put(&store, &mut model, &feed, &body(&rows), name).await;
            assert!(again.total() < 500, "few rows differ, few are written: {again:?}");
            model.assert_stored(&store, &feed, &format!("{name}, {size} rows")).await;
            if rng.bool() {
                put(&store, &mut model, &feed, &json!([]), "all gone").await;
                model.assert_stored(&store, &feed, "all gone").await;
            }
        }
    }
    store.close().await;
}

async fn the_same_set_again_writes_nothing(db: &Db) {
    let store = db.open().await;
    for dataset in datasets::all() {
        let Some(reply) = example(dataset) else { continue };
        let value = match (dataset.param(), &reply) {
            _ if dataset.pairs().is_some() => "region_id=10000002&type_id=34",
            (Some("region_id"), Value::Array(_)) => "10000002",
            (Some(param), _) => &*reply[param].to_string().leak(),
            (None, _) => "",
        };
        let feed = Feed::new(dataset.name, value);
        let mut model = Model::default();
        let first = put(&store, &mut model, &feed, &reply, dataset.name).await;
        assert!(first.upserted > 0, "{}: CCP's example has rows", dataset.name);
        model.assert_stored(&store, &feed, dataset.name).await;
        assert_eq!(feed.put(&store, &reply).await, Written::default(), "{}", dataset.name);
    }
    store.close().await;
}

async fn null_and_value_differ(db: &Db) {
    let store = db.open().await;
    let feed = Feed::new("market_prices", "");
    let mut model = Model::default();
    let set = |price: Value| json!([{"type_id": 1, "adjusted_price": price}, {"type_id": 2, "adjusted_price": null}]);
    for (price, written) in [
        (Value::Null, 2),
        (json!(0.0), 1),
        (Value::Null, 1),
        (Value::Null, 0),
        (json!(-0.0), 1),
        (json!(0), 0),
    ] {
        let done = put(&store, &mut model, &feed, &set(price.clone()), "NULL and 0").await;
        assert_eq!(done, Written { upserted: written, deleted: 0 }, "then {price}");
    }
    model.assert_stored(&store, &feed, "NULL and 0").await;
    store.close().await;
}

static EVERYTHING: &[Table] = &[Table::new(
    "everything",
    &["kind", "day", "moment", "flag"],
    &[
        text("kind"),
        date("day"),
        time("moment"),
        boolean("flag"),
        int("count"),
        real("amount"),
        text("word"),
        time("seen").optional(),
        date("born").optional(),
        boolean("open").optional(),
        json("more").optional(),
    ],
)];

/// A dataset with a column of every type, and a key of every type that keys may have.
fn everything() -> Dataset {
    Dataset { name: "everything", tables: EVERYTHING, ..*datasets::find("market_prices").expect("declared") }
}

fn extremes() -> Value {
    json!([
        {"kind": "", "day": "0001-01-01", "moment": "0001-01-01T00:00:00Z", "flag": false,
         "count": i64::MIN, "amount": -1e308, "word": "", "seen": "9999-12-31T23:59:59Z", "born": "9999-12-31",
         "open": true, "more": {"b": [1, 2.5, null], "a": "\u{1F680}\u{0}"}},
        {"kind": "Z\u{FFFD}\u{FFFF}", "day": "1969-12-31", "moment": "1969-12-31T23:59:59Z", "flag": true,
         "count": i64::MAX, "amount": f64::MIN_POSITIVE, "word": "\u{1F680} \u{FFFD} ' \" \\ \n \t $1 ? %",
         "seen": "1600-02-29T12:00:00Z", "born": "1600-02-29", "open": false, "more": []},
        {"kind": "a", "day": "2026-03-01", "moment": "2026-03-01T12:00:00Z", "flag": false, "count": 0,
         "amount": 0.1, "word": null, "seen": null, "born": null, "open": null, "more": null},
        {"kind": "a", "day": "2026-03-01", "moment": "2026-03-01T12:00:00Z", "flag": true, "count": -1,
         "amount": f64::MAX, "word": "x".repeat(100_000),
         "more": {"deep": [[[{"k": "\\u0000 \\ \" \u{e9}"}]]], "big": 12_345_678_901_234_567_890_u64, "small": 1e-7}},
        {"kind": "\u{e9}", "day": "9999-12-31", "moment": "9999-12-31T23:59:59Z", "flag": true, "count": 1,
         "amount": 5e-324, "word": "\u{10FFFF}", "more": "text"},
    ])
}

async fn every_type_round_trips(db: &Db) {
    let store = db.open().await;
    let dataset: &'static Dataset = Box::leak(Box::new(everything()));
    db.meddle(&store.dialect().create_table(&EVERYTHING[0])).await;
    let feed = Feed { dataset, value: "" };
    let mut model = Model::default();
    // U+0000 is stored as U+FFFD; the model is told so.
    let modelled: Value =
        serde_json::from_str(&extremes().to_string().replace("\\u0000\"", "\u{FFFD}\"")).expect("JSON");
    assert_ne!(modelled, extremes(), "the set has a U+0000");
    // Into the empty table with many others (PostgreSQL: COPY), alone, again, row by row into a table with rows, and as a
    // change of all.
    let among = |rows: &Value| -> Value {
        let other = |n: i64| json!({"kind": format!("other {n}"), "day": "2026-01-01", "moment": "2026-01-01T00:00:00Z", "flag": true});
        rows.as_array().expect("a list").iter().cloned().chain((0..5_000).map(other)).collect()
    };
    assert_eq!(feed.put(&store, &among(&extremes())).await, model.put(&feed, &among(&modelled)));
    model.assert_stored(&store, &feed, "an empty table, among many").await;
    assert_eq!(feed.put(&store, &json!([])).await, model.put(&feed, &json!([])));
    assert_eq!(feed.put(&store, &extremes()).await, model.put(&feed, &modelled));
    model.assert_stored(&store, &feed, "an empty table").await;
    assert_eq!(feed.put(&store, &extremes()).await, Written::default());
    let first = json!([extremes()[0]]);
    let one: Value = json!([modelled[0]]);
    assert_eq!(feed.put(&store, &first).await, model.put(&feed, &one), "deleted by keys of every type");
    assert_eq!(feed.put(&store, &extremes()).await, model.put(&feed, &modelled));
    model.assert_stored(&store, &feed, "a table with rows").await;
    let plain: Value = extremes()
        .as_array()
        .expect("a list")
        .iter()
        .map(|r| json!({"kind": r["kind"], "day": r["day"], "moment": r["moment"], "flag": r["flag"]}))
        .collect();
    assert_eq!(put(&store, &mut model, &feed, &plain, "all NULL").await.upserted, 5);
    assert_eq!(feed.put(&store, &extremes()).await, model.put(&feed, &modelled));
    model.assert_stored(&store, &feed, "from NULL to values").await;
    store.close().await;
}

async fn a_reading_is_stored_once(db: &Db) {
    let store = db.open().await;
    let feed = Feed::new("server_status", "");
    let status = |players: i64| json!({"players": players, "server_version": "1", "vip": false}).to_string();
    for (built, players, written) in [(0, 1, 1), (60, 2, 1), (60, 3, 0), (0, 9, 0), (120, 3, 1)] {
        let done = feed.try_put_bytes(&store, observed() + built, status(players).as_bytes()).await;
        assert_eq!(done.expect("stored").total(), written, "{players} players at +{built} s");
    }
    let rows = dump_table(&store, &feed.dataset.tables[0]).await;
    let players: Vec<&str> = rows.iter().filter_map(|row| row.split(" | ").nth(2)).collect();
    assert_eq!(players, ["players=1", "players=2", "players=3"], "the first reading of a moment stays");
    store.close().await;
}

async fn names_are_updated_and_never_deleted(db: &Db) {
    let store = db.open().await;
    let feed = Feed::new("entity_names", "");
    let mut model = Model::default();
    let name = |id: i64, name: &str| json!({"id": id, "name": name, "category": "character"});
    for (set, written) in [
        (json!([name(1, "a"), name(2, "b")]), 2),
        (json!([name(2, "b"), name(3, "c")]), 1),
        (json!([name(1, "renamed")]), 1),
        (json!([]), 0),
    ] {
        let done = put(&store, &mut model, &feed, &set, "names").await;
        assert_eq!(done, Written { upserted: written, deleted: 0 });
    }
    model.assert_stored(&store, &feed, "names").await;
    store.close().await;
}

/// Many reads and writes at once, so that every connection of the pool has its turn.
async fn assert_usable(store: &Store) {
    let feed = Feed::new("market_prices", "");
    let reads = (0..32).map(|i| async move {
        let rows = store.query("SELECT CAST($1 AS BIGINT) AS n", &[i.into()]).await.expect("the pool reads");
        assert_eq!(rows[0].int("n").expect("an integer"), Some(i), "an answer to its own question");
    });
    futures_util::future::join_all(reads).await;
    for i in 0..8 {
        feed.put(store, &json!([{"type_id": i}])).await;
    }
}

async fn a_write_that_fails_changes_nothing(db: &Db) {
    let store = db.open().await;
    let feed = Feed::new("universe_systems", "30000142");
    let system = |name: &str, moon: i64| json!({"system_id": 30_000_142, "name": name, "planets": [{"planet_id": 4, "moons": [moon]}], "stations": [6]});
    feed.put(&store, &system("Jita", 41)).await;
    let (before, entry) = (dump(&store).await, store.target("universe_systems", "system_id=30000142").await);
    for again in 0..4 {
        db.meddle("ALTER TABLE universe_system_stations RENAME TO elsewhere").await;
        // The tables before it in the declaration are written first, so there is something to undo.
        let failed = feed.try_put(&store, &system("Renamed", 42)).await;
        assert!(matches!(failed, Err(StoreError::Refused(_))), "attempt {again}: {failed:?}");
        assert_usable(&store).await;
        db.meddle("ALTER TABLE elsewhere RENAME TO universe_system_stations; DELETE FROM market_prices")
            .await;
    }
    assert_same(("before", &before), ("after", &dump(&store).await));
    let after = store.target("universe_systems", "system_id=30000142").await.expect("readable");
    assert_eq!(after, entry.expect("readable"), "the ledger did not move either");
    assert!(after.is_some());
    assert_eq!(feed.put(&store, &system("Renamed", 42)).await, Written { upserted: 2, deleted: 1 });
    store.close().await;
}

/// On PostgreSQL this fails inside `COPY`, which must not leave a connection that answers other people's questions.
async fn a_row_in_the_middle_can_refuse_the_set(db: &Db) {
    let store = db.open().await;
    let forbid = match store.dialect() {
        Dialect::Sqlite => {
            "CREATE TRIGGER no_13 BEFORE INSERT ON market_orders WHEN NEW.order_id = 8013 \
             BEGIN SELECT RAISE(ABORT, 'no 13'); END"
        }
        Dialect::Postgres => "ALTER TABLE market_orders ADD CONSTRAINT no_13 CHECK (order_id <> 8013)",
    };
    db.meddle(forbid).await;
    let feed = Feed::new("market_orders", "10000002");
    let set = |orders: std::ops::Range<i64>| -> Value {
        orders.map(|id| json!({"order_id": id, "range": "region", "price": 1.0})).collect()
    };
    for _ in 0..2 {
        let failed = feed.try_put(&store, &set(0..12_000)).await;
        assert!(matches!(failed, Err(StoreError::Refused(_))), "{failed:?}");
        assert_eq!(dump_table(&store, &feed.dataset.tables[0]).await, Vec::<String>::new());
        assert_usable(&store).await;
    }
    let done = feed.put(&store, &set(0..8_013)).await;
    assert_eq!(done, Written { upserted: 8_013, deleted: 0 });
    assert!(feed.try_put(&store, &set(5..8_014)).await.is_err());
    assert_eq!(dump_table(&store, &feed.dataset.tables[0]).await.len(), 8_013, "no row was deleted");
    store.close().await;
}

async fn rows_of_another_target_are_refused(db: &Db) {
    let store = db.open().await;
    let (asked, answered) = (Feed::new("universe_systems", "30000142"), json!({"system_id": 30_000_144}));
    let failed = asked.try_put(&store, &answered).await;
    assert!(matches!(failed, Err(StoreError::Refused(_))), "{failed:?}");
    assert_eq!(dump_table(&store, &asked.dataset.tables[0]).await, Vec::<String>::new());
    store.close().await;
}

/// What decodes can be stored, on both databases, and is the same on both. A page that one of them refuses as a whole
/// would never be stored again, however often it is asked for.
#[tokio::test]
async fn whatever_decodes_is_stored_the_same_on_both() {
    let sqlite = Db::create(Kind::Sqlite).await.expect("never skipped");
    let Some(postgres) = Db::create(Kind::Postgres).await else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    let (left, right) = (sqlite.open().await, postgres.open().await);
    let mut runner = TestRunner::deterministic();
    let changes = proptest::collection::vec(mutation(), 1..5);
    let with_example: Vec<&'static Dataset> = datasets::all().filter(|d| example(d).is_some()).collect();
    let (mut stored, mut refused) = (0, 0);
    for round in 0..support::cases(400, 20_000) as usize {
        let dataset = with_example[round % with_example.len()];
        let reply = example(dataset).expect("filtered");
        let change = changes.new_tree(&mut runner).expect("a change").current();
        let body = mutated(&reply, &change, round % 2 == 0);
        if Decoder::new(dataset).page(body.as_bytes()).is_err() {
            continue;
        }
        let value = match dataset.param() {
            _ if dataset.pairs().is_some() => "region_id=10000002&type_id=34",
            Some("region_id") if dataset.retention == Retention::Snapshot && reply.is_array() => "10000002",
            Some(param) => &*reply[param].to_string().leak(),
            None => "",
        };
        let feed = Feed { dataset, value };
        let built = observed() + i64::try_from(round).expect("small");
        let one = feed.try_put_bytes(&left, built, body.as_bytes()).await;
        let two = feed.try_put_bytes(&right, built, body.as_bytes()).await;
        match (one, two) {
            (Ok(one), Ok(two)) => {
                stored += 1;
                assert_eq!(one, two, "SQLite and PostgreSQL differ in what they wrote of {body}");
            }
            // The id in the body was changed: a row of another target.
            (Err(StoreError::Refused(one)), Err(StoreError::Refused(two))) if one == two => refused += 1,
            (one, two) => panic!("SQLite: {one:?}\nPostgreSQL: {two:?}\nof {}: {body}", dataset.name),
        }
        if round % 20 == 0 {
            assert_same(("SQLite", &dump(&left).await), ("PostgreSQL", &dump(&right).await));
        }
    }
    assert_same(("SQLite", &dump(&left).await), ("PostgreSQL", &dump(&right).await));
    assert!(stored > 200 && refused < stored / 5, "{stored} sets stored, {refused} refused");
    left.close().await;
    right.close().await;
    postgres.remove().await;
}
