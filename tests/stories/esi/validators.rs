//! Sets of many pages, each asked for with its own validator. An unchanged page costs no body and writes
//! nothing; of a changed page exactly the changes are written. A reply that proves nothing leaves the old
//! rows alone, and the set is read whole the next time.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use esi_syncd::datasets;
use esi_syncd::sim::world::{Filter, PAGE_ROWS};
use esi_syncd::sim::{OrderSettings, Sim, SimSettings};
use esi_syncd::store::{Commit, PartialSet, Selection, TargetState};
use serde_json::{Value, json};

use crate::support::book::{Book, Order};
use crate::support::desk::{Desk, FORGE_TARGET, orders, three, whole};
use crate::support::esi::{FORGE, entry, number, quiet_moment, small};
use crate::support::{self, Db, Feed, Model, cases, now, observed, on_both};

on_both!(
    an_unchanged_set_is_asked_for_and_not_read,
    a_moving_market_is_the_book_exactly,
    a_mixed_set_is_written_exactly,
    a_key_on_two_pages_belongs_to_the_later,
    a_set_grows_and_shrinks,
    one_page_becomes_two_and_one_again,
    an_answer_without_its_version_proves_nothing,
    a_page_that_lags_behind_is_waited_for,
    a_set_that_turns_midway_is_completed,
    a_set_that_fails_keeps_its_validators,
    what_was_pruned_is_read_whole,
    another_question_is_read_whole,
    a_restart_goes_on_where_it_was,
    a_page_with_a_bad_record_is_looked_at_again,
    a_set_that_halves_is_held,
    any_walk_ends_where_the_book_does,
    a_part_of_a_kept_set_marks_what_vanished,
);

async fn an_unchanged_set_is_asked_for_and_not_read(db: &Db) {
    let settings =
        SimSettings { change_share: 0.0, orders: OrderSettings { total: 4_500, regions: 6 }, ..small() };
    let clock = support::esi::clock(1.0);
    let sim = Sim::start(settings, clock.clone()).await.expect("a port");
    let mut desk = Desk::open(db, &sim.base_url(), clock, "").await;
    let pages = 3;
    for version in 0..3 {
        quiet(&sim, &desk).await;
        sim.reset_counters();
        let before = desk.written();
        assert_eq!(desk.pass().await, (1, 0));
        let counters = sim.counters();
        let status = if version == 0 { 200 } else { 304 };
        assert_eq!(
            counters.by_status.into_iter().collect::<Vec<_>>(),
            [(status, pages)],
            "version {version}"
        );
        assert_eq!(counters.bytes == 0, version > 0, "version {version}: {} bytes", counters.bytes);
        assert_eq!((counters.early, counters.violations.len()), (0, 0), "{:?}", counters.samples);
        let entry = desk.entry().await;
        let built = sim.world().orders_rebuild(FORGE, desk.clock.now()).built;
        assert_eq!(entry.last_modified, Some(built), "the version that was confirmed");
        desk.holds(&sim_book(&sim, built), before).await;
    }
    desk.end().await;
}

/// Steps to a moment at which the set has expired, and does not turn for a while.
async fn quiet(sim: &Sim, desk: &Desk) {
    let known = desk.ctx.store.target("market_orders", FORGE_TARGET).await.expect("reads");
    let after = known.and_then(|entry| entry.due_at).unwrap_or(desk.clock.now()) + TimeDelta::seconds(1);
    let path = [("/markets/{region_id}/orders", "/markets/10000002/orders")];
    let at = quiet_moment(sim, after, &path, TimeDelta::seconds(200));
    desk.clock.step(at - desk.clock.now());
}

/// What the simulator shows of The Forge at a moment, all pages in one list.
fn sim_book(sim: &Sim, at: chrono::DateTime<chrono::Utc>) -> Value {
    let world = sim.world();
    let market = world.orders.market(FORGE).expect("a market");
    let version = world.orders_rebuild(FORGE, at).version;
    let mut all = Vec::new();
    for page in 1..=world.orders.count(market, version).div_ceil(PAGE_ROWS) {
        let (body, _) =
            world.orders.page((market, version), Filter::default(), page, &world.items, &world.timeline);
        let Ok(Value::Array(rows)) = serde_json::from_slice(&body) else { panic!("a list") };
        all.extend(rows);
    }
    Value::Array(all)
}

