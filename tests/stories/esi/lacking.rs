//! Unreadable records, missing values and lists, and success replies with an error inside. The stored rows
//! are better than such replies: a doubt neither deletes nor overwrites them.

use esi_syncd::datasets;
use esi_syncd::rows::{Decoder, Page};
use esi_syncd::sim::{Fault, FaultKind as Trouble};
use esi_syncd::store::TargetState;

use crate::support::book::Book;
use crate::support::desk::{Desk, orders};
use crate::support::esi::{number, small};
use crate::support::patient::{Patient, Place};
use crate::support::story::Story;
use crate::support::{Db, on_both};

on_both!(
    a_record_that_cannot_be_read_keeps_its_row,
    where_no_key_can_be_read_nothing_vanishes,
    the_rows_of_lists_stay_with_their_record,
    a_success_that_holds_nothing_changes_nothing,
    what_is_asked_once_is_asked_again_until_it_is_whole,
    a_list_that_should_be_there_is_missed,
    a_number_is_stored_to_its_last_bit,
);

const FORGE_ROWS: &str = "SELECT COUNT(*) AS n FROM market_orders";
const COSTS: Place = ("industry_cost_indices", "");

fn no_value(name: &str, every: usize, null: bool) -> Trouble {
    Trouble::NoValue { name: name.to_owned(), every, null }
}

fn body(body: &str) -> Trouble {
    Trouble::Body { body: body.to_owned() }
}

async fn a_record_that_cannot_be_read_keeps_its_row(db: &Db) {
    let pages = vec![orders(1000..1030), orders(2000..2030), orders(3000..3010)];
    let book = Book::open(pages.clone()).await;
    let mut desk = Desk::at(db, &book).await;
    for whole in [false, true] {
        // 2005 cannot be read, 2006 has gone, 2007 has changed, 3500 is new and cannot be read either.
        let mut next = pages.clone();
        next[1].remove(6);
        next[1][6].1 += 1.0;
        book.shown().bad = [2005].into();
        desk.moves(&book, next.clone()).await;
        assert_eq!(number(&desk.ctx.store, "SELECT COUNT(*) AS n FROM sync_rejects").await, 1);
        if whole {
            db.meddle("DELETE FROM sync_pages").await;
        }
        let before = desk.written();
        next[2].push((3500, 1.0));
        book.shown().bad.insert(3500);
        book.show(next.clone());
        desk.expires().await;
        assert_eq!(desk.pass().await, (1, 0));
        assert_eq!(desk.written(), before, "nothing else changed");
        assert_eq!(number(&desk.ctx.store, FORGE_ROWS).await, 69, "a record that was never read has no row");
        assert_eq!(desk.entry().await.rows, 69);
        book.shown().bad.clear();
        desk.moves(&book, next).await;
        desk.moves(&book, pages.clone()).await;
    }
    desk.end().await;
}

async fn where_no_key_can_be_read_nothing_vanishes(db: &Db) {
    let pages = vec![orders(1000..1030), orders(2000..2030), orders(3000..3010)];
    let book = Book::open(pages.clone()).await;
    let desk = Desk::at(db, &book).await;
    let mut next = pages.clone();
    next[1].remove(6);
    next[0][0].1 = 77.0;
    book.shown().nameless = [2005].into();
    for _ in 0..2 {
        book.show(next.clone());
        desk.expires().await;
        assert_eq!(desk.pass().await, (1, 0));
        let entry = desk.entry().await;
        assert_eq!((entry.state, entry.rows, entry.last_error), (TargetState::Active, 70, None));
        assert_eq!(number(&desk.ctx.store, FORGE_ROWS).await, 70, "2005 may be any of them");
        let changed = "SELECT COUNT(*) AS n FROM market_orders WHERE price = 77";
        assert_eq!(number(&desk.ctx.store, changed).await, 1, "what could be read is stored");
    }
    book.shown().nameless.clear();
    book.show(next);
    desk.expires().await;
    assert_eq!(desk.pass().await, (1, 0));
    assert_eq!(number(&desk.ctx.store, FORGE_ROWS).await, 69, "a set without doubt says what is gone");
    desk.end().await;
}

async fn the_rows_of_lists_stay_with_their_record(db: &Db) {
    let patient = Patient::filled(db, small(), &["industry_cost_indices"], "").await;
    let systems = "SELECT COUNT(DISTINCT solar_system_id) AS n FROM industry_cost_indices";
    let (all, rows) = (number(&patient.ctx.store, systems).await, patient.rows(COSTS).await.len());
    patient.next_day();
    let unreadable = Trouble::Unreadable { name: "cost_indices".to_owned(), every: 20 };
    patient.fault(Fault::on("/industry/systems").with(unreadable));
    assert_eq!(patient.pass().await.1, 0);
    let aside = number(&patient.ctx.store, "SELECT COUNT(*) AS n FROM sync_rejects").await;
    assert!(aside > 0, "some could not be read");
    assert_eq!(number(&patient.ctx.store, systems).await, all, "none is gone");
    assert_eq!(patient.rows(COSTS).await.len(), rows);
    assert_eq!(patient.entry(COSTS).await.rows, i64::try_from(rows).expect("a count"));
    patient.end().await;
}

