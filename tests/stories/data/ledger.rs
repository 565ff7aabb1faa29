//! The ledger: what was asked, with what result, when to ask again, and which records could not be stored.

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::datasets;
use esi_syncd::declare::{Owner, OwnerKind, TargetKey};
use esi_syncd::esi::{BudgetSnapshot, SpentSlot, StoredPause};
use esi_syncd::rows::Reject;
use esi_syncd::store::{Commit, Due, Selection, Store, Target, TargetState};
use serde_json::json;

use crate::support::{Db, Feed, now, on_both};

on_both!(
    an_entry_is_read_as_it_was_written,
    the_longest_overdue_target_comes_first,
    a_pass_asks_only_for_what_has_expired,
    a_list_decides_which_targets_there_are,
    an_unchanged_build_needs_no_request,
    rejects_live_as_long_as_their_set,
    a_dataset_keeps_a_thousand_rejects,
    budgets_survive_a_restart,
    the_status_view_counts_targets,
);

fn at(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

fn entry(dataset: &str, id: i64, due: i64) -> Target {
    let target = if id == 0 { Target::list(dataset, now()) } else { Target::new(dataset, system(id), now()) };
    Target { due_at: Some(at(due)), ..target }
}

fn system(id: i64) -> TargetKey {
    TargetKey::new([("system_id", id.to_string())])
}

async fn put(store: &Store, targets: &[Target]) {
    let dataset = datasets::find("universe_systems").expect("declared");
    store.commit(&Commit::new(dataset, targets, now())).await.expect("the ledger is written");
}

fn names(targets: &[Target]) -> Vec<String> {
    targets.iter().map(|t| t.target.last().into_owned()).collect()
}

async fn states(store: &Store) -> Vec<(String, TargetState)> {
    let all = store.targets("universe_systems").await.expect("readable");
    all.into_iter().map(|t| (t.target.last().into_owned(), t.state)).collect()
}

async fn an_entry_is_read_as_it_was_written(db: &Db) {
    let store = db.open().await;
    assert_eq!(store.target("market_orders", "region_id=1").await.expect("readable"), None);
    let new = Target::new("market_orders", TargetKey::parse("region_id=1"), now());
    let full = Target {
        state: TargetState::Shrunk,
        last_success_at: Some(at(1)),
        last_attempt_at: Some(at(2)),
        expires_at: Some(at(3)),
        due_at: Some(at(4)),
        last_modified: Some(at(-5)),
        etag: Some("W/\"\u{e9} '\"".to_owned()),
        pages: Some(7),
        rows: i64::MAX,
        failures: 3,
        last_error: Some("line one\nline two".to_owned()),
        drift: 9,
        server_version: Some("1132976".to_owned()),
        fingerprint: Some("f".repeat(64)),
        quarantined_version: Some("Sun, 01 Mar 2026 12:00:00 GMT".to_owned()),
        owner: Some(Owner { kind: OwnerKind::Corporation, id: 98_000_001 }),
        rank: Some(4),
        cursor: Some("after".to_owned()),
        walk: Some("before".to_owned()),
        walk_ended: true,
        rereading: true,
        ..new.clone()
    };
    for entry in [&new, &full, &new] {
        put(&store, std::slice::from_ref(entry)).await;
        let read = store.target("market_orders", "region_id=1").await.expect("readable");
        assert_eq!(read.as_ref(), Some(entry));
    }
    let precise = Target { due_at: Some(at(4) + TimeDelta::milliseconds(999)), ..full.clone() };
    put(&store, &[precise]).await;
    let read = store.target("market_orders", "region_id=1").await.expect("readable").expect("there");
    assert_eq!(read.due_at, Some(at(4)), "both databases keep whole seconds, and round none up");
    store.close().await;
}

async fn the_longest_overdue_target_comes_first(db: &Db) {
    let store = db.open().await;
    let mut all = [(0, -50), (1, -10), (2, -30), (3, 0), (4, 1), (5, -20), (6, -40), (10, -10)]
        .map(|(id, due)| entry("universe_systems", id, due));
    all[5].state = TargetState::Shrunk;
    all[6].state = TargetState::Retired;
    put(&store, &all).await;
    put(&store, &[entry("elsewhere", 7, -99)]).await;
    let due = |ranked, limit| store.due("universe_systems", ranked, Due::ByCadence, now(), limit);
    assert_eq!(names(&due(false, 99).await.expect("readable")), ["2", "5", "1", "10", "3"]);
    assert_eq!(names(&due(false, 2).await.expect("readable")), ["2", "5"]);
    put(
        &store,
        &[(3, 1), (10, 0)].map(|(id, rank)| Target { rank: Some(rank), ..entry("universe_systems", id, 0) }),
    )
    .await;
    assert_eq!(names(&due(true, 99).await.expect("readable")), ["10", "3", "2", "5", "1"], "ranks go first");
    assert_eq!(store.next_due("universe_systems").await.expect("readable"), Some(at(-50)));
    assert_eq!(store.next_due("nothing").await.expect("readable"), None);
    store.close().await;
}

/// `sync` goes by ESI's expiry, not by our cadence; a target that failed keeps its pause all the same.
async fn a_pass_asks_only_for_what_has_expired(db: &Db) {
    let store = db.open().await;
    let expiring = |id, success: Option<i64>, expires: Option<i64>, failures, due| Target {
        last_success_at: success.map(at),
        expires_at: expires.map(at),
        failures,
        last_error: (failures > 0).then(|| "it failed".to_owned()),
        ..entry("universe_systems", id, due)
    };
    put(
        &store,
        &[
            expiring(1, None, None, 0, 500),
            expiring(2, Some(-99), Some(-1), 0, 500),
            expiring(3, Some(-99), Some(0), 0, 500),
            expiring(4, Some(-99), Some(1), 0, -500),
            expiring(5, Some(-99), Some(-1), 2, 500),
            expiring(6, Some(-99), Some(-1), 2, -500),
            expiring(7, None, None, 1, 500),
            expiring(8, None, None, 1, -500),
            expiring(9, Some(-99), None, 0, 500),
        ],
    )
    .await;
    let due =
        store.due("universe_systems", false, Due::Expired { by: now() }, now(), 99).await.expect("readable");
    let mut due = names(&due);
    due.sort_unstable();
    assert_eq!(due, ["1", "2", "3", "6", "8", "9"]);
    store.close().await;
}

async fn a_list_decides_which_targets_there_are(db: &Db) {
    use TargetState::{Active, Deselected, Retired, Shrunk};

    let store = db.open().await;
    put(&store, &[entry("universe_systems", 0, 0)]).await;
    let select = async |ids: &[i64], others| {
        let wanted: Vec<TargetKey> = ids.iter().copied().map(system).collect();
        let selection = Selection { dataset: "universe_systems", wanted: &wanted, others };
        store.select(&selection, at(60)).await.expect("the ledger is written")
    };
    let seen = |all: &[(&str, TargetState)]| -> Vec<(String, TargetState)> {
        all.iter().map(|(name, state)| ((*name).to_owned(), *state)).collect()
    };
    assert_eq!(select(&[1, 2, 3], Retired).await, 3);
    assert_eq!(states(&store).await, seen(&[("", Active), ("1", Active), ("2", Active), ("3", Active)]));
    let new = store.target("universe_systems", "system_id=1").await.expect("readable").expect("added");
    assert_eq!(new, Target::new("universe_systems", system(1), at(60)), "due at once");

    put(&store, &[Target { state: Shrunk, rows: 5, ..entry("universe_systems", 2, 7) }]).await;
    assert_eq!(select(&[2, 4], Retired).await, 1);
    let after = [("", Active), ("1", Retired), ("2", Shrunk), ("3", Retired), ("4", Active)];
    assert_eq!(states(&store).await, seen(&after), "the list's own entry is no target of the list");
    let known = store.target("universe_systems", "system_id=2").await.expect("readable").expect("kept");
    assert_eq!((known.rows, known.due_at), (5, Some(at(7))), "what is known stays as it is");

    assert_eq!(select(&[3], Deselected).await, 0);
    let after = [("", Active), ("1", Retired), ("2", Deselected), ("3", Active), ("4", Deselected)];
    assert_eq!(states(&store).await, seen(&after));

    let many: Vec<i64> = (1..=1_234).collect();
    assert_eq!(select(&many, Retired).await, 1_230);
    assert_eq!(store.targets("universe_systems").await.expect("readable").len(), 1_235);
    assert_eq!(select(&[], Retired).await, 0);
    let left = states(&store).await.into_iter().filter(|(_, state)| *state == Active).count();
    assert_eq!(left, 1, "only the list itself is asked again");

    store.add("elsewhere", &["id=1", "id=2"].map(TargetKey::parse), now()).await.expect("added");
    store.add("elsewhere", &["id=2", "id=3"].map(TargetKey::parse), at(9)).await.expect("added");
    let all = store.targets("elsewhere").await.expect("readable");
    assert_eq!(all.iter().map(|t| t.due_at).collect::<Vec<_>>(), [Some(now()), Some(now()), Some(at(9))]);
    store.close().await;
}

async fn an_unchanged_build_needs_no_request(db: &Db) {
    let store = db.open().await;
    let built = |id, version: &str, expires, failures, state| Target {
        server_version: Some(version.to_owned()),
        expires_at: Some(at(expires)),
        failures,
        state,
        ..entry("universe_systems", id, expires)
    };
    put(
        &store,
        &[
            built(1, "7", -5, 0, TargetState::Active),
            built(2, "6", -5, 0, TargetState::Active),
            built(3, "7", 5, 0, TargetState::Active),
            built(4, "7", -5, 1, TargetState::Active),
            built(5, "7", -5, 0, TargetState::Retired),
            entry("universe_systems", 6, -5),
        ],
    )
    .await;
    let moved = store.postpone_unchanged_build("universe_systems", "7", now(), at(100)).await;
    assert_eq!(moved.expect("written"), 1);
    let all = store.targets("universe_systems").await.expect("readable");
    let due: Vec<Option<DateTime<Utc>>> = all.iter().map(|t| t.due_at).collect();
    assert_eq!(due, [100, -5, 5, -5, -5, -5].map(|s| Some(at(s))));
    assert_eq!(all[0].expires_at, Some(at(100)));
    store.close().await;
}

async fn rejected(store: &Store) -> Vec<String> {
    let sql = "SELECT dataset || ' ' || target || ': ' || reason || ' ' || json AS line FROM sync_rejects ORDER BY 1";
    let rows = store.query(sql, &[]).await.expect("readable");
    rows.iter().map(|row| row.text("line").expect("a text").expect("not null")).collect()
}

async fn rejects_live_as_long_as_their_set(db: &Db) {
    let store = db.open().await;
    let (forge, domain) = (Feed::new("market_orders", "10000002"), Feed::new("market_orders", "10000043"));
    let good = json!({"order_id": 1});
    let bad = |id: &str| json!({"order_id": id});
    forge.put(&store, &json!([good, bad("x"), bad("y"), bad("x")])).await;
    domain.put(&store, &json!([good, bad("x")])).await;
    let line = |region: &str, id: &str| {
        format!(
            "market_orders region_id={region}: market_orders.order_id: expected Int, found \"{id}\" {{\"order_id\":\"{id}\"}}"
        )
    };
    let (x, y, other) = (line("10000002", "x"), line("10000002", "y"), line("10000043", "x"));
    assert_eq!(rejected(&store).await, [x, y.clone(), other.clone()], "the same record is kept once");

    forge.put(&store, &json!([good, bad("y")])).await;
    assert_eq!(rejected(&store).await, [y.clone(), other.clone()]);

    // A 304, or a failure: nothing new is known about the records.
    let target = forge.target();
    let unchanged = Commit::new(forge.dataset, std::slice::from_ref(&target), now());
    store.commit(&unchanged).await.expect("written");
    assert_eq!(rejected(&store).await, [y, other.clone()]);

    forge.put(&store, &json!([good])).await;
    assert_eq!(rejected(&store).await, [other], "a clean set clears its own");
    store.close().await;
}

async fn a_dataset_keeps_a_thousand_rejects(db: &Db) {
    let store = db.open().await;
    let prices = Feed::new("market_prices", "");
    prices.put(&store, &json!([{"type_id": "another dataset's"}])).await;
    for (value, rejects) in [("1", 700), ("2", 700), ("3", 5)] {
        let feed = Feed::new("market_orders", value);
        let rejects: Vec<Reject> = (0..rejects)
            .map(|i| Reject { reason: "bad\0".to_owned(), json: format!("{{\"order_id\":\"{i}\"}}") })
            .collect();
        let target = feed.target();
        let commit = Commit {
            rejects: Some(&rejects),
            ..Commit::new(feed.dataset, std::slice::from_ref(&target), now())
        };
        store.commit(&commit).await.expect("written");
    }
    let sql = "SELECT target, COUNT(*) AS n FROM sync_rejects WHERE dataset = 'market_orders' GROUP BY target ORDER BY 1";
    let rows = store.query(sql, &[]).await.expect("readable");
    let counts: Vec<i64> = rows.iter().map(|row| row.int("n").expect("a count").expect("not null")).collect();
    assert_eq!(counts, [700, 300]);
    assert_eq!(rejected(&store).await.len(), 1_001, "other datasets have room of their own");
    store.close().await;
}

async fn budgets_survive_a_restart(db: &Db) {
    let slot = |group: &str, owner: &str, start: i64, tokens: u32| SpentSlot {
        group: group.to_owned(),
        owner: owner.to_owned(),
        slot_start: at(start),
        tokens,
        limit: 600,
    };
    let pause = |what: &str, until: i64| StoredPause { what: what.to_owned(), until: at(until) };
    let store = db.open().await;
    assert_eq!(store.budgets().await.expect("readable"), None);
    let first = BudgetSnapshot {
        saved_at: at(0),
        slots: vec![slot("market-order", "", 0, 40), slot("market-order", "", -15, 2)],
        pauses: vec![pause("market-order", 60), pause("everything", 5)],
    };
    store.save_budgets(&first).await.expect("written");
    let second = BudgetSnapshot {
        saved_at: at(30),
        slots: vec![slot("market-order", "", 15, u32::MAX), slot("status", "95538921", 30, 1)],
        pauses: vec![pause("market-order", 90)],
    };
    store.save_budgets(&second).await.expect("written");
    store.close().await;

    let store = db.open().await;
    let mut read = store.budgets().await.expect("readable").expect("saved");
    read.slots.sort_by_key(|s| s.slot_start);
    assert_eq!(read, second, "the newer state replaces the older one whole");

    // With the commit of a set, so that the tokens of a stored set are never forgotten.
    let prices = Feed::new("market_prices", "");
    let target = prices.target();
    let commit =
        Commit { budgets: Some(&first), ..Commit::new(prices.dataset, std::slice::from_ref(&target), now()) };
    store.commit(&commit).await.expect("written");
    let read = store.budgets().await.expect("readable").expect("saved");
    assert_eq!((read.slots.len(), read.pauses.len(), read.saved_at), (2, 2, at(0)));
    assert!(
        read.pauses.contains(&pause("market-order", 90)),
        "a snapshot that comes late ends no newer pause"
    );
    store.close().await;
}

async fn the_status_view_counts_targets(db: &Db) {
    let store = db.open().await;
    db.meddle(
        "INSERT INTO sync_datasets (dataset, operation, source, enabled, every, declaration, period_seconds) VALUES \
         ('universe_systems', 'GET /universe/systems/{system_id}', 'GET /universe/systems', TRUE, 'expires', '', 300), \
         ('market_prices', 'GET /markets/prices', NULL, FALSE, 'expires', '', 3600), \
         ('incursions', 'GET /incursions', NULL, TRUE, 'expires', '', 300)",
    )
    .await;
    // The view goes by the database's clock.
    let real = |seconds: i64| Some(Utc::now() + TimeDelta::seconds(seconds));
    let system = |id, success: Option<i64>, due: i64, state, failures| Target {
        last_success_at: success.and_then(real),
        due_at: real(due),
        rows: 10,
        state,
        failures,
        last_error: (failures > 0).then(|| "it failed".to_owned()),
        ..entry("universe_systems", id, 0)
    };
    put(
        &store,
        &[
            system(0, Some(-9_999), -9_999, TargetState::Active, 0),
            system(1, Some(-10), 100, TargetState::Active, 0),
            system(2, Some(-400), -200, TargetState::Shrunk, 1),
            system(3, Some(-800), -400, TargetState::Active, 2),
            system(4, None, 100, TargetState::Active, 0),
            system(5, Some(-10), 100, TargetState::Deselected, 1),
            system(6, Some(-10), 100, TargetState::Retired, 0),
        ],
    )
    .await;
    Feed::new("market_prices", "").put(&store, &json!([{"type_id": 1}])).await;
    let columns = ["targets", "fresh", "stale", "failing", "rows", "deselected", "retired"];
    let rows = store.query("SELECT * FROM sync_status ORDER BY dataset", &[]).await.expect("readable");
    let counts: Vec<(String, Vec<i64>)> = rows
        .iter()
        .map(|row| {
            let name = row.text("dataset").expect("a name").expect("not null");
            let counts = columns.map(|c| row.int(c).expect("a count").expect("not null"));
            (name, counts.to_vec())
        })
        .collect();
    let wanted = [
        ("incursions", [0, 0, 0, 0, 0, 0, 0]),
        ("market_prices", [0, 0, 0, 0, 1, 0, 0]),
        ("universe_systems", [4, 2, 2, 2, 60, 1, 1]),
    ];
    let wanted: Vec<(String, Vec<i64>)> =
        wanted.into_iter().map(|(name, counts)| (name.to_owned(), counts.to_vec())).collect();
    assert_eq!(counts, wanted, "{columns:?}");
    let oldest = rows[2].time("oldest_success_at").expect("an instant").expect("not null");
    assert!((Utc::now() - oldest - TimeDelta::seconds(800)).abs() < TimeDelta::seconds(30), "{oldest}");
    assert!(rows[2].bool("enabled").expect("a boolean") && !rows[1].bool("enabled").expect("a boolean"));
    store.close().await;
}
