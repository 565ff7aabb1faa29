//! Limits that ESI enforces: the right requests pause, for the right time, also across a restart.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use esi_syncd::datasets;
use esi_syncd::declare::Targets;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim};

use crate::support::esi::{close, config, context, entry, number, only, run_pass, small};
use crate::support::patient::{DATASETS, Patient, Place};
use crate::support::{Db, on_both};

on_both!(
    a_429_pauses_its_bucket,
    a_420_stops_everything_also_after_a_restart,
    unlucky_ids_do_not_spoil_the_names
);

const INCURSIONS: Place = ("incursions", "");

/// Five dresses of the same answer: whatever ESI says, the bucket rests and nothing else does.
async fn a_429_pauses_its_bucket(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    let in_an_hour = |patient: &Patient| {
        (patient.clock.now() + TimeDelta::minutes(50)).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    let dresses = [
        ("seconds", Some("1800".to_owned()), 1700, 2100),
        ("a date", None, 2700, 3700),
        ("nonsense", Some("soon".to_owned()), 40, 1000),
        ("huge", Some("99999999999".to_owned()), 3500, 4000),
        ("nothing", None, 40, 1000),
    ];
    for (name, retry_after, least, most) in dresses {
        patient.next_day();
        let retry_after = if name == "a date" { Some(in_an_hour(&patient)) } else { retry_after };
        let (before, since) = (patient.rows(INCURSIONS).await, patient.clock.now());
        patient.fault(Fault::on("/incursions").with(Trouble::RateLimited { retry_after }));
        patient.pass().await;
        let asked = patient.clock.now();
        let entry = patient.entry(INCURSIONS).await;
        let wait = (entry.due_at.expect("again at some time") - since).num_seconds();
        let slack = (asked - since).num_seconds();
        assert!((least..=most + slack).contains(&wait), "{name}: again after {wait} s");
        assert!(entry.last_error.is_some_and(|e| e.contains("429")), "{name}");
        assert!(before == patient.rows(INCURSIONS).await, "{name}: rows were touched");
        patient.others_went_on(&["incursions"], since, name).await;
        patient.sim.clear_faults();
        patient.next_day();
        assert_eq!(patient.pass().await.1, 0, "{name}: well again");
    }
    patient.end().await;
}

/// The pause is in the database at once: a process that dies in it and is started again keeps to it.
async fn a_420_stops_everything_also_after_a_restart(db: &Db) {
    let patient = Patient::at_speed(1.0, db, small(), &DATASETS, "").await;
    patient.next_day();
    let headers = [("x-esi-error-limit-remain", "0"), ("x-esi-error-limit-reset", "3000")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let limited = Trouble::Status { code: 420, body: String::new(), headers };
    patient.fault(Fault::on("/markets/prices").times(1).with(limited));
    let saved = async {
        // Whoever runs the daemon saves pauses as soon as there are any.
        patient.ctx.client.limits().pauses_changed().await;
        patient.ctx.save_budgets().await.expect("saved");
    };
    let ((_, failed), ()) = tokio::join!(patient.pass(), saved);
    assert!(failed >= 1);
    let Patient { sim, clock, config, ctx } = patient;
    // No good order: the store is dropped where it stands.
    drop(ctx);
    for minutes in [0, 30] {
        clock.step(TimeDelta::minutes(minutes));
        sim.reset_counters();
        let ctx = context(&config, &clock).await;
        run_pass(&ctx, &config).await;
        assert_eq!(sim.counters().requests, 0, "asked during the pause: {:?}", sim.requests());
        drop(ctx);
    }
    clock.step(TimeDelta::minutes(40));
    let ctx = context(&config, &clock).await;
    assert_eq!(run_pass(&ctx, &config).await.1, 0, "well again");
    assert!(sim.counters().requests >= 5, "{:?}", sim.requests());
    close(ctx).await;
}

/// Ids that ESI does not know, strewn among those it knows: all good ones get their names, and the error limit is
/// never in danger.
async fn unlucky_ids_do_not_spoil_the_names(db: &Db) {
    let clock = crate::support::esi::clock(60.0);
    let sim = Sim::start(small(), clock.clone()).await.expect("a port");
    let config = config(db, &sim, &only(&["market_prices", "entity_names"]));
    let ctx = context(&config, &clock).await;
    let named = datasets::find("entity_names").expect("declared");
    assert!(matches!(named.targets, Targets::Named { .. }));
    let (good, bad) = (120_i64, 100_i64);
    assert_eq!(run_pass(&ctx, &config).await.1, 0);
    db.meddle("DELETE FROM entity_names; DELETE FROM sync_targets WHERE dataset = 'entity_names'").await;
    let strangers: Vec<String> = (0..bad).map(|i| format!("({}, NULL, NULL)", 7_777_000 + i)).collect();
    db.meddle(&format!("INSERT INTO market_prices VALUES {}", strangers.join(", "))).await;
    let mut worst = 0;
    for _ in 0..200 {
        let since = clock.now();
        sim.reset_counters();
        run_pass(&ctx, &config).await;
        let mut minutes: BTreeMap<i64, usize> = BTreeMap::new();
        for request in sim.requests().iter().filter(|r| r.status >= 400) {
            *minutes.entry(request.time.timestamp() / 60).or_default() += 1;
        }
        worst = worst.max(minutes.into_values().max().unwrap_or(0));
        let left = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'entity_names' AND last_success_at IS NULL \
                    AND (last_error IS NULL OR last_error NOT LIKE 'ESI does not know this id%')";
        if number(&ctx.store, left).await == 0 {
            break;
        }
        let next = since + TimeDelta::seconds(61);
        clock.step((next - clock.now()).max(TimeDelta::zero()));
    }
    let named = number(&ctx.store, "SELECT COUNT(*) AS n FROM entity_names").await;
    assert!(named >= good / 2, "{named} names");
    let unnamed = "SELECT COUNT(*) AS n FROM market_prices AS p LEFT JOIN entity_names AS n ON n.id = p.type_id \
                   WHERE n.id IS NULL AND p.type_id NOT BETWEEN 7777000 AND 7777999";
    assert_eq!(number(&ctx.store, unnamed).await, 0, "every id that ESI knows has its name");
    assert!((1..=20).contains(&worst), "{worst} errors in a minute");
    let absent = entry(&ctx.store, "entity_names", "id=7777001").await;
    assert!(absent.due_at.is_some_and(|due| due > clock.now()), "left in peace: {absent:?}");
    assert!(sim.counters().violations.is_empty(), "{:?}", sim.counters().samples);
    close(ctx).await;
}
