//! Sets of numbered pages from a server whose pages do not belong together: we store one version, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::extract::Request as Asked;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::declare::Ttl;
use esi_syncd::esi::{FetchErrorKind, PageRefused, PageSink, SetError, SetRequest, Validators, fetch_set};

use crate::support::web::{ORDERS, fast, httpdate, reply, serve, soon};

/// Keeps the bodies of the pages it is given, and insists that they are of one version at any time.
#[derive(Default)]
struct Pages(BTreeMap<u32, String>);

impl PageSink for Pages {
    fn page(&mut self, page: u32, body: Bytes, _: DateTime<Utc>) -> Result<(), PageRefused> {
        let text = String::from_utf8(body.to_vec()).map_err(|e| PageRefused(e.to_string()))?;
        if text.contains("poison") {
            return Err(PageRefused("poison".into()));
        }
        let version = |text: &str| text.split('p').next().map(str::to_owned);
        let mixed = self.0.iter().find(|(held, other)| **held != page && version(other) != version(&text));
        assert!(mixed.is_none(), "page {page} {text} beside {mixed:?}");
        self.0.insert(page, text);
        Ok(())
    }

    fn drop_page(&mut self, page: u32) {
        self.0.remove(&page);
    }
}

/// The number of the page asked for.
fn page_of(path: &str) -> u32 {
    path.split_once("page=").map_or(1, |(_, page)| page.parse().expect("a number"))
}

/// Version `version` of a page of a set of `pages`, which lives for `lifetime` seconds.
fn page(version: u32, page: u32, pages: u32, lifetime: u32) -> Response {
    let built = httpdate(DateTime::UNIX_EPOCH + TimeDelta::hours(version.into()));
    let headers = [
        ("last-modified", built.as_str()),
        ("x-pages", &pages.to_string()),
        ("cache-control", &format!("max-age={lifetime}")),
        ("etag", "\"e\""),
    ];
    reply(200, &headers, format!("[\"v{version}p{page}\"]"))
}

fn set() -> SetRequest<'static> {
    SetRequest {
        group: Some(ORDERS),
        ttl: Ttl::Seconds(300),
        ..SetRequest::new("/markets/{region_id}/orders", "/orders?order_type=all")
    }
}

fn versions(pages: &Pages) -> Vec<String> {
    pages.0.values().cloned().collect()
}

