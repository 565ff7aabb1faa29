//! ESI changes: undeclared fields, dates that it no longer serves, routes that are gone. The stories check
//! what the ledger, the log, `check` and `status` report, and that ESI gets few requests meanwhile.

use chrono::TimeDelta;
use esi_syncd::clock::Clock;
use esi_syncd::datasets;
use esi_syncd::esi::COMPATIBILITY_DATE;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim};
use esi_syncd::store::DriftRow;
use esi_syncd::sync::Compatibility;
use serde_json::{Value, json};

use crate::support::esi::{eventually, number, only, reader, small, toml};
use crate::support::patient::{DATASETS, Patient, Place};
use crate::support::process::{Program, run};
use crate::support::{self, Db, on_both};

on_both!(
    odd_fields_are_named,
    odd_fields_are_forgotten_when_no_target_has_them,
    a_refused_date_stops_everything,
    a_refused_date_is_one_line,
    a_route_that_is_gone_is_left_alone,
    an_old_date_is_known_from_the_tables,
    changes_of_enabled_routes_are_announced,
);

/// One request each, so that no set turns while it is read.
const SINGLE: [&str; 4] = ["server_status", "market_prices", "industry_cost_indices", "incursions"];
const FORGE_PATH: &str = "/markets/10000002/orders";
const DOMAIN_PATH: &str = "/markets/10000043/orders";
const TOO_OLD: &str = "ESI no longer serves compatibility date 2026-08-18: install a newer esi-syncd";

fn reply(body: &Value) -> Trouble {
    Trouble::Status { code: 200, body: body.to_string(), headers: Vec::new() }
}

async fn drift(patient: &Patient) -> Vec<DriftRow> {
    patient.ctx.store.drift().await.expect("the ledger reads")
}

async fn odd_fields_are_named(db: &Db) {
    let patient = Patient::filled(db, small(), &SINGLE, "").await;
    assert_eq!(drift(&patient).await, [], "nothing is odd in good health");
    let prices = patient.rows(("market_prices", "")).await.len();
    patient.next_day();
    patient.fault(Fault::on("/markets/prices").with(Trouble::UnknownField));
    let incursion = json!([{ "constellation_id": 20_000_020, "faction_id": 500_019, "has_boss": true, "type": "Incursion",
                             "staging_solar_system_id": 30_000_142, "infested_solar_systems": [30_000_142] }]);
    patient.fault(Fault::on("/incursions").with(reply(&incursion)));
    assert_eq!(patient.pass().await.1, 0, "drift fails nothing");
    let first = drift(&patient).await;
    let seen: Vec<_> =
        first.iter().map(|d| (d.dataset.as_str(), d.kind.as_str(), d.field.as_str(), d.records)).collect();
    let prices = i64::try_from(prices).expect("a count");
    assert_eq!(
        seen,
        [
            ("incursions", "missing", "incursions.influence", 1),
            ("incursions", "missing", "incursions.state", 1),
            ("market_prices", "unknown", "unheard_of", prices),
        ]
    );
    assert!(
        first.iter().all(|d| d.first_seen_at.is_some() && d.first_seen_at == d.last_seen_at),
        "{first:?}"
    );
    patient.next_day();
    assert_eq!(patient.pass().await.1, 0);
    let again = drift(&patient).await;
    assert_eq!(again.len(), 3);
    for (was, is) in first.iter().zip(&again) {
        assert_eq!((was.first_seen_at, was.records), (is.first_seen_at, is.records));
        assert!(is.last_seen_at > was.last_seen_at, "still so: {is:?}");
    }
    let toml = toml(db.url(), &patient.sim.base_url(), "");
    run(db.folder(), &toml, &["status"])
        .await
        .expect(0)
        .contains(&format!(
            "drift: market_prices: unknown field `unheard_of`, {prices} times in a reply; since 2026-11-"
        ))
        .contains("drift: incursions: no value for incursions.state, 1 times in a reply");
    let said = run(db.folder(), &toml, &["status", "--json"]).await;
    let said: Value = serde_json::from_str(&said.said).unwrap_or_else(|e| panic!("{e}: {}", said.said));
    assert_eq!(said["drift"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&said["drift"][2]["field"], &said["drift"][2]["records"]),
        (&json!("unheard_of"), &json!(prices))
    );
    patient.sim.clear_faults();
    patient.next_day();
    assert_eq!(patient.pass().await.1, 0);
    assert_eq!(drift(&patient).await, [], "all is as it should be again");
    patient.end().await;
}

