//! Complete but doubtful sets: one bad page, an unusable `X-Pages`. The old rows stay, the ledger says
//! which page and why, and a later version decides.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::esi::{PageRefused, PageSink, SetError, SetRequest, StoredSize, fetch_set};
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim};
use esi_syncd::store::TargetState;

use crate::support::book::Book;
use crate::support::desk::{Desk, orders, three, whole};
use crate::support::esi::{number, only, small, toml};
use crate::support::patient::{Patient, Place};
use crate::support::process::run;
use crate::support::web::{fast, reply, serve, soon};
use crate::support::{Db, on_both};

on_both!(
    a_bad_page_is_held,
    the_next_version_agrees_about_the_same_page,
    a_page_is_doubted_beside_pages_that_stayed,
    a_first_fill_is_doubted_too,
    a_bad_page_of_an_id_list_retires_nothing,
    sync_says_what_it_did_not_store,
    a_number_of_pages_that_is_none_proves_nothing,
);

const FORGE: Place = ("market_orders", "region_id=10000002");
const FORGE_PATH: &str = "/markets/10000002/orders";

/// What one page may have, under honest headers, and what is said of it.
fn bad_pages() -> Vec<(&'static str, Trouble, &'static str)> {
    let body = |body: &str| Trouble::Body { body: body.to_owned() };
    vec![
        ("nothing", body("[]"), "is empty"),
        ("null", body("[null]"), "1 of 1 records that cannot be read"),
        ("an empty object", body("[{}]"), "1 of 1 records that cannot be read"),
        ("an empty list", body("[[]]"), "1 of 1 records that cannot be read"),
        ("an error", body(r#"[{"error":"timeout"}]"#), "1 of 1 records that cannot be read"),
        ("half of it", Trouble::Shorten { share: 0.5 }, "has 500 records, another page 1000"),
        ("two thirds of it", Trouble::Shorten { share: 0.67 }, "has 670 records, another page 1000"),
        ("page 1 again", Trouble::RepeatPage { page: 1 }, "1000 records that are elsewhere"),
        (
            "a quarter that cannot be read",
            Trouble::Unreadable { name: "price".to_owned(), every: 4 },
            "has 250 of 1000 records that cannot be read",
        ),
        (
            "no price",
            Trouble::NoValue { name: "price".to_owned(), every: 1, null: true },
            "1000 records have no value for market_orders.price",
        ),
    ]
}

async fn a_bad_page_is_held(db: &Db) {
    let patient = Patient::at_speed(10.0, db, small(), &["market_orders"], "").await;
    for (name, trouble, says) in bad_pages() {
        patient.next_day();
        let before = patient.rows(FORGE).await;
        patient.fault(Fault::on(FORGE_PATH).page(2).with(trouble));
        assert_eq!(patient.pass().await.1, 0, "{name}: held, not failed");
        let entry = patient.entry(FORGE).await;
        let error = entry.last_error.clone().unwrap_or_default();
        assert_eq!((entry.state, entry.failures), (TargetState::Shrunk, 0), "{name}: {error}");
        assert!(error.contains("held") && error.contains(says), "{name}: {error}");
        assert!(says.contains("market_orders") || error.contains("page 2 of"), "{name}: {error}");
        assert!(entry.due_at > entry.last_attempt_at, "{name}");
        assert!(before == patient.rows(FORGE).await, "{name}: rows were touched");
        patient.sim.clear_faults();
        patient.next_day();
        assert_eq!(patient.pass().await.1, 0, "{name}");
        let entry = patient.entry(FORGE).await;
        assert_eq!(
            (entry.state, entry.last_error, entry.quarantined_version),
            (TargetState::Active, None, None)
        );
        assert!(before != patient.rows(FORGE).await, "{name}: new rows");
    }
    // An object in place of a page's list, or a page that is not JSON, fails the set as it always did.
    patient.next_day();
    let before = patient.rows(FORGE).await;
    let error = Trouble::Body { body: r#"{"error":"timeout"}"#.to_owned() };
    patient.fault(Fault::on(FORGE_PATH).page(2).with(error));
    assert_eq!(patient.pass().await.1, 1);
    assert!(before == patient.rows(FORGE).await, "rows were touched");
    patient.end().await;
}

async fn the_next_version_agrees_about_the_same_page(db: &Db) {
    let pages = || vec![orders(1000..1100), orders(2000..2100), orders(3000..3100), orders(4000..4010)];
    let book = Book::open(pages()).await;
    let mut desk = Desk::at(db, &book).await;
    let without = |page: usize| {
        let mut pages = pages();
        pages[page - 1].clear();
        pages
    };
    desk.doubts(&book, without(2), "page 2 of 4 is empty").await;
    // The same version again proves nothing.
    book.shown().built -= 60;
    desk.doubts(&book, without(2), "page 2 of 4 is empty").await;
    desk.doubts(&book, without(3), "page 3 of 4 is empty").await;
    let mut both = without(3);
    both[1].clear();
    desk.doubts(&book, both, "page 2 of 4 is empty; page 3 of 4 is empty").await;
    book.asked();
    desk.moves(&book, without(3)).await;
    assert!(whole(&book.asked()), "what agrees was read");
    // Accepted doubts stay accepted as long as they last.
    desk.moves(&book, without(3)).await;
    desk.moves(&book, pages()).await;
    desk.doubts(&book, without(3), "page 3 of 4 is empty").await;
    desk.moves(&book, pages()).await;
    desk.end().await;
}

async fn a_page_is_doubted_beside_pages_that_stayed(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    for (page, says) in [
        (Vec::new(), "page 2 of 3 is empty"),
        (orders(2000..2005), "page 2 of 3 has 5 records, another page 10"),
        (orders(1000..1010), "page 2 of 3 has 10 of 10 records that are elsewhere"),
        (orders(2000..2001).repeat(10), "page 2 of 3 has 9 of 10 records that are elsewhere"),
    ] {
        book.asked();
        desk.doubts(&book, vec![orders(1000..1010), page, orders(3000..3010)], says).await;
        assert_eq!(book.statuses(), [(1, 304), (2, 200), (3, 304)], "{says}");
        desk.moves(&book, three()).await;
        assert!(whole(&book.asked()), "{says}: read whole");
        desk.moves(&book, three()).await;
    }
    desk.end().await;
}

async fn a_first_fill_is_doubted_too(db: &Db) {
    let mut pages = three();
    pages[1].clear();
    let book = Book::open(pages.clone()).await;
    let mut desk = Desk::open(db, &book.url, crate::support::esi::clock(1.0), "").await;
    assert_eq!(desk.pass().await, (1, 0));
    let entry = desk.entry().await;
    assert_eq!((entry.state, entry.last_success_at, entry.rows), (TargetState::Shrunk, None, 0));
    desk.moves(&book, pages).await;
    desk.end().await;
}

async fn a_bad_page_of_an_id_list_retires_nothing(db: &Db) {
    let mut settings = small();
    settings.world.types = 1_100;
    let patient =
        Patient::filled(db, settings, &["universe_types"], "max_rate = 1000\nbackfill_rate = 1000\n").await;
    let asked =
        "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'universe_types' AND state <> 'retired'";
    let all = number(&patient.ctx.store, asked).await;
    assert!(all > 1_000, "{all} ids: pages enough");
    for trouble in [Trouble::Body { body: "[]".to_owned() }, Trouble::RepeatPage { page: 2 }] {
        patient.next_day();
        patient.fault(Fault::on("/universe/types").page(1).with(trouble));
        patient.pass().await;
        let list = patient.entry(("universe_types", "")).await;
        assert_eq!(list.state, TargetState::Shrunk, "{:?}", list.last_error);
        assert!(list.last_error.is_some_and(|why| why.contains("page 1 of 2")));
        assert_eq!(number(&patient.ctx.store, asked).await, all, "nobody retired");
        patient.sim.clear_faults();
        patient.next_day();
        patient.pass().await;
        let list = patient.entry(("universe_types", "")).await;
        assert_eq!(list.state, TargetState::Active, "{list:?} at {}", patient.clock.now());
    }
    patient.end().await;
}

async fn sync_says_what_it_did_not_store(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let regions = "[datasets.market_orders]\nregions = [10000002]\n";
    let text = toml(db.url(), &sim.base_url(), &format!("{}{regions}", only(&["market_orders"])));
    run(db.folder(), &text, &["sync"]).await.expect(0);
    db.meddle("UPDATE sync_targets SET expires_at = last_success_at, due_at = last_success_at").await;
    sim.fault(Fault::on(FORGE_PATH).page(2).with(Trouble::Body { body: "[]".to_owned() }));
    run(db.folder(), &text, &["sync"])
        .await
        .expect(1)
        .contains("market_orders: 1 of 1 sets not stored: held: page 2 of")
        .contains("is empty; the old rows stay until the next version agrees");
    run(db.folder(), &text, &["status"]).await.expect(0).contains("page 2 of");
}

/// Texts in `X-Pages` that are no number of pages.
const NO_NUMBERS: [&str; 7] = ["four", "4, 4", "4.0", "-1", "0", "+4", ""];

async fn a_number_of_pages_that_is_none_proves_nothing(db: &Db) {
    let mut troubles = vec![("absent", Trouble::drop_header("x-pages"))];
    troubles.extend(NO_NUMBERS.map(|text| (text, Trouble::set_header("x-pages", text))));
    troubles.push(("too many", Trouble::set_header("x-pages", "5001")));
    let patient = Patient::at_speed(10.0, db, small(), &["market_orders"], "").await;
    let forget = "DELETE FROM market_orders; DELETE FROM sync_targets; DELETE FROM sync_pages";
    for (name, trouble) in troubles {
        for first in [false, true] {
            if first {
                db.meddle(forget).await;
            }
            patient.next_day();
            let before = patient.rows(FORGE).await;
            patient.fault(Fault::on(FORGE_PATH).with(trouble.clone()));
            assert_eq!(patient.pass().await.1, 1, "{name}: nothing proves the set");
            let entry = patient.entry(FORGE).await;
            let error = entry.last_error.clone().unwrap_or_default();
            assert!(error.contains("X-Pages") && entry.failures == 1, "{name}: {error}");
            assert!(before == patient.rows(FORGE).await, "{name}: rows were touched");
            assert_eq!(before.is_empty(), first, "{name}");
            patient.sim.clear_faults();
            patient.next_day();
            assert_eq!(patient.pass().await.1, 0, "{name}: well again");
            assert!(patient.entry(FORGE).await.pages > Some(3), "{name}");
        }
    }
    patient.end().await;
}

/// Counts the records of the pages it is given.
#[derive(Default)]
struct Counted(usize);

impl PageSink for Counted {
    fn page(&mut self, _: u32, body: Bytes, _: DateTime<Utc>) -> Result<(), PageRefused> {
        self.0 = serde_json::from_slice::<Vec<u32>>(&body).map_err(|e| PageRefused(e.to_string()))?.len();
        Ok(())
    }

    fn records(&self, _: u32) -> Option<usize> {
        Some(self.0)
    }

    fn drop_page(&mut self, _: u32) {}
}

#[tokio::test]
async fn without_a_number_of_pages_a_short_page_is_the_only_one() {
    for (records, said, stored, holds) in [
        (999, None, StoredSize { pages: 1, records: 998 }, true),
        (999, None, StoredSize::default(), true),
        (0, Some("0"), StoredSize { pages: 3, records: 2_100 }, true),
        (0, None, StoredSize { pages: 2, records: 1_100 }, false),
        (999, None, StoredSize { pages: 2, records: 1_100 }, false),
        (1_000, None, StoredSize::default(), false),
        (1_000, None, StoredSize { pages: 1, records: 1_000 }, false),
        (1, Some("0"), StoredSize::default(), false),
        (1_000, Some("1"), StoredSize { pages: 2, records: 1_100 }, true),
    ] {
        let (url, _) = serve(move |_, _, _| async move {
            let body = serde_json::to_string(&vec![1; records]).expect("JSON");
            let headers = [("cache-control", "max-age=300"), ("x-pages", said.unwrap_or("-"))];
            reply(200, &headers, body)
        })
        .await;
        let (client, clock) = fast(url);
        let request = SetRequest { numbered: Some(stored), ..SetRequest::new("/numbers", "/numbers") };
        let done = soon(fetch_set(&client, &request, &mut Counted::default())).await;
        match done {
            Ok(set) => assert!(holds && set.pages == 1, "{records} {said:?} {stored:?}"),
            Err(error) => {
                assert!(!holds && matches!(error, SetError::Unproven { .. }), "{records} {said:?}: {error}");
                assert!(
                    error.retry_at() > Some(clock.now() + TimeDelta::seconds(200)),
                    "not before it expires"
                );
            }
        }
    }
}