async fn a_moving_market_is_the_book_exactly(db: &Db) {
    // One or two of The Forge's orders change from version to version.
    let settings =
        SimSettings { change_share: 0.0003, orders: OrderSettings { total: 10_000, regions: 6 }, ..small() };
    let clock = support::esi::clock(1.0);
    let sim = Sim::start(settings, clock.clone()).await.expect("a port");
    let mut desk = Desk::open(db, &sim.base_url(), clock, "").await;
    let (mut mixed, mut written) = (0, 0);
    for version in 0..cases(6, 60) {
        quiet(&sim, &desk).await;
        sim.reset_counters();
        let before = desk.written();
        assert_eq!(desk.pass().await, (1, 0));
        let counters = sim.counters();
        assert_eq!((counters.early, counters.violations.len()), (0, 0), "{:?}", counters.samples);
        let built = desk.entry().await.last_modified.expect("a version");
        desk.holds(&sim_book(&sim, built), before).await;
        if version > 0 {
            mixed += u32::from(counters.by_status.len() == 2);
            written += desk.written() - before;
        }
    }
    assert!(mixed >= 2, "only {mixed} sets were mixed");
    assert!(written > 0);
    desk.end().await;
}

async fn a_mixed_set_is_written_exactly(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    desk.moves(&book, three()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304)]);
    let mut pages = three();
    pages[1][4].1 = 99.0;
    pages[1].remove(7);
    pages[1].push((2500, 1.0));
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 200), (3, 304)]);
    // An order moves from page to page with all that was between.
    let moved = pages[0].remove(0);
    pages[2].push(moved);
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 200), (2, 304), (3, 200)]);
    // And back to what it was: the old validators were replaced.
    desk.moves(&book, three()).await;
    assert_eq!(book.statuses(), [(1, 200), (2, 200), (3, 200)]);
    desk.moves(&book, vec![orders(1000..1010), orders(2000..2009), orders(3000..3010)]).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 200), (3, 304)]);
    desk.moves(&book, vec![orders(1000..1010), orders(2000..2009), orders(3000..3009)]).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 200)]);
    desk.end().await;
}

async fn a_key_on_two_pages_belongs_to_the_later(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    // Page 1 gets an order that page 3 has: the row of page 3 stays, though it does not come.
    let mut pages = three();
    pages[0].push((3005, 77.0));
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 200), (2, 304), (3, 304)]);
    // Page 3 loses it: then that of page 1 counts, which must come again for it.
    pages[2].retain(|(id, _)| *id != 3005);
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 200), (2, 304), (3, 200)]);
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304)], "no page is in doubt any more");
    // The last page takes over an order of the first, which stays as it was.
    pages[2].push((1003, 66.0));
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 200)]);
    pages[2].pop();
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 200), (2, 304), (3, 200)], "the first page's own row is back");
    // Read whole, it is the same: the first page lost a row and gets no validator.
    pages[1].push((1004, 55.0));
    pages[0][1].1 = 12.0;
    desk.moves(&book, pages.clone()).await;
    book.asked();
    desk.moves(&book, pages).await;
    assert_eq!(book.statuses(), [(1, 200), (2, 304), (3, 304)]);
    desk.end().await;
}

async fn a_set_grows_and_shrinks(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    let mut pages = three();
    pages.extend([orders(4000..4010), orders(5000..5003)]);
    desk.moves(&book, pages.clone()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304), (4, 200), (5, 200)]);
    desk.moves(&book, pages[..4].to_vec()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304), (4, 304)], "no body, and yet rows are gone");
    let mut few = pages[..2].to_vec();
    few[1].extend(orders(4000..4003));
    desk.moves(&book, few).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 200)]);
    desk.moves(&book, pages).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 200), (3, 200), (4, 200), (5, 200)]);
    desk.end().await;
}

async fn one_page_becomes_two_and_one_again(db: &Db) {
    let book = Book::open(vec![orders(1000..1010)]).await;
    let mut desk = Desk::at(db, &book).await;
    desk.moves(&book, vec![orders(1000..1010)]).await;
    assert_eq!(book.statuses(), [(1, 304)]);
    desk.moves(&book, vec![orders(1000..1010), orders(2000..2005)]).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 200)], "the first page is not asked for twice");
    desk.moves(&book, vec![orders(1000..1010)]).await;
    assert_eq!(book.statuses(), [(1, 304)]);
    desk.moves(&book, vec![orders(1000..1009)]).await;
    assert_eq!(book.statuses(), [(1, 200)]);
    desk.end().await;
}