async fn odd_fields_are_forgotten_when_no_target_has_them(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    for (paths, rows) in [(vec![FORGE_PATH, DOMAIN_PATH], 1), (vec![DOMAIN_PATH], 1), (vec![], 0)] {
        patient.sim.clear_faults();
        for path in &paths {
            patient.fault(Fault::on(*path).with(Trouble::UnknownField));
        }
        patient.next_day();
        assert_eq!(patient.pass().await.1, 0);
        assert_eq!(drift(&patient).await.len(), rows, "odd: {paths:?}");
    }
    patient.end().await;
}

/// Fifty details are due when ESI gives up our date: hardly more requests are lost on it than were in flight.
async fn a_refused_date_stops_everything(db: &Db) {
    const MOST: usize = 4;
    let more = format!("max_concurrency = {MOST}\nmax_rate = 1000\nbackfill_rate = 1000\n");
    let datasets = [&SINGLE[..], &["universe_systems"]].concat();
    let patient = Patient::at_speed(1.0, db, small(), &datasets, &more).await;
    db.meddle(
        "UPDATE sync_targets SET expires_at = last_success_at, due_at = last_success_at, etag = NULL, \
         server_version = NULL WHERE dataset = 'universe_systems'",
    )
    .await;
    patient.next_day();
    patient.sim.reset_counters();
    patient.fault(Fault::on("*").with(Trouble::OldDate));
    let systems = "SELECT COUNT(*) AS n FROM universe_systems";
    let before = number(&patient.ctx.store, systems).await;
    let (attempts, failed) = patient.pass().await;
    assert!(attempts > 40 && attempts == failed, "{failed} of {attempts} failed");
    let sent = patient.sim.requests().len();
    assert!((1..=2 * MOST).contains(&sent), "{sent} requests were sent");
    assert_eq!(number(&patient.ctx.store, systems).await, before, "rows stay");
    let now = patient.clock.now();
    for dataset in &datasets {
        for target in patient.ctx.store.targets(dataset).await.expect("reads") {
            let error = target.last_error.as_deref().unwrap_or_default();
            assert!(error.contains(TOO_OLD), "{dataset} {}: {error:?}", target.target);
            assert!(target.due_at > Some(now + TimeDelta::minutes(50)), "{dataset} {}", target.target);
        }
    }
    assert_eq!(patient.pass().await, (0, 0), "nothing is due");
    // An hour later one request finds out for all.
    patient.sim.reset_counters();
    patient.clock.step(TimeDelta::minutes(61));
    let (attempts, failed) = patient.pass().await;
    assert!(attempts > 40 && attempts == failed, "{failed} of {attempts} failed");
    assert_eq!(patient.sim.requests().len(), 1);
    patient.sim.clear_faults();
    patient.clock.step(TimeDelta::minutes(61));
    patient.pass().await;
    patient.clock.step(TimeDelta::minutes(62));
    assert_eq!(patient.pass().await.1, 0, "well again");
    assert_eq!(
        number(&patient.ctx.store, "SELECT COUNT(*) AS n FROM sync_targets WHERE last_error IS NOT NULL")
            .await,
        0
    );
    patient.end().await;
}

async fn a_refused_date_is_one_line(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    sim.fault(Fault::on("*").with(Trouble::OldDate));
    let names = [&DATASETS[..], &["esi_compatibility_dates", "universe_regions"]].concat();
    let text = toml(db.url(), &sim.base_url(), &only(&names));
    let mut daemon = Program::start(db.folder(), &text, &[]);
    daemon.says(TOO_OLD).await;
    let store = support::esi::reader_when_ready(db).await;
    let failing =
        "SELECT COUNT(DISTINCT dataset) AS n FROM sync_targets WHERE last_error LIKE '%install a newer%'";
    eventually("every dataset was refused", 20, async || {
        number(&store, failing).await == i64::try_from(names.len()).expect("a count")
    })
    .await;
    store.close().await;
    daemon.signal("TERM");
    let ended = daemon.end().await;
    ended.expect(0);
    assert_eq!(ended.said.matches(TOO_OLD).count(), 1, "{}", ended.said);
    assert!(!ended.said.contains(" WARN "), "nothing else is complained about:\n{}", ended.said);
    run(db.folder(), &text, &["check"]).await.expect(1).contains(&format!("fail  ESI            {TOO_OLD}"));
    let sync = run(db.folder(), &text, &["sync", "insurance_prices"]).await;
    sync.expect(1).contains("insurance_prices: 1 of 1 attempts failed").contains(TOO_OLD);
}

