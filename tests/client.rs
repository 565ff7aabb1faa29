//! The ESI client against a server that misbehaves on purpose, over real sockets.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request as Asked;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::dataset::{Group, Ttl};
use esi_syncd::esi::{
    Client, FetchError, Held, Kind, PageSink, Priority, Reject, Reply, Request, SetError, SetRequest,
    Settings, fetch_set,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use url::Url;

/// What the server was asked, and how much of it at once.
#[derive(Default)]
struct Log {
    asked: Mutex<Vec<(String, Instant)>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Log {
    fn count(&self, path: &str) -> usize {
        self.asked.lock().expect("no panic").iter().filter(|(asked, _)| asked == path).count()
    }

    fn paths(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").iter().map(|(path, _)| path.clone()).collect()
    }
}

/// A server that answers with what `answer` makes of the path with its query, and of how often it was asked before.
async fn serve<A, F>(answer: A) -> (Url, Arc<Log>)
where
    A: Fn(String, usize, Asked) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let log = Arc::new(Log::default());
    let seen = Arc::clone(&log);
    let app = Router::new().fallback(move |asked: Asked| {
        let (answer, log) = (answer.clone(), Arc::clone(&seen));
        async move {
            let path = asked.uri().to_string();
            let before = log.count(&path);
            log.asked.lock().expect("no panic").push((path.clone(), Instant::now()));
            let at_once = log.now.fetch_add(1, Ordering::SeqCst) + 1;
            log.most.fetch_max(at_once, Ordering::SeqCst);
            let response = answer(path, before, asked).await;
            log.now.fetch_sub(1, Ordering::SeqCst);
            response
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    (Url::parse(&format!("http://{address}/")).expect("a URL"), log)
}

fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut builder = Response::builder().status(status).header("x-esi-request-id", "req-1");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        builder = builder.header("content-type", "application/json");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).expect("a response")
}

fn settings(base_url: Url) -> Settings {
    Settings::new(base_url, "esi-syncd-tests/1 (test@example.org)".to_owned())
}

/// A client whose clock runs a hundred times as fast as ours.
fn fast(base_url: Url) -> (Client, Clock) {
    at_speed(100.0, &settings(base_url))
}

fn at_speed(speed: f64, settings: &Settings) -> (Client, Clock) {
    let clock = Clock::starting_at(Utc::now(), speed);
    (Client::open(settings, clock.clone()).expect("a client"), clock)
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("within 10 s")
}

async fn refused(client: &Client, request: &Request<'_>) -> FetchError {
    soon(client.fetch(request)).await.expect_err("an error")
}

async fn body(client: &Client, request: &Request<'_>) -> Bytes {
    match soon(client.fetch(request)).await.expect("an answer") {
        Reply::Body(_, body) => body,
        Reply::NotModified(_) => panic!("a body"),
    }
}

fn httpdate(when: DateTime<Utc>) -> String {
    when.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[tokio::test]
async fn every_request_introduces_itself() {
    let (url, _) = serve(|_, _, asked| async move {
        let names =
            ["user-agent", "x-compatibility-date", "x-tenant", "accept-language", "accept", "if-none-match"];
        let values: Vec<_> = names
            .iter()
            .map(|n| asked.headers().get(*n).and_then(|v| v.to_str().ok()).unwrap_or("-"))
            .collect();
        let method = asked.method().clone();
        reply(200, &[], serde_json::to_string(&(method.as_str(), values)).expect("JSON"))
    })
    .await;
    let (client, _) = fast(url);
    let get = Request { etag: Some("W/\"abc\""), ..Request::get("/status", "/status") };
    let sent = r#""esi-syncd-tests/1 (test@example.org)","2026-08-18","tranquility","en","application/json""#;
    assert_eq!(body(&client, &get).await, format!(r#"["GET",[{sent},"W/\"abc\""]]"#));
    let post = Request::post("/universe/names", "/universe/names", "[1,2]".into());
    assert_eq!(body(&client, &post).await, format!(r#"["POST",[{sent},"-"]]"#));
}

#[tokio::test]
async fn a_304_renews_the_expiry_and_counts_only_with_a_validator() {
    let (url, _) = serve(|_, _, _| async { reply(304, &[("cache-control", "max-age=300")], "") }).await;
    let (client, clock) = fast(url);
    let request = Request { etag: Some("\"a\""), ..Request::get("/x", "/x") };
    let reply = soon(client.fetch(&request)).await.expect("an answer");
    assert!(matches!(reply, Reply::NotModified(_)));
    assert_eq!(reply.meta().expires_at - reply.meta().received_at, TimeDelta::seconds(300));
    assert!(reply.meta().received_at <= clock.now());
    assert_eq!(reply.meta().request_id.as_deref(), Some("req-1"));
    assert_eq!(refused(&client, &Request::get("/x", "/x")).await.kind, Kind::Status);
}

#[tokio::test]
async fn a_redirect_is_refused_and_not_followed() {
    let (url, log) =
        serve(|_, _, _| async { reply(302, &[("location", "https://evil.example/y")], "") }).await;
    let (client, clock) = fast(url);
    let error = refused(&client, &Request::get("/x", "/x")).await;
    assert_eq!(
        (error.kind, error.status, error.message.as_str()),
        (Kind::Redirect, Some(302), "to https://evil.example/y")
    );
    assert!(error.retry_at > Some(clock.now() + TimeDelta::minutes(10)));
    assert_eq!(log.paths(), ["/x"]);
}

#[tokio::test]
async fn errors_say_when_to_try_again() {
    let (url, log) = serve(|path, _, _| async move {
        let status = path.trim_start_matches('/').parse().expect("a status");
        reply(status, &[], r#"{"error":"no\nluck"}"#)
    })
    .await;
    let (client, clock) = fast(url);
    let minutes = [
        (400, Kind::Rejected, 1440),
        (401, Kind::Unauthorized, 5),
        (403, Kind::Forbidden, 60),
        (404, Kind::NotFound, 60),
        (422, Kind::Rejected, 1440),
    ];
    for (status, kind, minutes) in minutes {
        let path = format!("/{status}");
        let error = refused(&client, &Request::get("/{status}", path.as_str())).await;
        assert_eq!((error.kind, error.status), (kind, Some(status)));
        assert_eq!((error.message.as_str(), error.request_id.as_deref()), ("no luck", Some("req-1")));
        let wait = error.retry_at.expect("a time") - clock.now();
        assert!((wait - TimeDelta::minutes(minutes)).abs() < TimeDelta::minutes(1), "{status}: {wait}");
        assert_eq!(log.count(&path), 1, "{status} is not tried again");
    }
    for (status, tries) in [(500, 1), (520, 1), (502, 3), (503, 3), (504, 3)] {
        let path = format!("/{status}");
        let error = refused(&client, &Request::get("/{status}", path.as_str())).await;
        assert_eq!((error.kind, error.status, error.retry_at), (Kind::Server, Some(status), None));
        assert_eq!(log.count(&path), tries, "{status}");
    }
}

#[tokio::test]
async fn a_gateway_hiccup_is_tried_again() {
    let (url, log) =
        serve(|_, before, _| async move { reply(if before < 2 { 502 } else { 200 }, &[], "[]") }).await;
    let (client, _) = fast(url);
    assert_eq!(body(&client, &Request::get("/x", "/x")).await, "[]");
    assert_eq!(log.count("/x"), 3);
}

#[tokio::test]
async fn bodies_that_are_no_data_are_errors() {
    let (url, log) = serve(|path, _, _| async move {
        match path.as_str() {
            "/html" => reply(200, &[("content-type", "text/html")], "<html>\n<h1>Maintenance</h1>"),
            "/disguised" => reply(200, &[], "  <html>Maintenance"),
            "/empty" => reply(200, &[], ""),
            _ => reply(204, &[], ""),
        }
    })
    .await;
    let (client, _) = fast(url);
    for (path, words) in [("/html", "Maintenance"), ("/disguised", "Maintenance"), ("/empty", "empty")] {
        let error = refused(&client, &Request::get(path, path)).await;
        assert_eq!((error.kind, error.status), (Kind::BadBody, Some(200)));
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(log.count(path), 1, "{path}");
    }
    assert_eq!(body(&client, &Request::get("/nothing", "/nothing")).await, "");
}

#[tokio::test]
async fn a_gzip_bomb_is_cut_off() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&vec![b'1'; 8_000_000]).expect("memory");
    let bomb = Bytes::from(gzip.finish().expect("memory"));
    assert!(bomb.len() < 100_000);
    let (url, _) = serve(move |_, _, _| {
        let bomb = bomb.clone();
        async move { reply(200, &[("content-encoding", "gzip")], bomb) }
    })
    .await;
    let small = Settings { max_body: 1_000_000, ..settings(url.clone()) };
    let error = refused(&at_speed(1.0, &small).0, &Request::get("/x", "/x")).await;
    assert_eq!((error.kind, error.retry_at), (Kind::TooLarge, None));
    assert_eq!(body(&fast(url).0, &Request::get("/x", "/x")).await.len(), 8_000_000);
}

#[tokio::test]
async fn a_truncated_body_is_tried_again_and_then_an_error() {
    let (url, log) = serve(|path, before, _| async move {
        if path == "/heals" && before > 0 {
            return reply(200, &[], "[1,2]");
        }
        // Announces more than it sends, then breaks the connection.
        let parts = [Ok(Bytes::from_static(b"[1,")), Err(std::io::Error::other("cut"))];
        reply(200, &[("content-length", "5")], Body::from_stream(futures_util::stream::iter(parts)))
    })
    .await;
    let (client, _) = fast(url);
    assert_eq!(body(&client, &Request::get("/heals", "/heals")).await, "[1,2]");
    let error = refused(&client, &Request::get("/x", "/x")).await;
    assert_eq!((error.kind, log.count("/x")), (Kind::Transport, 3), "{error}");
}

#[tokio::test]
async fn silence_times_out() {
    let (url, log) = serve(|path, _, _| async move {
        if path == "/head" {
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        let parts = futures_util::StreamExt::chain(
            futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"["))]),
            futures_util::stream::pending(),
        );
        reply(200, &[], Body::from_stream(parts))
    })
    .await;
    let (client, _) = at_speed(100.0, &Settings { timeout: Duration::from_millis(200), ..settings(url) });
    for path in ["/head", "/body"] {
        let error = refused(&client, &Request::get(path, path)).await;
        assert_eq!((error.kind, log.count(path)), (Kind::Timeout, 3), "{error}");
    }
}

#[tokio::test]
async fn nobody_there_is_an_error_with_its_cause() {
    let (client, _) = fast(Url::parse("http://127.0.0.1:1/").expect("a URL"));
    let error = refused(&client, &Request::get("/x", "/x")).await;
    assert_eq!(error.kind, Kind::Transport);
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_closed_client_says_so_and_ends_what_is_under_way() {
    let (url, log) = serve(|_, _, _| async {
        tokio::time::sleep(Duration::from_mins(1)).await;
        reply(200, &[], "[]")
    })
    .await;
    let (client, _) = at_speed(1.0, &Settings { max_concurrency: 1, ..settings(url) });
    let ask = |client: Client| async move { client.fetch(&Request::get("/x", "/x")).await };
    let in_flight = tokio::spawn(ask(client.clone()));
    let waiting = tokio::spawn(ask(client.clone()));
    while log.count("/x") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.close();
    client.close();
    for task in [in_flight, waiting] {
        assert_eq!(soon(task).await.expect("no panic").expect_err("closed").kind, Kind::Closed);
    }
    let error = refused(&client, &Request::get("/y", "/y")).await;
    assert!(error.to_string().contains("closed"), "{error}");
    assert_eq!(log.paths(), ["/x"]);
}

const ORDERS: Group = Group { name: "market-order", tokens: 12_000 };
const KILLS: Group = Group { name: "killmail", tokens: 3600 };

#[tokio::test]
async fn a_429_pauses_its_bucket_and_no_other() {
    let (url, log) = serve(|path, before, _| async move {
        match (path.as_str(), before) {
            ("/orders", 0) => reply(429, &[("retry-after", "50")], r#"{"error":"slow down"}"#),
            ("/contracts", 0) => reply(520, &[], r#"{"error":"ConStopSpamming, details"}"#),
            _ => reply(200, &[], "[]"),
        }
    })
    .await;
    let (client, clock) = fast(url);
    let orders = Request { group: Some(ORDERS), ..Request::get("/orders", "/orders") };
    let error = refused(&client, &orders).await;
    assert_eq!((error.kind, log.count("/orders")), (Kind::Throttled, 1));
    let until = error.retry_at.expect("a time");
    let other_route = Request { path: "/more-orders".into(), route: "/more-orders", ..orders.clone() };
    let kills = Request { group: Some(KILLS), ..Request::get("/kills", "/kills") };
    body(&client, &kills).await;
    body(&client, &Request::get("/alliances", "/alliances")).await;
    assert!(clock.now() < until, "others did not wait");
    body(&client, &other_route).await;
    assert!(clock.now() >= until, "its bucket did");

    let contracts = Request { group: Some(KILLS), ..Request::get("/contracts", "/contracts") };
    let error = refused(&client, &contracts).await;
    assert_eq!(error.kind, Kind::Throttled, "a throttle in other clothes");
    let until = error.retry_at.expect("a time");
    body(&client, &kills).await;
    assert!(clock.now() < until, "the game servers' throttle concerns the route alone");
    body(&client, &contracts).await;
    assert!(clock.now() >= until);
}

#[tokio::test]
async fn a_420_stops_everything_and_starts_with_one() {
    let (url, log) = serve(|path, _, _| async move {
        if path == "/bad" {
            return reply(420, &[("x-esi-error-limit-reset", "40"), ("x-esi-error-limit-remain", "0")], "{}");
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        reply(200, &[], "[]")
    })
    .await;
    let (client, clock) = fast(url);
    let error = refused(&client, &Request::get("/bad", "/bad")).await;
    assert_eq!((error.kind, log.count("/bad")), (Kind::ErrorLimited, 1));
    let until = error.retry_at.expect("a time");
    assert!(until >= clock.now() + TimeDelta::seconds(35));
    let asking: Vec<_> = (0..7)
        .map(|n| {
            let client = client.clone();
            let request =
                move || Request { group: Some(ORDERS), ..Request::get("/orders", format!("/o{n}")) };
            tokio::spawn(async move { client.fetch(&request()).await.map(|_| ()) })
        })
        .collect();
    let mut ends = Vec::new();
    for task in asking {
        soon(task).await.expect("no panic").expect("an answer");
        ends.push(clock.now());
    }
    assert!(ends[0] >= until);
    let asked = log.asked.lock().expect("no panic");
    let gap = asked[2].1 - asked[1].1;
    assert!(gap >= Duration::from_millis(30), "the second waited for the probe: {gap:?}");
    assert!(log.most.load(Ordering::SeqCst) <= 4);
}

#[tokio::test]
async fn slots_are_never_exceeded_and_live_data_keeps_some() {
    let (url, log) = serve(|path, _, _| async move {
        let time = if path.starts_with("/live") { 1 } else { 60 };
        tokio::time::sleep(Duration::from_millis(time)).await;
        reply(200, &[], "[]")
    })
    .await;
    let (client, _) = at_speed(1.0, &Settings { max_concurrency: 8, ..settings(url) });
    let ask = |priority, path: String| {
        let client = client.clone();
        tokio::spawn(async move {
            let request = Request { group: Some(ORDERS), priority, ..Request::get("/o", path) };
            client.fetch(&request).await.map(|_| ())
        })
    };
    let mut tasks: Vec<_> = (0..20).map(|n| ask(Priority::Backfill, format!("/slow{n}"))).collect();
    while log.now.load(Ordering::SeqCst) < 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tasks.extend((0..20).map(|n| ask(Priority::Live, format!("/live{n}"))));
    for task in tasks {
        soon(task).await.expect("no panic").expect("an answer");
    }
    let most = log.most.load(Ordering::SeqCst);
    assert!((5..=8).contains(&most), "{most} at once");
    let order = log.paths();
    let last_live = order.iter().rposition(|path| path.starts_with("/live")).expect("asked");
    assert!(last_live < 35, "live data overtook the backfill: {order:?}");
}

#[tokio::test]
async fn routes_without_a_bucket_keep_to_the_rate() {
    let (url, log) = serve(|_, _, _| async { reply(200, &[], "[]") }).await;
    let (client, _) = at_speed(1.0, &Settings { max_rate: 40.0, ..settings(url) });
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move {
                client.fetch(&Request::get("/types/{id}", format!("/types/{n}"))).await.map(|_| ())
            })
        })
        .collect();
    for task in tasks {
        soon(task).await.expect("no panic").expect("an answer");
    }
    let asked: Vec<_> = log.asked.lock().expect("no panic").iter().map(|(_, when)| *when).collect();
    let within = |start: Instant| {
        asked.iter().filter(|&&t| t >= start && t < start + Duration::from_millis(500)).count()
    };
    let most = asked.iter().map(|&start| within(start)).max();
    assert!(most <= Some(30), "{most:?} in half a second, 20 allowed and some jitter of the network");
    assert!(asked[59] - asked[0] < Duration::from_secs(10));
}

#[tokio::test]
async fn an_outage_leaves_only_the_probe() {
    let down = Arc::new(AtomicUsize::new(1));
    let is_down = Arc::clone(&down);
    let (url, log) = serve(move |path, _, _| {
        let is_down = is_down.load(Ordering::SeqCst) == 1;
        async move { reply(if is_down && path != "/fine" { 500 } else { 200 }, &[], "{}") }
    })
    .await;
    let (client, clock) = at_speed(40.0, &settings(url));
    let on = |route| Request { group: Some(ORDERS), ..Request::get(route, route) };
    for n in 0..20 {
        assert_eq!(refused(&client, &on(["/x", "/y", "/z"][n % 3])).await.kind, Kind::Server);
    }
    let request = on("/x");
    let error = refused(&client, &request).await;
    assert_eq!((error.kind, log.count("/x")), (Kind::Unavailable, 7));
    let mut retry_at = error.retry_at.expect("a time");
    for probes in 1..=2 {
        clock.sleep_until(retry_at).await;
        let error = refused(&client, &request).await;
        assert_eq!((error.kind, log.count("/status")), (Kind::Unavailable, probes), "the probe fails too");
        retry_at = error.retry_at.expect("a time");
    }
    down.store(0, Ordering::SeqCst);
    clock.sleep_until(retry_at).await;
    let error = refused(&client, &request).await;
    assert_eq!((error.kind, log.count("/status")), (Kind::Unavailable, 3), "one answer is not enough");
    clock.sleep_until(error.retry_at.expect("a time")).await;
    body(&client, &request).await;
    assert_eq!((log.count("/status"), log.count("/x")), (4, 8));
}

/// Keeps the bodies of the pages it is given, and insists that they are of one version at any time.
#[derive(Default)]
struct Pages(BTreeMap<u32, String>);

impl PageSink for Pages {
    fn page(&mut self, page: u32, body: Bytes, _: DateTime<Utc>) -> Result<(), Reject> {
        let text = String::from_utf8(body.to_vec()).map_err(|e| Reject(e.to_string()))?;
        if text.contains("poison") {
            return Err(Reject("poison".into()));
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
        matches!(&error, SetError::Fetch(e) if e.kind == Kind::Server && e.url.ends_with("page=3")),
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
fn held(pages: u32) -> Held {
    Held { pages, etags: (1..=pages).map(|page| (page, format!("\"e{page}\""))).collect() }
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