async fn an_answer_without_its_version_proves_nothing(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    for lacking in [(1, "last-modified"), (3, "last-modified"), (1, "x-pages"), (2, "x-pages")] {
        let mut pages = three();
        pages[1][0].1 += 1.0;
        book.shown().lacking = Some(lacking);
        if lacking.0 == 2 {
            pages[1][0].1 = three()[1][0].1;
        }
        book.show(pages.clone());
        let says = if lacking.1 == "x-pages" { "has no X-Pages" } else { "has no Last-Modified" };
        desk.refuses(&book, &[], &format!("page {} of several {says}", lacking.0)).await;
        let asked = book.asked();
        let times = |page| asked.iter().filter(|asked| asked.page == page).count();
        assert!((1..=3).all(|page| times(page) <= 1), "{lacking:?}: no page is asked for twice: {asked:?}");
        book.shown().lacking = None;
        desk.moves(&book, pages).await;
        assert!(whole(&book.asked()), "{lacking:?}: read whole");
        desk.moves(&book, three()).await;
        assert!(book.asked().iter().all(|asked| asked.conditional), "{lacking:?}: trusted again");
    }
    // A server that does so again and again is not trusted any more, and loses no more sets.
    book.shown().lacking = Some((1, "last-modified"));
    for _ in 0..2 {
        book.show(three());
        desk.refuses(&book, &[], "has no Last-Modified").await;
        desk.moves(&book, three()).await;
        book.asked();
    }
    for _ in 0..2 {
        desk.moves(&book, three()).await;
        assert!(whole(&book.asked()), "read whole");
    }
    desk.end().await;
}

async fn a_page_that_lags_behind_is_waited_for(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    // Its 304 is of an older version than the other pages, however often it is asked for.
    book.shown().behind = Some(2);
    book.show(three());
    desk.refuses(&book, &[3, 4, 5], "kept changing").await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (2, 304), (2, 304), (2, 304), (3, 304)]);
    book.shown().behind = None;
    desk.moves(&book, three()).await;
    assert!(whole(&book.asked()), "read whole");
    desk.end().await;
}

async fn a_set_that_turns_midway_is_completed(db: &Db) {
    let mut first = three();
    first.push(orders(4000..4010));
    let book = Book::open(first.clone()).await;
    let mut desk = Desk::at(db, &book).await;
    // After one, two, three replies of a version the next one is shown: pages change, move, come and go.
    let mut pages = first;
    for (version, after) in [1, 2, 3, 1, 2, 3].into_iter().enumerate() {
        let version = i64::try_from(version).expect("few");
        let mut next = pages.clone();
        next[1][0].1 += 1.0;
        pages[2][1].1 += 1.0;
        match version % 3 {
            0 => next.push(orders(5000 + 10 * version..5005 + 10 * version)),
            1 => drop(next.pop()),
            _ => {
                let moved = next[0].remove(1);
                next[3].push(moved);
            }
        }
        let asked = pages.len();
        book.show(pages);
        book.shown().turn = Some((after, next.clone()));
        book.asked();
        desk.expires().await;
        desk.reads_after(&book, &[asked]).await;
        let asked = book.asked();
        assert!(asked.iter().any(|asked| asked.status == 304), "{asked:?}");
        assert_eq!(book.shown().turn, None, "it turned");
        pages = next;
    }
    desk.end().await;
}

async fn a_set_that_fails_keeps_its_validators(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    book.show(three());
    book.shown().failing = Some(1);
    desk.expires().await;
    assert_eq!(desk.pass().await, (1, 1));
    book.shown().failing = Some(3);
    book.asked();
    desk.expires().await;
    let began = desk.clock.now();
    assert_eq!(desk.pass().await, (1, 1));
    let answered = book.asked().iter().filter(|asked| asked.status == 304).count();
    assert!(answered > 0, "some pages answered");
    let due = desk.entry().await.due_at.expect("a time");
    assert!(due - began > TimeDelta::seconds(55), "pages that came are not asked for again before: {due}");
    book.shown().failing = None;
    desk.moves(&book, three()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304)], "what was stored is still what it was");
    desk.end().await;
}

