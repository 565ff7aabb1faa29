use chrono::TimeDelta;
use futures_util::FutureExt;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::*;
use crate::declare::Group;

const ORDERS: Group = Group { name: "market-order", tokens: 50 };

fn limits(speed: f64) -> (Limits, Clock) {
    let clock = Clock::starting_at(DateTime::UNIX_EPOCH + TimeDelta::days(1), speed);
    let settings = ClientSettings::new(Url::parse("http://127.0.0.1:9/").expect("a URL"), "test".into());
    (Limits::new(&settings, clock.clone()), clock)
}

fn orders() -> Request<'static> {
    Request { group: Some(ORDERS), ..Request::get("/markets/{region_id}/orders", "/markets/1/orders") }
}

fn reply(status: u16, headers: &[(&'static str, &'static str)]) -> Charge {
    let headers: HeaderMap =
        headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
    Charge::read(StatusCode::from_u16(status).expect("a status"), &headers)
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(5), future).await.expect("within 5 s")
}

async fn ask(limits: &Limits, request: &Request<'_>, charge: &Charge) {
    let mut permit = soon(limits.acquire(request)).await.expect("no long pause");
    permit.sent();
    permit.charge(charge);
}

fn spent(limits: &Limits) -> u32 {
    limits.snapshot().slots.iter().map(|slot| slot.tokens).sum()
}

#[tokio::test]
async fn a_full_bucket_opens_when_its_window_has_passed() {
    let (limits, clock) = limits(1000.0);
    let start = clock.now();
    for _ in 0..18 {
        ask(&limits, &orders(), &reply(200, &[])).await;
    }
    assert!(clock.now() - start < TimeDelta::seconds(600), "the burst went at once");
    ask(&limits, &orders(), &reply(200, &[])).await;
    assert!(clock.now() - start >= TimeDelta::seconds(900), "the 19th does not fit into 40 tokens");
}

#[tokio::test]
async fn one_bucket_does_not_hold_up_another() {
    let (limits, _clock) = limits(1.0);
    for _ in 0..18 {
        ask(&limits, &orders(), &reply(200, &[])).await;
    }
    let request = orders();
    let mut waiting = Box::pin(limits.acquire(&request));
    assert!((&mut waiting).now_or_never().is_none());
    ask(&limits, &Request { owner: "95538921", ..orders() }, &reply(200, &[])).await;
    ask(&limits, &Request::get("/alliances", "/alliances"), &reply(200, &[])).await;
    assert!((&mut waiting).now_or_never().is_none());
}

#[tokio::test]
async fn a_waiter_that_gives_up_costs_nothing() {
    let (limits, _clock) = limits(1.0);
    let mut permits = Vec::new();
    for _ in 0..7 {
        permits.push(soon(limits.acquire(&orders())).await.expect("room for 7 x 5 in 40"));
    }
    permits.push(soon(limits.acquire(&orders())).await.expect("8 x 5 = 40"));
    let request = orders();
    let mut given_up = Box::pin(limits.acquire(&request));
    assert!((&mut given_up).now_or_never().is_none());
    drop(permits);
    // The freed permit was sent to a waiter that gives up without receiving it.
    drop(given_up);
    assert_eq!(spent(&limits), 0, "nothing was sent");
    for _ in 0..18 {
        ask(&limits, &orders(), &reply(200, &[])).await;
    }
}

#[tokio::test]
async fn no_reply_keeps_two_tokens() {
    let (limits, _clock) = limits(1.0);
    let mut permit = soon(limits.acquire(&orders())).await.expect("room");
    permit.sent();
    drop(permit);
    assert_eq!(spent(&limits), 2);
    assert_eq!(limits.revision(), 1);
}

#[tokio::test]
async fn a_429_pauses_its_bucket_and_a_long_pause_is_refused() {
    let (limits, clock) = limits(100.0);
    let until = limits.throttled(&orders(), Some(Duration::from_mins(10)), false);
    let refusal = soon(limits.acquire(&orders())).await.expect_err("too long to wait for");
    assert_eq!((refusal.what.as_str(), refusal.until), ("bucket market-order", until));
    ask(&limits, &Request::get("/alliances", "/alliances"), &reply(200, &[])).await;
    soon(limits.pauses_changed()).await;

    let short = limits.throttled(&Request::get("/x", "/x"), Some(Duration::from_secs(30)), false);
    ask(&limits, &Request::get("/x", "/x"), &reply(200, &[])).await;
    assert!(clock.now() >= short, "a short pause is waited for");
}

