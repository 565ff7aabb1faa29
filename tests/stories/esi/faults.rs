//! Faults of ESI. After every fault the old rows are untouched, the ledger says why and when to ask again,
//! and the other datasets have gone on. When the fault ends, everything recovers.

use std::time::{Duration, Instant};

use esi_syncd::sim::{Fault, FaultKind as Trouble};
use esi_syncd::store::TargetState;

use crate::support::esi::{eventually, number, small};
use crate::support::patient::{DATASETS, Patient, Place};
use crate::support::{Db, long, on_both};

on_both!(
    bad_replies,
    page_sets_that_do_not_agree,
    a_set_that_flips_is_completed,
    a_set_that_shrinks_is_held,
    one_bad_record_is_set_aside,
    drift_is_stored_and_counted,
    duplicates_across_pages_are_one_row,
    the_reply_of_another_id_is_refused,
    a_slow_route_delays_no_other,
    a_redirect_is_not_followed,
);

const PRICES: Place = ("market_prices", "");
const FORGE: Place = ("market_orders", "region_id=10000002");
const FORGE_PATH: &str = "/markets/10000002/orders";

/// One fault at one place: old rows untouched, the ledger says why, the others went on; then recovery.
async fn suffers(patient: &Patient, name: &str, place: Place, fault: Fault, says: &str) {
    patient.next_day();
    let (before, since) = (patient.rows(place).await, patient.clock.now());
    patient.fault(fault);
    let (_, failed) = patient.pass().await;
    let entry = patient.entry(place).await;
    let error = entry.last_error.clone().unwrap_or_default();
    assert!(failed >= 1, "{name}: nothing failed");
    assert!(entry.failures > 0 && error.contains(says), "{name}: expected {says:?} in {error:?}");
    assert!(entry.due_at > entry.last_attempt_at, "{name}: again at {:?}", entry.due_at);
    assert!(before == patient.rows(place).await, "{name}: rows were touched");
    patient.others_went_on(&[place.0], since, name).await;
    patient.sim.clear_faults();
    patient.next_day();
    assert_eq!(patient.pass().await.1, 0, "{name}: well again");
    let entry = patient.entry(place).await;
    assert_eq!((entry.failures, entry.last_error), (0, None), "{name}: forgiven");
    assert!(before != patient.rows(place).await, "{name}: new rows");
}

async fn bad_replies(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    let troubles: Vec<(&str, Trouble, &str)> = vec![
        ("truncated", Trouble::Truncate, "the connection failed"),
        ("reset", Trouble::Reset, "the connection failed"),
        ("HTML with 200", Trouble::Html { code: 200 }, "not JSON"),
        ("HTML with 504", Trouble::Html { code: 504 }, "(status 504)"),
        ("an object for a list", Trouble::WrongType, "unreadable"),
        ("nothing with 200", Trouble::Empty, "the body is empty"),
        ("a gzip bomb", Trouble::GzipBomb { mib: 40 }, "too large"),
        ("deep nesting", Trouble::DeepNesting { depth: 200_000 }, "unreadable"),
        ("500", Trouble::status(500), "(status 500)"),
        ("502", Trouble::status(502), "(status 502)"),
        ("503", Trouble::status(503), "(status 503)"),
        ("504", Trouble::status(504), "(status 504)"),
        ("520", Trouble::status(520), "(status 520)"),
        ("400", Trouble::status(400), "(status 400)"),
        ("403", Trouble::status(403), "(status 403)"),
        ("404", Trouble::status(404), "(status 404)"),
    ];
    for (name, trouble, says) in troubles {
        let fault = Fault::on("/markets/prices").with(trouble.clone());
        suffers(&patient, name, PRICES, fault, says).await;
        // On a page in the middle of a set, which must then not be stored in part.
        if !name.starts_with('4') {
            let fault = Fault::on(FORGE_PATH).page(2).with(trouble);
            // Such a page has no Last-Modified either, and that is seen first.
            let says = if says == "unreadable" { "no Last-Modified" } else { says };
            suffers(&patient, &format!("{name} on page 2"), FORGE, fault, says).await;
        }
    }
    patient.end().await;
}

