//! How a changed declaration and a changed configuration affect stored data.
//!
//! A new version of the program reads one more column. To the database that is a column of NULLs, and a
//! ledger based on another declaration: the stories make both by hand. The column must fill by itself, also
//! in rows that are asked once, or only after a new build of the game. No reply may be asked for again before
//! it has expired.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::datasets;
use esi_syncd::store::{Adopted, Adoption, DatasetRow, NextDue, Store, Target};

use crate::support::esi::small;
use crate::support::story::Story;
use crate::support::{Db, now, on_both};

on_both!(a_new_column_fills_by_itself, a_changed_cadence_acts_at_once);

/// A dataset of each kind, and the column that is new.
const NEW: [(&str, &str); 9] = [
    ("market_prices", "adjusted_price"),
    ("market_orders", "price"),
    ("universe_categories", "name"),
    ("public_contracts", "price"),
    ("public_contract_items", "quantity"),
    ("entity_names", "name"),
    ("freelance_jobs", "name"),
    ("freelance_job_details", "name"),
    ("wars", "declared"),
];

async fn a_new_column_fills_by_itself(db: &Db) {
    let names: Vec<&str> = std::iter::once("server_status").chain(NEW.map(|(dataset, _)| dataset)).collect();
    let story =
        Story::begin(db, small(), &names, "[datasets.public_contracts]\nregions = [10000002, 10000043]\n")
            .await;
    story.sim.hold();
    for _ in 0..2 {
        assert_eq!(story.pass().await.1, 0);
    }
    let missing = async |story: &Story, table: &str, column: &str| {
        story.number(&format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} IS NULL")).await
    };
    let mut before = Vec::new();
    for (table, column) in NEW {
        let filled =
            story.number(&format!("SELECT COUNT(*) AS n FROM {table} WHERE {column} IS NOT NULL")).await;
        assert!(filled > 0, "{table}.{column} has values");
        before.push((missing(&story, table, column).await, story.rows(table).await.len()));
    }

    for (table, column) in NEW {
        db.meddle(&format!("UPDATE {table} SET {column} = NULL")).await;
    }
    db.meddle("UPDATE sync_datasets SET declaration = 'of the version before'").await;
    db.meddle("UPDATE sync_targets SET fingerprint = 'of the version before'").await;
    let story = story.killed().await;
    for _ in 0..3 {
        assert_eq!(story.pass().await.1, 0, "what has not expired is not asked");
        story.clock.step(TimeDelta::hours(30));
    }
    assert_eq!(story.pass().await.1, 0);
    for ((table, column), (nulls, rows)) in NEW.into_iter().zip(before) {
        assert!(story.rows(table).await.len() >= rows, "{table} has lost rows");
        assert_eq!(missing(&story, table, column).await, nulls, "{table}.{column} has filled by itself");
    }
    story.end().await;
}

fn at(minutes: i64) -> DateTime<Utc> {
    now() + TimeDelta::minutes(minutes)
}

async fn due(store: &Store) -> Vec<Option<i64>> {
    let targets = store.targets("market_orders").await.expect("reads");
    targets.iter().map(|t| t.due_at.map(|at| (at - now()).num_minutes())).collect()
}

/// A target that waits for yesterday's cadence follows today's, shorter or longer, and never to before its expiry.
async fn a_changed_cadence_acts_at_once(db: &Db) {
    let store = db.open().await;
    let dataset = datasets::find("market_orders").expect("declared");
    let row =
        DatasetRow { dataset, enabled: true, period: Duration::from_hours(24), every: "1day".to_owned() };
    store.put_datasets(&[row]).await.expect("writes");
    let target = |region: &str, success: Option<i64>, expires: i64, failures| Target {
        last_success_at: success.map(at),
        expires_at: Some(at(expires)),
        due_at: Some(at(24 * 60)),
        failures,
        ..Target::new("market_orders", esi_syncd::declare::TargetKey::new([("region_id", region)]), now())
    };
    let targets = [
        target("1", Some(-10), -5, 0),
        target("2", Some(-10), 40, 0),
        target("3", Some(-10), -5, 2),
        target("4", None, -5, 0),
    ];
    store.commit(&esi_syncd::store::Commit::new(dataset, &targets, now())).await.expect("writes");
    let adopt = async |every: &str, next| {
        let wanted = Adoption { dataset, every: every.to_owned(), next, spread: Duration::from_mins(5) };
        store.adopt(&wanted, now()).await.expect("writes")
    };
    let day = Some(24 * 60);

    assert_eq!(adopt("1day", NextDue::After(TimeDelta::days(1))).await, Adopted::default());
    assert_eq!(due(&store).await, [day; 4], "nothing has changed");
    let shorter = adopt("15m", NextDue::After(TimeDelta::minutes(15))).await;
    assert_eq!(shorter, Adopted { rescheduled: 2, redeclared: 0 });
    assert_eq!(due(&store).await, [Some(5), Some(40), day, day], "a failure keeps its rest");
    let longer = adopt("2h", NextDue::After(TimeDelta::hours(2))).await;
    assert_eq!((longer.rescheduled, due(&store).await), (2, vec![Some(110), Some(110), day, day]));
    let line = adopt("0 30 12 * * *", NextDue::At(at(30))).await;
    assert_eq!((line.rescheduled, due(&store).await), (2, vec![Some(30), Some(40), day, day]));
    store.close().await;
}