#[tokio::test]
async fn after_a_420_one_request_goes_first() {
    let (limits, clock) = limits(1000.0);
    let until = limits.error_limited(None);
    let first = soon(limits.acquire(&orders())).await.expect("a short pause");
    assert!(clock.now() >= until);
    let request = orders();
    let mut second = Box::pin(limits.acquire(&request));
    assert!((&mut second).now_or_never().is_none(), "one probe");
    let mut first = first;
    first.sent();
    first.charge(&reply(200, &[]));
    drop(first);
    let _second = soon(second).await.expect("the probe answered");
    let _third = soon(limits.acquire(&orders())).await.expect("two at once now");
}

#[tokio::test]
async fn routes_without_a_bucket_keep_to_the_rate() {
    let (limits, clock) = limits(20.0);
    let start = clock.now();
    for _ in 0..60 {
        ask(&limits, &Request::get("/alliances", "/alliances"), &reply(200, &[])).await;
    }
    let live = clock.now() - start;
    assert!(live >= TimeDelta::milliseconds(2900), "60 at 20/s in {live}");
    let backfill = Request { priority: Priority::Detail, ..Request::get("/alliances", "/alliances") };
    let start = clock.now();
    for _ in 0..30 {
        ask(&limits, &backfill, &reply(200, &[])).await;
    }
    let slow = clock.now() - start;
    assert!(slow >= TimeDelta::milliseconds(2900), "30 at 10/s in {slow}");
}

#[tokio::test]
async fn twenty_errors_end_the_minute() {
    let (limits, clock) = limits(100.0);
    let start = clock.now();
    for _ in 0..20 {
        ask(&limits, &Request::get("/x", "/x"), &reply(404, &[])).await;
    }
    assert!(clock.now() - start < TimeDelta::seconds(50));
    ask(&limits, &Request::get("/x", "/x"), &reply(404, &[])).await;
    assert!(clock.now() - start >= TimeDelta::seconds(60));
}

#[tokio::test]
async fn few_errors_left_stop_everything_until_the_reset() {
    let (limits, clock) = limits(100.0);
    let strained = reply(200, &[("x-esi-error-limit-remain", "5"), ("x-esi-error-limit-reset", "40")]);
    ask(&limits, &Request::get("/x", "/x"), &strained).await;
    let start = clock.now();
    ask(&limits, &orders(), &reply(200, &[])).await;
    assert!(clock.now() - start >= TimeDelta::seconds(35));
}

#[tokio::test]
async fn a_restart_remembers_spends_and_pauses() {
    let (before, clock) = limits(1.0);
    for _ in 0..10 {
        ask(&before, &orders(), &reply(200, &[])).await;
    }
    let until = before.throttled(&Request::get("/x", "/x"), Some(Duration::from_mins(10)), false);
    let snapshot = before.snapshot();
    assert_eq!(spent(&before), 20);

    let settings = ClientSettings::new(Url::parse("http://127.0.0.1:9/").expect("a URL"), "test".into());
    let clean = Limits::new(&settings, clock.clone());
    clean.restore(&snapshot, true);
    assert_eq!(clean.snapshot().slots, snapshot.slots);
    assert_eq!(clean.pauses(), [StoredPause { what: "route /x".into(), until }]);
    for _ in 0..8 {
        ask(&clean, &orders(), &reply(200, &[])).await;
    }
    let request = orders();
    let mut waiting = Box::pin(clean.acquire(&request));
    assert!((&mut waiting).now_or_never().is_none(), "20 + 16 + 5 > 40");

    let unclean = Limits::new(&settings, clock.clone());
    unclean.restore(&snapshot, false);
    assert_eq!(
        unclean.snapshot().slots,
        snapshot.slots,
        "a guess is not saved as a spend: the next process makes its own"
    );
    for _ in 0..7 {
        ask(&unclean, &orders(), &reply(200, &[])).await;
    }
    let mut waiting = Box::pin(unclean.acquire(&request));
    assert!(
        (&mut waiting).now_or_never().is_none(),
        "20 + 14 + 5 fit into 40, five seconds at 20 a minute do not"
    );

    let informed = Limits::new(&settings, clock);
    informed.restore(&snapshot, false);
    let used = [("x-ratelimit-limit", "50/15m"), ("x-ratelimit-remaining", "28")];
    ask(&informed, &orders(), &reply(200, &used)).await;
    for _ in 0..7 {
        ask(&informed, &orders(), &reply(200, &[])).await;
    }
    assert_eq!(spent(&informed), 36, "ESI's count replaces the guess");
}