async fn page_sets_that_do_not_agree(db: &Db) {
    let patient = Patient::at_speed(150.0, db, small(), &DATASETS, "").await;
    let pages = |value: &str| Trouble::set_header("x-pages", value);
    let mut cases = vec![
        ("X-Pages grows past the end", Fault::on(FORGE_PATH).with(pages("9")), "kept changing"),
        (
            "no Last-Modified",
            Fault::on(FORGE_PATH).page(3).with(Trouble::drop_header("last-modified")),
            "no Last-Modified",
        ),
    ];
    if long() {
        let odd = |trouble| Fault::on(FORGE_PATH).page(2).with(trouble);
        cases.push(("X-Pages missing on one page", odd(Trouble::drop_header("x-pages")), "kept changing"));
        cases.push(("X-Pages smaller on one page", odd(pages("3")), "kept changing"));
        cases.push(("X-Pages zero on one page", odd(pages("0")), "kept changing"));
    }
    for (name, fault, says) in cases {
        suffers(&patient, name, FORGE, fault, says).await;
    }
    patient.end().await;
}

async fn a_set_that_flips_is_completed(db: &Db) {
    let patient = Patient::at_speed(60.0, db, small(), &DATASETS, "").await;
    patient.next_day();
    patient.sim.reset_counters();
    patient.fault(Fault::on(FORGE_PATH).with(Trouble::FlipVersionAtPage { page: 3 }));
    let before = patient.entry(FORGE).await.last_modified;
    let (_, failed) = patient.pass().await;
    let entry = patient.entry(FORGE).await;
    assert_eq!(failed, 0, "{entry:?}");
    let version = entry.last_modified.expect("a version");
    assert!(entry.last_modified > before);
    let rows = patient.rows(FORGE).await.len();
    assert_eq!(rows, patient.sim.world().orders_in(10_000_002, version), "all rows of one version");
    assert_eq!(patient.sim.counters().early, 0, "{:?}", patient.sim.counters().samples);
    patient.end().await;
}

async fn a_set_that_shrinks_is_held(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    patient.next_day();
    let (before, since) = (patient.rows(FORGE).await, patient.clock.now());
    patient.fault(Fault::on(FORGE_PATH).with(Trouble::ShrinkTo { share: 0.2 }));
    patient.pass().await;
    let entry = patient.entry(FORGE).await;
    assert_eq!(entry.state, TargetState::Shrunk);
    assert!(entry.last_error.is_some_and(|e| e.contains("held")));
    assert!(entry.due_at > entry.last_attempt_at);
    assert!(before == patient.rows(FORGE).await, "rows were touched");
    patient.others_went_on(&["market_orders"], since, "a set that shrinks").await;
    // The next version is as small: then it is true.
    patient.next_day();
    patient.pass().await;
    let entry = patient.entry(FORGE).await;
    let rows = i64::try_from(patient.rows(FORGE).await.len()).expect("a count");
    assert_eq!((entry.state, entry.rows, entry.last_error), (TargetState::Active, rows, None));
    assert!(rows < 1_500, "{rows} rows");
    patient.end().await;
}

async fn one_bad_record_is_set_aside(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    let all = patient.rows(PRICES).await.len();
    patient.next_day();
    patient.fault(Fault::on("/markets/prices").with(Trouble::BadRecords { every: 50 }));
    assert_eq!(patient.pass().await.1, 0, "one bad record fails nothing");
    let rejects = "SELECT COUNT(*) AS n FROM sync_rejects WHERE dataset = 'market_prices' AND reason <> '' \
                   AND json LIKE '%unexpected%'";
    let aside = usize::try_from(number(&patient.ctx.store, rejects).await).expect("a count");
    assert!(aside >= 1, "the bad record is kept");
    assert_eq!(
        patient.rows(PRICES).await.len(),
        all,
        "the good ones are stored, and the bad one's row stays"
    );
    assert_eq!(patient.entry(PRICES).await.failures, 0);
    patient.sim.clear_faults();
    patient.next_day();
    patient.pass().await;
    assert_eq!(number(&patient.ctx.store, rejects).await, 0, "cleared by the next clean set");
    // More than one in ten: nothing of it is believed.
    let fault = Fault::on("/markets/prices").with(Trouble::BadRecords { every: 3 });
    suffers(&patient, "many bad records", PRICES, fault, "records unreadable").await;
    patient.end().await;
}

