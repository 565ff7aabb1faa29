//! Replies with good bodies and bad headers: lifetimes in the past, in the next century, or missing; a 304
//! without headers; validators that are weak or missing. Rows are stored, and no request is repeated in a
//! loop or dropped for ever.

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::sim::{Fault, FaultKind as Trouble, Logged};

use crate::support::esi::small;
use crate::support::patient::{Patient, Place};
use crate::support::{Db, on_both};

on_both!(
    absurd_lifetimes_end_between_floor_and_ceiling,
    a_304_without_expires_renews_by_the_specification,
    a_weak_validator_is_sent_back_as_it_came,
    without_a_validator_the_set_is_read_again,
);

const PRICES: Place = ("market_prices", "");
const PATH: &str = "/markets/prices";

fn http(when: DateTime<Utc>) -> String {
    when.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

async fn patient(db: &Db) -> Patient {
    Patient::at_speed(1.0, db, small(), &["market_prices"], "").await
}

/// Lets the target expire, makes a pass under these faults, and returns what was asked for prices.
async fn pass_with(patient: &Patient, faults: Vec<Trouble>) -> Vec<Logged> {
    patient.sim.clear_faults();
    patient.next_day();
    patient.sim.reset_counters();
    for trouble in faults {
        patient.fault(Fault::on(PATH).with(trouble));
    }
    assert_eq!(patient.pass().await, (1, 0), "bad headers fail nothing");
    patient.sim.requests()
}

async fn absurd_lifetimes_end_between_floor_and_ceiling(db: &Db) {
    let patient = patient(db).await;
    let now = patient.clock.now();
    let no_max_age = || Trouble::drop_header("cache-control");
    // Prices live for an hour: the floor for the past is a tenth of it, the ceiling a day.
    let cases: Vec<(&str, Vec<Trouble>, i64)> = vec![
        (
            "Expires years ago",
            vec![no_max_age(), Trouble::set_header("expires", &http(now - TimeDelta::days(900)))],
            360,
        ),
        ("Expires: 0", vec![no_max_age(), Trouble::set_header("expires", "0")], 360),
        ("max-age=0", vec![Trouble::set_header("cache-control", "max-age=0")], 360),
        (
            "Expires in a century",
            vec![no_max_age(), Trouble::set_header("expires", &http(now + TimeDelta::days(36_500)))],
            86_400,
        ),
        (
            "max-age beyond numbers",
            vec![Trouble::set_header("cache-control", "max-age=99999999999999999999")],
            86_400,
        ),
        ("max-age=1", vec![Trouble::set_header("cache-control", "max-age=1")], 5),
        ("nonsense", vec![no_max_age(), Trouble::set_header("expires", "tomorrow")], 3_600),
        ("nothing at all", vec![no_max_age(), Trouble::drop_header("expires")], 3_600),
    ];
    for (name, faults, lifetime) in cases {
        let version = patient.entry(PRICES).await.last_modified;
        let since = patient.clock.now();
        pass_with(&patient, faults).await;
        let entry = patient.entry(PRICES).await;
        assert!(entry.last_modified > version, "{name}: a newer version is stored");
        let success = entry.last_success_at.expect("stored");
        assert!(success > since, "{name}");
        let expires = (entry.expires_at.expect("an expiry") - success).num_seconds();
        // The commit comes a moment after the receipt, and times are stored in whole seconds.
        assert!((lifetime - 30..=lifetime + 1).contains(&expires), "{name}: expires after {expires} s");
        assert!(entry.due_at > entry.expires_at, "{name}: not asked for before");
        patient.sim.reset_counters();
        patient.pass().await;
        let again = patient.sim.counters().requests;
        assert!(again == 0 || lifetime == 5, "{name}: asked again at once");
    }
    patient.end().await;
}

async fn a_304_without_expires_renews_by_the_specification(db: &Db) {
    let patient = patient(db).await;
    let (rows, before) = (patient.rows(PRICES).await, patient.entry(PRICES).await);
    let silent = Trouble::Status { code: 304, body: String::new(), headers: Vec::new() };
    let asked = pass_with(&patient, vec![silent]).await;
    assert!(asked.len() == 1 && asked[0].if_none_match, "{asked:?}");
    let entry = patient.entry(PRICES).await;
    assert!(entry.last_success_at > before.last_success_at, "confirmed");
    let lifetime = (entry.expires_at.expect("an expiry") - entry.last_success_at.expect("now")).num_seconds();
    assert!((3_570..=3_601).contains(&lifetime), "the specification's hour, not {lifetime} s");
    assert_eq!(
        (&entry.etag, entry.last_modified, entry.rows),
        (&before.etag, before.last_modified, before.rows)
    );
    assert!(rows == patient.rows(PRICES).await, "rows were touched");
    patient.end().await;
}

async fn a_weak_validator_is_sent_back_as_it_came(db: &Db) {
    let patient = patient(db).await;
    let weak = "W/\"of build 42\"";
    pass_with(&patient, vec![Trouble::set_header("etag", weak)]).await;
    assert_eq!(patient.entry(PRICES).await.etag.as_deref(), Some(weak), "byte for byte");
    // The client's own test sees the header itself; here: it is still conditional, and a 304 to it is believed.
    let same = Trouble::Status { code: 304, body: String::new(), headers: Vec::new() };
    let asked = pass_with(&patient, vec![same]).await;
    assert!(asked[0].if_none_match, "{asked:?}");
    assert_eq!(patient.entry(PRICES).await.etag.as_deref(), Some(weak));
    patient.end().await;
}

async fn without_a_validator_the_set_is_read_again(db: &Db) {
    let patient = patient(db).await;
    pass_with(&patient, vec![Trouble::drop_header("etag")]).await;
    assert_eq!(patient.entry(PRICES).await.etag, None, "none is kept from the version before");
    let asked = pass_with(&patient, Vec::new()).await;
    assert!(asked.len() == 1 && !asked[0].if_none_match && asked[0].status == 200, "{asked:?}");
    assert!(patient.entry(PRICES).await.etag.is_some(), "and the next one is used again");
    patient.end().await;
}