async fn what_was_pruned_is_read_whole(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    // Somebody deletes a row behind the daemon's back, or what is known of a page: the next set is whole and mends it.
    let behind = [
        "DELETE FROM market_orders WHERE order_id = 2004",
        "DELETE FROM sync_pages WHERE page = 2",
        "DELETE FROM sync_pages WHERE page = 3",
        "UPDATE sync_pages SET keys = (SELECT p.keys FROM sync_pages AS p WHERE p.page = 1) WHERE page = 2",
    ];
    for sql in behind {
        book.show(three());
        desk.expires().await;
        db.meddle(sql).await;
        let before = desk.written();
        assert_eq!(desk.pass().await, (1, 0));
        assert!(whole(&book.asked()), "{sql}");
        assert_eq!(desk.written() - before, u64::from(sql.contains("market_orders")), "{sql}");
        desk.holds(&book.all(), desk.written()).await;
        desk.moves(&book, three()).await;
        assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304)], "{sql}: known again");
    }
    // A region that is deselected and pruned is forgotten with its pages.
    let dataset = datasets::find("market_orders").expect("declared");
    let none = Selection { dataset: "market_orders", wanted: &[], others: TargetState::Deselected };
    desk.ctx.store.select(&none, desk.clock.now()).await.expect("selects");
    assert_eq!(desk.ctx.store.prune(dataset).await.expect("prunes").rows, 30);
    assert_eq!(number(&desk.ctx.store, "SELECT COUNT(*) AS n FROM sync_pages").await, 0);
    desk.model = Model::default();
    book.show(three());
    desk.reads(&book).await;
    assert!(whole(&book.asked()), "read anew");
    desk.end().await;
}

async fn another_question_is_read_whole(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    let (clock, model) = (desk.clock.clone(), desk.model.clone());
    desk.expires().await;
    desk.end().await;
    desk = Desk::open(db, &book.url, clock, "language = \"de\"").await;
    desk.model = model;
    desk.reads(&book).await;
    assert_eq!(book.asked().len(), 3);
    desk.moves(&book, three()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304)]);
    desk.end().await;
}

async fn a_restart_goes_on_where_it_was(db: &Db) {
    let book = Book::open(three()).await;
    let mut desk = Desk::at(db, &book).await;
    let mut pages = three();
    for round in 0..3 {
        let (clock, model) = (desk.clock.clone(), desk.model.clone());
        desk.end().await;
        desk = Desk::open(db, &book.url, clock, "").await;
        desk.model = model;
        pages[round].remove(round);
        desk.moves(&book, pages.clone()).await;
        let changed: Vec<usize> =
            book.statuses().iter().filter(|(_, status)| *status == 200).map(|(page, _)| *page).collect();
        assert_eq!(changed, [round + 1], "after restart {round}");
    }
    desk.end().await;
}

async fn a_page_with_a_bad_record_is_looked_at_again(db: &Db) {
    let mut many = vec![orders(1000..1030), orders(2000..2030), orders(3000..3030)];
    let book = Book::open(many.clone()).await;
    let mut desk = Desk::at(db, &book).await;
    let rejects = "SELECT COUNT(*) AS n FROM sync_rejects";
    many[1][0].1 = 3.25;
    book.shown().bad = BTreeSet::from([2005, 2006]);
    desk.moves(&book, many.clone()).await;
    assert_eq!(number(&desk.ctx.store, rejects).await, 2, "two of ninety");
    book.asked();
    desk.moves(&book, many.clone()).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 200), (3, 304)], "nothing changed, and yet");
    assert_eq!(number(&desk.ctx.store, rejects).await, 2);
    book.shown().bad.clear();
    desk.moves(&book, many.clone()).await;
    assert_eq!(number(&desk.ctx.store, rejects).await, 0, "cleared by the clean set");
    book.asked();
    desk.moves(&book, many).await;
    assert_eq!(book.statuses(), [(1, 304), (2, 304), (3, 304)]);
    desk.end().await;
}

async fn a_set_that_halves_is_held(db: &Db) {
    let pages: Vec<Vec<Order>> =
        [1000, 2000, 3000, 4000].map(|first| orders(first..first + 300)).into_iter().collect();
    let book = Book::open(pages.clone()).await;
    let mut desk = Desk::at(db, &book).await;
    // Only the first page is left, and it has not changed: a guard that counts what was read would see nothing.
    book.show(pages[..1].to_vec());
    desk.expires().await;
    let before = desk.written();
    assert_eq!(desk.pass().await, (1, 0));
    let entry = desk.entry().await;
    assert_eq!((entry.state, entry.rows), (TargetState::Shrunk, 1200));
    assert!(entry.last_error.is_some_and(|why| why.contains("300 records after 1200")));
    assert_eq!(desk.written(), before);
    desk.model.assert_stored(&desk.ctx.store, &desk.feed, "the old rows").await;
    book.asked();
    // The next version agrees.
    desk.moves(&book, pages[..1].to_vec()).await;
    assert!(whole(&book.asked()), "what agrees was read");
    // A loss of a third raises no doubt, even though no remaining page has changed.
    desk.moves(&book, pages.clone()).await;
    desk.moves(&book, pages[..3].to_vec()).await;
    assert_eq!(book.asked().iter().filter(|asked| asked.status == 304).count(), 4);
    desk.end().await;
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("small") % sides
    }
}