async fn drift_is_stored_and_counted(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    patient.next_day();
    patient.fault(Fault::on("/markets/prices").with(Trouble::UnknownField));
    patient.fault(Fault::on("/incursions").with(Trouble::UnknownEnum));
    assert_eq!(patient.pass().await.1, 0, "drift fails nothing");
    let entry = patient.entry(PRICES).await;
    assert!(entry.drift > 0, "the unknown field is counted");
    assert_eq!(entry.rows, i64::try_from(patient.rows(PRICES).await.len()).expect("a count"));
    let states = "SELECT COUNT(*) AS n FROM incursions WHERE state = 'unknown state (187)'";
    let all = number(&patient.ctx.store, "SELECT COUNT(*) AS n FROM incursions").await;
    assert!(
        all > 0 && number(&patient.ctx.store, states).await == all,
        "unknown values are stored as they came"
    );
    patient.end().await;
}

async fn duplicates_across_pages_are_one_row(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    patient.next_day();
    patient.fault(Fault::on(FORGE_PATH).with(Trouble::DuplicateKeysAcrossPages));
    assert_eq!(patient.pass().await.1, 0, "a duplicate fails nothing");
    let entry = patient.entry(FORGE).await;
    let version = entry.last_modified.expect("a version");
    let rows = patient.rows(FORGE).await.len();
    let pages = usize::try_from(entry.pages.expect("pages")).expect("a count");
    assert!(pages >= 4);
    assert_eq!(
        rows + 10 * (pages - 1),
        patient.sim.world().orders_in(10_000_002, version),
        "ten lost per page"
    );
    assert_eq!(entry.rows, i64::try_from(rows).expect("a count"), "the ledger counts rows that are there");
    patient.end().await;
}

async fn the_reply_of_another_id_is_refused(db: &Db) {
    let patient = Patient::filled(db, small(), &["universe_regions"], "").await;
    let forge: Place = ("universe_regions", "region_id=10000002");
    let before = patient.rows(("universe_regions", "")).await;
    let other = r#"{"region_id": 10000043, "name": "Not Domain", "constellations": [1]}"#;
    let reply = Trouble::Status { code: 200, body: other.to_owned(), headers: Vec::new() };
    patient.fault(Fault::on("/universe/regions/10000002").with(reply));
    db.meddle(
        "UPDATE sync_targets SET expires_at = last_success_at, due_at = last_success_at, etag = NULL, \
               server_version = NULL WHERE target = 'region_id=10000002'",
    )
    .await;
    assert_eq!(patient.pass().await.1, 1);
    let entry = patient.entry(forge).await;
    assert!(entry.last_error.as_deref().is_some_and(|e| e.contains("another region_id")), "{entry:?}");
    assert!(before == patient.rows(("universe_regions", "")).await, "rows were touched");
    patient.end().await;
}

async fn a_slow_route_delays_no_other(db: &Db) {
    let patient = Patient::filled(db, small(), &DATASETS, "timeout = \"2s\"\n").await;
    patient.next_day();
    patient.fault(Fault::on("/markets/prices").with(Trouble::SlowLoris));
    let (began, since) = (Instant::now(), patient.clock.now());
    let others = async {
        let done = async || patient.held_up(&["market_prices"], since).await.is_none();
        eventually("the others are done", 60, done).await;
        began.elapsed()
    };
    let whole = async { (patient.pass().await.1, began.elapsed()) };
    let ((failed, took), others) = tokio::join!(whole, others);
    assert!(failed >= 1);
    assert!(took >= Duration::from_secs(6), "three tries of 2 s took {took:?}");
    assert!(others < took, "the others took {others:?} beside a byte a second, which took {took:?}");
    let error = patient.entry(PRICES).await.last_error.unwrap_or_default();
    assert!(error.contains("timed out"), "{error}");
    patient.end().await;
}

async fn a_redirect_is_not_followed(db: &Db) {
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let location = format!("http://{}/markets/prices", elsewhere.local_addr().expect("an address"));
    let patient = Patient::filled(db, small(), &DATASETS, "").await;
    let fault = Fault::on("/markets/prices").with(Trouble::Redirect { location });
    suffers(&patient, "a redirect", PRICES, fault, "redirect refused").await;
    let visit = tokio::time::timeout(Duration::from_millis(100), elsewhere.accept()).await;
    assert!(visit.is_err(), "somebody followed");
    patient.end().await;
}