async fn a_route_that_is_gone_is_left_alone(db: &Db) {
    const INCURSIONS: Place = ("incursions", "");
    let patient = Patient::filled(db, small(), &SINGLE, "").await;
    let before = patient.rows(INCURSIONS).await;
    patient.next_day();
    patient.fault(Fault::on("/incursions").with(Trouble::status(404)));
    for hours in [1, 2, 4, 8, 16, 24, 24] {
        assert_eq!(patient.pass().await.1, 1, "before {hours} h");
        let entry = patient.entry(INCURSIONS).await;
        let error = entry.last_error.unwrap_or_default();
        let words = format!("this route is not served under compatibility date {COMPATIBILITY_DATE}");
        assert!(error.contains(&words), "{error}");
        let rest = entry.due_at.expect("due") - entry.last_attempt_at.expect("asked");
        // The two moments are taken one after the other, and times are stored in whole seconds.
        assert!((rest.num_seconds() - hours * 3600).abs() <= 1, "{rest} after {:?}", entry.failures);
        patient.clock.step(rest + TimeDelta::minutes(1));
    }
    assert!(before == patient.rows(INCURSIONS).await, "rows were touched");
    patient.sim.clear_faults();
    assert_eq!(patient.pass().await.1, 0, "well again");
    patient.end().await;
}

const META: [&str; 2] = ["esi_compatibility_dates", "esi_changelog"];

/// The tables filled once with these dates; then what the daemon says at its start, and `check` and `status`.
async fn said(db: &Db, dates: Option<&[&str]>, more: &[&str]) -> (String, String, String, Option<i32>) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    if let Some(dates) = dates {
        let body = json!({ "compatibility_dates": dates });
        sim.fault(Fault::on("/meta/compatibility-dates").with(reply(&body)));
    }
    let text = toml(db.url(), &sim.base_url(), &only(&[&META[..], more].concat()));
    run(db.folder(), &text, &[&["sync"], &META[..]].concat()).await.expect(0);
    let mut daemon = Program::start(db.folder(), &text, &[]);
    daemon.says("announces: GET /meta/compatibility-dates (changed)").await;
    daemon.signal("TERM");
    let log = daemon.end().await.said;
    let check = run(db.folder(), &text, &["check"]).await;
    let status = run(db.folder(), &text, &["status"]).await;
    status.expect(0);
    (log, check.said, status.said, check.code)
}

async fn an_old_date_is_known_from_the_tables(db: &Db) {
    let (log, check, status, code) = said(db, Some(&["2027-03-01", "2027-01-01"]), &[]).await;
    let text = "the oldest compatibility date that ESI serves is 2027-01-01, ours is 2026-08-18: install a newer esi-syncd";
    assert!(log.contains(text) && log.matches("ERROR").count() == 1, "{log}");
    assert!(log.contains("ESI serves compatibility date 2027-03-01, ours is 2026-08-18"), "{log}");
    assert!(check.contains(&format!("fail  compatibility  {text}")), "{check}");
    assert_eq!(code, Some(1));
    assert!(status.contains(&format!("warning: {text}")), "{status}");
    let store = reader(db).await;
    let found = Compatibility::read(&store, &[]).await.expect("reads");
    assert_eq!((found.oldest.as_deref(), found.newest.as_deref()), (Some("2027-01-01"), Some("2027-03-01")));
    assert_eq!(found.changes, [], "no dataset, no route that matters");
    store.close().await;
}

async fn changes_of_enabled_routes_are_announced(db: &Db) {
    let breaking = "compatibility date 2026-09-22 announces: GET /markets/prices (breaking)";
    let (log, check, status, code) = said(db, None, &["market_prices"]).await;
    assert!(
        log.contains("INFO") && log.contains("ESI serves compatibility date 2026-09-22, ours is"),
        "{log}"
    );
    let line = log.lines().find(|line| line.contains(breaking)).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("WARN"), "{line}");
    assert!(!log.contains("ERROR"), "{log}");
    assert!(
        check.contains("ok    compatibility  date 2026-08-18; ESI serves 2020-01-01 to 2026-09-22"),
        "{check}"
    );
    assert!(check.contains(&format!("warn  compatibility  {breaking}")), "{check}");
    assert_eq!(code, Some(0));
    assert!(status.contains(&format!("warning: {breaking}")), "{status}");
    // Changes of a disabled route are not reported.
    let (log, check, status, _) = said(db, None, &[]).await;
    assert!(!(log + &check + &status).contains("/markets/prices"), "it is switched off");
    let store = reader(db).await;
    let prices = datasets::find("market_prices").expect("declared");
    let found = Compatibility::read(&store, &[prices]).await.expect("reads");
    assert_eq!(found.changes.len(), 1);
    assert!(found.changes[0].is_severe(), "{found:?}");
    store.close().await;
}