async fn any_walk_ends_where_the_book_does(db: &Db) {
    let mut dice = Dice(0x5eed_1e55);
    let mut pages = three();
    let book = Book::open(pages.clone()).await;
    let mut desk = Desk::at(db, &book).await;
    let (mut next, mut mixed) = (9000, 0);
    for _ in 0..cases(60, 600) {
        for _ in 0..dice.below(4) {
            let page = dice.below(pages.len());
            let row = dice.below(pages[page].len().max(1));
            let other = dice.below(pages.len());
            let there = row < pages[page].len();
            match dice.below(8) {
                0 => {
                    next += 1;
                    pages[page].push((next, 1.0));
                }
                1 if there => drop(pages[page].remove(row)),
                2 if there => pages[page][row].1 += 1.0,
                3 if there => {
                    let order = pages[page].remove(row);
                    pages[other].push(order);
                }
                // The same order on two pages, at two prices.
                4 if there => {
                    let (id, price) = pages[page][row];
                    pages[other].push((id, price + 0.25));
                }
                5 if pages.len() < 6 => pages.push(vec![(next + 1, 2.0), (next + 2, 3.0)]),
                6 if pages.len() > 1 => drop(pages.pop()),
                _ => next += 3,
            }
        }
        desk.settles(&book, pages.clone()).await;
        let statuses = book.statuses();
        let kept = statuses.iter().filter(|(_, status)| *status == 304).count();
        mixed += u32::from(kept > 0 && kept < statuses.len());
    }
    assert!(mixed > 10, "only {mixed} sets were mixed");
    desk.end().await;
}

/// Where rows stay after they have left ESI, a set that came in part marks exactly those that left.
async fn a_part_of_a_kept_set_marks_what_vanished(db: &Db) {
    let campaign = |id: i64, score: f64| {
        json!({"campaign_id": id, "event_type": "ihub_defense", "solar_system_id": 30_000_142, "constellation_id": 20_000_020,
               "structure_id": 1, "start_time": "2026-03-01T00:00:00Z", "defender_score": score})
    };
    let store = db.open().await;
    let feed = Feed::new("sovereignty_campaigns", "");
    feed.put(&store, &(1..=4).map(|id| campaign(id, 0.5)).collect::<Vec<_>>().into()).await;
    let built = observed() + 60;
    let put = async |body: Value, vanished: &[i64], rows: usize| {
        let bytes = serde_json::to_vec(&body).expect("JSON");
        let page = support::whole(feed.dataset, "", built, &bytes);
        let target = feed.target();
        let commit = Commit {
            before: Some(now()),
            batches: Some(&page.batches[..1]),
            part: Some(PartialSet { vanished, outdone: &BTreeSet::from([3]), rows }),
            ..Commit::new(feed.dataset, std::slice::from_ref(&target), now())
        };
        let written = store.commit(&commit).await.expect("stored");
        let stored = entry(&store, "sovereignty_campaigns", "").await;
        assert_eq!(stored.rows, i64::try_from(rows).expect("a count"));
        (written.upserted, written.deleted)
    };
    // 1 stayed on a page that did not come; 2 and 4 left; 3 came with a page that a later one outdoes; 5 is new.
    let body = json!([campaign(3, 0.9), campaign(5, 0.5)]);
    assert_eq!(put(body, &[2, 4], 3).await, (1, 2));
    let seen = "SELECT campaign_id, last_seen_at FROM sovereignty_campaigns ORDER BY 1";
    let rows = store.query(seen, &[]).await.expect("reads");
    let gone: Vec<_> = rows.iter().map(|row| row.time("last_seen_at").expect("a time")).collect();
    assert_eq!(gone, [None, Some(now()), None, Some(now()), None]);
    let high = "SELECT COUNT(*) AS n FROM sovereignty_campaigns WHERE defender_score > 0.6";
    assert_eq!(number(&store, high).await, 0, "the row of the later page stays");
    // Marked once is marked: the time they were last seen does not move. One of them returns.
    assert_eq!(put(json!([campaign(2, 0.5)]), &[4], 4).await, (1, 0));
    let marked = "SELECT COUNT(*) AS n FROM sovereignty_campaigns WHERE last_seen_at IS NOT NULL";
    assert_eq!(number(&store, marked).await, 1);
    store.close().await;
}