#[tokio::test]
async fn a_set_of_one_version_is_read_whole() {
    let (url, log) = serve(|path, _, _| async move {
        let number = page_of(&path);
        page(1, number, 30, 200 + number)
    })
    .await;
    let (client, clock) = fast(url);
    // In a task of its own, as the drivers do it.
    let reading = tokio::spawn(async move {
        let mut sink = Pages::default();
        let done = fetch_set(&client, &set(), &mut sink).await;
        (done, sink)
    });
    let (done, sink) = soon(reading).await.expect("no panic");
    let done = done.expect("a set");
    assert_eq!((done.pages, done.requests, done.not_modified, done.etag), (30, 30, false, None));
    assert_eq!(done.last_modified, Some(DateTime::UNIX_EPOCH + TimeDelta::hours(1)));
    assert!(done.expires_at <= clock.now() + TimeDelta::seconds(201), "the earliest page decides");
    assert_eq!(sink.0.len(), 30);
    assert_eq!(sink.0[&17], r#"["v1p17"]"#);
    assert_eq!(log.paths()[0], "/orders?order_type=all");
    assert_eq!(log.count("/orders?order_type=all&page=30"), 1);
}

#[tokio::test]
async fn one_page_keeps_its_validator() {
    let (url, _) = serve(|path, _, asked| async move {
        match (path.as_str(), asked.headers().contains_key("if-none-match")) {
            (_, true) => reply(304, &[("cache-control", "max-age=60")], ""),
            ("/none", _) => reply(200, &[("etag", "\"n\"")], "[]"),
            _ => reply(200, &[("etag", "\"z\""), ("x-pages", "0")], "[]"),
        }
    })
    .await;
    let (client, _) = fast(url);
    for (path, etag) in [("/none", "\"n\""), ("/zero", "\"z\"")] {
        let mut sink = Pages::default();
        let request = SetRequest::new(path, path);
        let done = soon(fetch_set(&client, &request, &mut sink)).await.expect("a set");
        assert_eq!((done.pages, done.etag.as_deref(), sink.0.len()), (1, Some(etag), 1));
        let again = SetRequest { etag: Some(etag), ..request };
        let mut sink = Pages::default();
        let done = soon(fetch_set(&client, &again, &mut sink)).await.expect("a set");
        assert!(done.not_modified && sink.0.is_empty());
    }
}

#[tokio::test]
async fn a_set_that_flips_at_page_three_is_completed_after_expiry() {
    let (url, log) = serve(|path, before, _| async move {
        let number = page_of(&path);
        if number < 3 && before == 0 { page(1, number, 6, 20) } else { page(2, number, 6, 300) }
    })
    .await;
    let (client, clock) = fast(url);
    let (mut sink, start) = (Pages::default(), clock.now());
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!((done.pages, done.requests), (6, 8));
    assert_eq!(versions(&sink), (1..=6).map(|n| format!(r#"["v2p{n}"]"#)).collect::<Vec<_>>());
    assert!(clock.now() - start >= TimeDelta::seconds(20), "never before their own expiry");
    assert_eq!((log.count("/orders?order_type=all"), log.count("/orders?order_type=all&page=4")), (2, 1));
}

#[tokio::test]
async fn an_old_page_among_new_ones_is_asked_again() {
    let (url, log) = serve(|path, before, _| async move {
        let number = page_of(&path);
        if number == 2 && before == 0 { page(1, number, 3, 15) } else { page(2, number, 3, 300) }
    })
    .await;
    let (client, _) = fast(url);
    let mut sink = Pages::default();
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!(
        (done.requests, versions(&sink)),
        (4, vec![r#"["v2p1"]"#.into(), r#"["v2p2"]"#.into(), r#"["v2p3"]"#.into()])
    );
    assert_eq!(log.count("/orders?order_type=all"), 1);
}

#[tokio::test]
async fn a_set_that_shrinks_loses_its_last_pages() {
    let (url, log) = serve(|path, before, _| async move {
        match (page_of(&path), before) {
            (1, 0) => page(1, 1, 5, 20),
            (number @ 1..=3, _) => page(2, number, 3, 300),
            _ => reply(404, &[], r#"{"error":"Requested page does not exist!"}"#),
        }
    })
    .await;
    let (client, _) = fast(url);
    let mut sink = Pages::default();
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!((done.pages, sink.0.len()), (3, 3));
    assert!(versions(&sink).iter().all(|text| text.starts_with(r#"["v2"#)));
    assert!(log.count("/orders?order_type=all&page=5") <= 1, "a missing page is not asked for in a loop");
}

#[tokio::test]
async fn a_missing_page_alone_shows_that_the_set_shrank() {
    let (url, _) = serve(|path, before, _| async move {
        match (page_of(&path), before) {
            (3, _) => reply(404, &[], "{}"),
            (number, 0) => page(1, number, 3, 20),
            (number, _) => page(2, number, 2, 300),
        }
    })
    .await;
    let (client, _) = fast(url);
    let mut sink = Pages::default();
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!((done.pages, versions(&sink)), (2, vec![r#"["v2p1"]"#.into(), r#"["v2p2"]"#.into()]));
}

#[tokio::test]
async fn a_page_past_the_new_end_is_taken_back() {
    let (url, _) = serve(|path, before, _| async move {
        match (page_of(&path), before) {
            (2, _) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                page(2, 2, 2, 300)
            }
            (number, 0) => page(1, number, 3, 20),
            (number, _) => page(2, number, 2, 300),
        }
    })
    .await;
    let (client, _) = fast(url);
    let mut sink = Pages::default();
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!((done.pages, versions(&sink)), (2, vec![r#"["v2p1"]"#.into(), r#"["v2p2"]"#.into()]));
}

#[tokio::test]
async fn a_set_that_grows_is_read_to_its_new_end() {
    let (url, _) = serve(|path, before, _| async move {
        let number = page_of(&path);
        if number == 1 && before == 0 { page(1, 1, 2, 20) } else { page(2, number, 4, 300) }
    })
    .await;
    let (client, _) = fast(url);
    let mut sink = Pages::default();
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!((done.pages, sink.0.len()), (4, 4));
}

#[tokio::test]
async fn a_set_that_never_settles_is_given_up() {
    let (url, log) = serve(|path, before, _| async move {
        let number = page_of(&path);
        let round = u32::try_from(before).expect("few");
        page(2 * round + number % 2, number, 2, 20)
    })
    .await;
    let (client, clock) = fast(url);
    let error = soon(fetch_set(&client, &set(), &mut Pages::default())).await.expect_err("no version");
    assert!(matches!(error, SetError::Changed { .. }), "{error}");
    assert!(error.retry_at() > Some(clock.now()));
    assert!(log.paths().len() <= 8, "three rounds and no more: {:?}", log.paths());
}

#[tokio::test]
async fn pages_that_prove_nothing_are_refused() {
    let (url, _) = serve(|path, _, _| async move {
        if page_of(&path) == 2 {
            reply(200, &[("x-pages", "3")], "[]")
        } else {
            page(1, page_of(&path), 3, 300)
        }
    })
    .await;
    let (client, _) = fast(url);
    let error = soon(fetch_set(&client, &set(), &mut Pages::default())).await.expect_err("unproven");
    assert!(matches!(error, SetError::Unproven { page: 2, .. }), "{error}");
}

#[tokio::test]
async fn a_set_about_to_expire_is_waited_for() {
    let (url, log) = serve(|path, before, _| async move {
        let number = page_of(&path);
        if number == 1 && before == 0 { page(1, 1, 100, 6) } else { page(2, number, 100, 300) }
    })
    .await;
    let (client, _) = fast(url);
    let mut sink = Pages::default();
    let done = soon(fetch_set(&client, &set(), &mut sink)).await.expect("a set");
    assert_eq!((done.requests, done.pages, sink.0.len()), (101, 100, 100));
    assert_eq!(log.paths()[..2], ["/orders?order_type=all", "/orders?order_type=all"]);
}

#[tokio::test]
async fn a_page_the_sink_refuses_or_esi_fails_ends_the_set() {
    let (url, _) = serve(|path, _, _| async move {
        match (path.starts_with("/bad"), page_of(&path)) {
            (true, 3) => reply(500, &[], "{}"),
            (false, 2) => {
                let built = httpdate(DateTime::UNIX_EPOCH + TimeDelta::hours(1));
                reply(200, &[("last-modified", &built), ("x-pages", "4")], "\"poison\"")
            }
            (_, number) => page(1, number, 4, 300),
        }
    })
    .await;
    let (client, _) = fast(url);
    let error = soon(fetch_set(&client, &set(), &mut Pages::default())).await.expect_err("refused");
    assert!(matches!(&error, SetError::Rejected { page: 2, reason, .. } if reason == "poison"), "{error}");
    let bad = SetRequest { path: "/bad".into(), ..set() };
    let error = soon(fetch_set(&client, &bad, &mut Pages::default())).await.expect_err("failed");
    assert!(
        matches!(&error, SetError::Fetch(e) if e.kind == FetchErrorKind::Server && e.url.ends_with("page=3")),
        "{error}"
    );
}

/// Page `page` of version `version` is as it was.
fn same(version: u32, pages: u32, lifetime: u32) -> Response {
    let built = httpdate(DateTime::UNIX_EPOCH + TimeDelta::hours(version.into()));
    let headers = [
        ("last-modified", built.as_str()),
        ("x-pages", &pages.to_string()),
        ("cache-control", &format!("max-age={lifetime}")),
    ];
    reply(304, &headers, "")
}

/// A copy of so many pages, each with its validator.
fn held(pages: u32) -> Validators {
    Validators { pages, etags: (1..=pages).map(|page| (page, format!("\"e{page}\""))).collect() }
}

fn pages_of(numbers: &[u32]) -> BTreeSet<u32> {
    numbers.iter().copied().collect()
}

/// The validator that came with the request.
fn given(asked: &Asked) -> Option<&str> {
    asked.headers().get("if-none-match").and_then(|etag| etag.to_str().ok())
}

#[tokio::test]
async fn every_page_is_asked_for_with_its_own_validator() {
    let (url, log) = serve(|path, _, asked| async move {
        let number = page_of(&path);
        let expected = format!("\"e{number}\"");
        let known = if number == 4 { None } else { Some(expected.as_str()) };
        if given(&asked) != known {
            return reply(500, &[], "");
        }
        if number % 2 == 1 { same(2, 5, 300) } else { page(2, number, 5, 300) }
    })
    .await;
    let (client, _) = fast(url);
    let mut copy = held(5);
    copy.etags.remove(&4);
    let mut sink = Pages::default();
    let request = SetRequest { held: Some(&copy), ..set() };
    let done = soon(fetch_set(&client, &request, &mut sink)).await.expect("a set");
    assert_eq!((done.pages, done.requests, done.not_modified), (5, 5, false));
    assert_eq!(done.kept, pages_of(&[1, 3, 5]));
    assert_eq!(done.etags, BTreeMap::from([(2, "\"e\"".to_owned()), (4, "\"e\"".to_owned())]));
    assert_eq!(versions(&sink), [r#"["v2p2"]"#, r#"["v2p4"]"#], "the sink got what changed");
    assert_eq!(done.last_modified, Some(DateTime::UNIX_EPOCH + TimeDelta::hours(2)));
    assert_eq!(log.paths().len(), 5, "no page is asked for again after its 304");
}

#[tokio::test]
async fn a_copy_is_current_only_with_as_many_pages() {
    for (pages, kept, given) in
        [(3, vec![1, 2, 3], 0), (4, vec![1, 2, 3], 1), (2, vec![1, 2], 0), (1, vec![1], 0)]
    {
        let (url, log) = serve(move |path, _, _| async move {
            let number = page_of(&path);
            if number > 3 { page(2, number, pages, 300) } else { same(2, pages, 300) }
        })
        .await;
        let (client, _) = fast(url);
        let (copy, mut sink) = (held(3), Pages::default());
        let request = SetRequest { held: Some(&copy), ..set() };
        let done = soon(fetch_set(&client, &request, &mut sink)).await.expect("a set");
        assert_eq!((done.pages, done.not_modified, sink.0.len()), (pages, pages == 3, given));
        assert_eq!(done.kept, pages_of(&kept));
        assert_eq!(log.paths().len(), usize::try_from(pages).expect("few"));
    }
}

#[tokio::test]
async fn kept_pages_are_of_one_version_too() {
    // Page 1 is as it was in version 1; the others are of version 2 already, and then page 1 is so as well.
    let (url, log) = serve(|path, before, asked| async move {
        match (page_of(&path), before) {
            (1, 0) => same(1, 3, 15),
            (2, 0) => page(2, 2, 3, 300),
            _ if given(&asked).is_some() => same(2, 3, 300),
            _ => reply(500, &[], ""),
        }
    })
    .await;
    let (client, clock) = fast(url);
    let (copy, mut sink, start) = (held(3), Pages::default(), clock.now());
    let request = SetRequest { held: Some(&copy), ..set() };
    let done = soon(fetch_set(&client, &request, &mut sink)).await.expect("a set");
    assert_eq!((done.requests, done.kept), (4, pages_of(&[1, 3])));
    assert_eq!(versions(&sink), [r#"["v2p2"]"#]);
    assert!(clock.now() - start >= TimeDelta::seconds(15), "never before its own expiry");
    assert_eq!((log.count("/orders?order_type=all"), log.paths().len()), (2, 4));
}

#[tokio::test]
async fn a_304_that_does_not_say_its_version_ends_the_set() {
    for (bad, header) in [(1, "last-modified"), (1, "x-pages"), (3, "last-modified"), (3, "x-pages")] {
        let (url, log) = serve(move |path, _, _| async move {
            let mut response = same(2, 3, 300);
            if page_of(&path) == bad {
                response.headers_mut().remove(header);
            }
            response
        })
        .await;
        let (client, clock) = fast(url);
        let (copy, mut sink) = (held(3), Pages::default());
        let request = SetRequest { held: Some(&copy), ..set() };
        let error = soon(fetch_set(&client, &request, &mut sink)).await.expect_err("no proof");
        let SetError::Unproven { page, lacks, .. } = &error else { panic!("{error}") };
        assert_eq!((*page, lacks.to_lowercase().as_str()), (bad, header));
        assert!(error.retry_at() > Some(clock.now() + TimeDelta::seconds(200)), "not before it expires");
        assert_eq!(log.count("/orders?order_type=all"), 1);
    }
}

#[tokio::test]
async fn a_page_whose_rows_nobody_knows_proves_nothing_for_many() {
    let (url, log) = serve(|_, _, _| async { same(2, 2, 300) }).await;
    let (client, _) = fast(url);
    let request = SetRequest { etag: Some("\"e\""), ..set() };
    let error = soon(fetch_set(&client, &request, &mut Pages::default())).await.expect_err("no proof");
    assert!(matches!(error, SetError::Unproven { page: 1, lacks: "body", .. }), "{error}");
    assert_eq!(log.paths().len(), 1);
}