async fn a_success_that_holds_nothing_changes_nothing(db: &Db) {
    let patient = Patient::filled(db, small(), &["server_status", "universe_regions"], "").await;
    let region: Place = ("universe_regions", "region_id=10000002");
    let path = "/universe/regions/10000002";
    let again = "UPDATE sync_targets SET expires_at = last_success_at, due_at = last_success_at, etag = NULL, \
                 server_version = NULL, fingerprint = '' WHERE dataset = 'universe_regions'";
    let before = patient.rows(("universe_regions", "")).await;
    let readings = patient.rows(("server_status", "")).await;
    for text in
        [r#"{"error":"timeout"}"#, "{}", r#"{"name":null,"constellations":null}"#, "null", "[]", "[{}]"]
    {
        patient.next_day();
        db.meddle(again).await;
        patient.fault(Fault::on(path).with(body(text)));
        patient.fault(Fault::on("/status").with(body(text)));
        assert_eq!(patient.pass().await.1, 2, "{text}");
        for place in [region, ("server_status", "")] {
            let entry = patient.entry(place).await;
            assert!(entry.failures > 0 && entry.last_error.is_some(), "{text}: {place:?}");
        }
        assert!(before == patient.rows(("universe_regions", "")).await, "{text}: rows were touched");
        assert!(readings == patient.rows(("server_status", "")).await, "{text}: a reading of nothing");
        patient.sim.clear_faults();
    }
    // One value that is missing in the only record: held, until another version lacks it too.
    patient.next_day();
    db.meddle(again).await;
    patient.fault(Fault::on(path).with(no_value("name", 1, true)));
    assert_eq!(patient.pass().await.1, 0);
    let entry = patient.entry(region).await;
    assert_eq!(entry.state, TargetState::Shrunk, "{:?}", entry.last_error);
    assert!(entry.last_error.is_some_and(|why| why.contains("universe_regions.name")));
    assert!(before == patient.rows(("universe_regions", "")).await, "rows were touched");
    patient.sim.clear_faults();
    patient.next_day();
    patient.pass().await;
    assert_eq!(patient.entry(region).await.state, TargetState::Active);
    patient.end().await;
}

async fn what_is_asked_once_is_asked_again_until_it_is_whole(db: &Db) {
    let on = "[datasets.universe_stars]\nenabled = true\n";
    let story = Story::begin(db, small(), &["universe_systems", "universe_stars"], on).await;
    story.sim.fault(Fault::on("/universe/stars/{star_id}").with(no_value("name", 1, true)));
    assert_eq!(story.pass().await.1, 0);
    let stars = story.number("SELECT COUNT(*) AS n FROM universe_stars").await;
    let nameless = "SELECT COUNT(*) AS n FROM universe_stars WHERE name IS NULL";
    let done =
        "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'universe_stars' AND state = 'complete'";
    assert!(stars > 20 && story.number(nameless).await == stars, "what came is stored");
    assert_eq!(story.number(done).await, 0, "and is not the last word");
    story.sim.clear_faults();
    story.clock.step(chrono::TimeDelta::hours(26));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!((story.number(nameless).await, story.number(done).await), (0, stars));
    story.end().await;
}

async fn a_list_that_should_be_there_is_missed(db: &Db) {
    let patient = Patient::filled(db, small(), &["industry_cost_indices"], "").await;
    for null in [false, true] {
        patient.next_day();
        let before = patient.rows(COSTS).await;
        patient.fault(Fault::on("/industry/systems").with(no_value("cost_indices", 2, null)));
        assert_eq!(patient.pass().await.1, 0);
        let entry = patient.entry(COSTS).await;
        let error = entry.last_error.unwrap_or_default();
        assert_eq!(entry.state, TargetState::Shrunk, "{error}");
        assert!(error.contains("records lack the list cost_indices"), "{error}");
        assert!(before == patient.rows(COSTS).await, "rows were touched");
        // In a few systems it counts as drift.
        patient.sim.clear_faults();
        patient.fault(Fault::on("/industry/systems").with(no_value("cost_indices", 20, null)));
        patient.next_day();
        assert_eq!(patient.pass().await.1, 0);
        let drift = patient.ctx.store.drift().await.expect("reads");
        let seen: Vec<_> = drift.iter().map(|d| (d.kind.as_str(), d.field.as_str())).collect();
        assert_eq!(seen, [("missing", "industry_cost_indices.cost_indices[]")]);
        assert_eq!(patient.entry(COSTS).await.state, TargetState::Active);
        patient.sim.clear_faults();
        patient.next_day();
        assert_eq!(patient.pass().await.1, 0);
    }
    patient.end().await;
}

/// Numbers as JSON writes them, and the one of CCP's own example.
fn numbers() -> Vec<String> {
    let mut dice = fastrand::Rng::with_seed(11);
    let mut numbers: Vec<String> =
        ["109514596532.54477", "-0.1", "5e-324", "1.7976931348623157e308", "9007199254740993"]
            .map(str::to_owned)
            .into();
    for _ in 0..2_000 {
        let (whole, part) = (dice.u64(..1_000_000_000_000), dice.u64(..100_000));
        numbers.push(format!("{whole}.{part:05}"));
        numbers.push(format!("{}.{:016}", dice.u8(..10), dice.u64(..10_000_000_000_000_000)));
    }
    numbers
}

fn prices(records: &[String]) -> Page {
    let prices = Decoder::new(datasets::find("market_prices").expect("a dataset"));
    prices.page(format!("[{}]", records.join(",")).as_bytes()).expect("a page")
}

async fn a_number_is_stored_to_its_last_bit(db: &Db) {
    let patient = Patient::filled(db, small(), &["market_prices"], "").await;
    let records: Vec<String> = (1..)
        .zip(numbers())
        .map(|(id, number)| format!(r#"{{"type_id":{id},"adjusted_price":{number}}}"#))
        .collect();
    patient.next_day();
    patient.fault(Fault::on("/markets/prices").with(body(&format!("[{}]", records.join(",")))));
    assert_eq!(patient.pass().await.1, 0);
    let sql = "SELECT adjusted_price FROM market_prices ORDER BY type_id";
    let rows = patient.ctx.store.query(sql, &[]).await.expect("reads");
    assert_eq!(rows.len(), records.len());
    for (row, number) in rows.iter().zip(numbers()) {
        // The standard library's parser is not ours, and prints a double so that it reads back the same.
        let (wanted, stored) = (number.parse::<f64>().expect("a number"), row.display(0));
        assert_eq!(stored.parse::<f64>().map(f64::to_bits), Ok(wanted.to_bits()), "{number} became {stored}");
    }
    patient.end().await;
}

#[test]
fn of_a_field_that_comes_twice_the_first_counts() {
    let page =
        prices(&[r#"{"type_id":1,"adjusted_price":1.5,"type_id":2,"adjusted_price":null}"#.to_owned()]);
    assert_eq!((page.batches[0].rows(), page.rejects.len()), (1, 0));
    assert_eq!(page.batches[0].columns[0].get(0), esi_syncd::rows::Cell::Int(1));
    assert_eq!(page.batches[0].columns[1].get(0), esi_syncd::rows::Cell::Real(1.5));
    let twice: Vec<_> = page.drift.unknown.keys().map(String::as_str).collect();
    assert_eq!(twice, ["adjusted_price (twice)", "type_id (twice)"], "and it is counted");
    let costs = Decoder::new(datasets::find("industry_cost_indices").expect("a dataset"));
    let list = r#""cost_indices":[{"activity":"copying","cost_index":0.5}]"#;
    let page =
        costs.page(format!(r#"[{{{list},"solar_system_id":1,{list},"solar_system_id":2}}]"#).as_bytes());
    let page = page.expect("a page");
    assert_eq!(page.batches[0].rows(), 1, "not both lists");
    assert_eq!(page.batches[0].columns[0].get(0), esi_syncd::rows::Cell::Int(1));
    assert_eq!(page.drift.count(), 2);
}

#[test]
fn an_integer_beyond_64_bits_rejects_its_record() {
    for number in ["9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e300"] {
        let page = prices(&[format!(r#"{{"type_id":{number}}}"#), r#"{"type_id":3}"#.to_owned()]);
        assert_eq!((page.batches[0].rows(), page.rejects.len()), (1, 1), "{number}");
        assert!(page.rejects[0].reason.contains("which 64 bits do not hold"), "{:?}", page.rejects);
        assert_eq!(page.reject_keys, [None]);
    }
    for (number, id) in [("9223372036854775807", i64::MAX), ("-9223372036854775808", i64::MIN), ("3.0", 3)] {
        let page = prices(&[format!(r#"{{"type_id":{number}}}"#)]);
        assert_eq!(page.batches[0].columns[0].get(0), esi_syncd::rows::Cell::Int(id));
    }
}

#[test]
fn the_key_of_a_record_is_read_also_where_the_record_cannot_be() {
    for bad in [r#""oops""#, "1e400", r#""\ud800""#, "[1]", "{}"] {
        let page = prices(&[
            r#"{"type_id":1}"#.to_owned(),
            format!(r#"{{"adjusted_price":{bad},"type_id":2}}"#),
            r#"{"type_id":3}"#.to_owned(),
        ]);
        assert_eq!(page.reject_keys, [Some(vec![esi_syncd::rows::Cell::Int(2)])], "{bad}");
    }
    for nameless in ["null", "7", r#"{"type_id":"x"}"#, r#"{"type_id":null}"#, "[]"] {
        assert_eq!(prices(&[nameless.to_owned()]).reject_keys, [None], "{nameless}");
    }
}
