//! The ESI client against a server that misbehaves on purpose, over real sockets.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use chrono::TimeDelta;
use esi_syncd::declare::Group;
use esi_syncd::esi::{ClientSettings, FetchErrorKind, Priority, Reply, Request};
use flate2::Compression;
use flate2::write::GzEncoder;
use url::Url;

use crate::support::web::{ORDERS, at_speed, body, fast, refused, reply, serve, settings, soon};

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
    assert_eq!(refused(&client, &Request::get("/x", "/x")).await.kind, FetchErrorKind::Status);
}

#[tokio::test]
async fn a_redirect_is_refused_and_not_followed() {
    let (url, log) =
        serve(|_, _, _| async { reply(302, &[("location", "https://evil.example/y")], "") }).await;
    let (client, clock) = fast(url);
    let error = refused(&client, &Request::get("/x", "/x")).await;
    assert_eq!(
        (error.kind, error.status, error.message.as_str()),
        (FetchErrorKind::Redirect, Some(302), "to https://evil.example/y")
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
        (400, FetchErrorKind::Rejected, 1440),
        (401, FetchErrorKind::Unauthorized, 5),
        (403, FetchErrorKind::Forbidden, 60),
        (404, FetchErrorKind::NotFound, 60),
        (422, FetchErrorKind::Rejected, 1440),
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
        assert_eq!((error.kind, error.status, error.retry_at), (FetchErrorKind::Server, Some(status), None));
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
        assert_eq!((error.kind, error.status), (FetchErrorKind::BadBody, Some(200)));
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
    let small = ClientSettings { max_body: 1_000_000, ..settings(url.clone()) };
    let error = refused(&at_speed(1.0, &small).0, &Request::get("/x", "/x")).await;
    assert_eq!((error.kind, error.retry_at), (FetchErrorKind::TooLarge, None));
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
    assert_eq!((error.kind, log.count("/x")), (FetchErrorKind::Transport, 3), "{error}");
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
    let (client, _) =
        at_speed(100.0, &ClientSettings { timeout: Duration::from_millis(200), ..settings(url) });
    for path in ["/head", "/body"] {
        let error = refused(&client, &Request::get(path, path)).await;
        assert_eq!((error.kind, log.count(path)), (FetchErrorKind::Timeout, 3), "{error}");
    }
}

#[tokio::test]
async fn nobody_there_is_an_error_with_its_cause() {
    let (client, _) = fast(Url::parse("http://127.0.0.1:1/").expect("a URL"));
    let error = refused(&client, &Request::get("/x", "/x")).await;
    assert_eq!(error.kind, FetchErrorKind::Transport);
    assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_closed_client_says_so_and_sends_nothing_more() {
    let (url, log) = serve(|path, _, _| async move {
        let patience = if path == "/slow" { Duration::from_mins(1) } else { Duration::from_millis(500) };
        tokio::time::sleep(patience).await;
        reply(200, &[], "[]")
    })
    .await;
    let (client, _) = at_speed(1.0, &ClientSettings { max_concurrency: 2, ..settings(url) });
    let ask = |path: &'static str| {
        let client = client.clone();
        tokio::spawn(async move { client.fetch(&Request::get(path, path)).await })
    };
    let (slow, answered) = (ask("/slow"), ask("/answered"));
    while log.paths().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waiting = ask("/waiting");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let began = Instant::now();
    client.close();
    client.close();
    assert_eq!(soon(waiting).await.expect("no panic").expect_err("closed").kind, FetchErrorKind::Closed);
    assert!(began.elapsed() < Duration::from_millis(250), "what waits ends at once: {:?}", began.elapsed());
    soon(answered).await.expect("no panic").expect("a reply under way still arrives");
    assert_eq!(soon(slow).await.expect("no panic").expect_err("closed").kind, FetchErrorKind::Closed);
    assert!(began.elapsed() < Duration::from_secs(4), "nothing is waited for longer: {:?}", began.elapsed());
    let error = refused(&client, &Request::get("/y", "/y")).await;
    assert!(error.to_string().contains("closed"), "{error}");
    let mut asked = log.paths();
    asked.sort();
    assert_eq!(asked, ["/answered", "/slow"]);
}

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
    assert_eq!((error.kind, log.count("/orders")), (FetchErrorKind::Throttled, 1));
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
    assert_eq!(error.kind, FetchErrorKind::Throttled, "a throttle in other clothes");
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
    assert_eq!((error.kind, log.count("/bad")), (FetchErrorKind::ErrorLimited, 1));
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
    let (client, _) = at_speed(1.0, &ClientSettings { max_concurrency: 8, ..settings(url) });
    let ask = |priority, path: String| {
        let client = client.clone();
        tokio::spawn(async move {
            let request = Request { group: Some(ORDERS), priority, ..Request::get("/o", path) };
            client.fetch(&request).await.map(|_| ())
        })
    };
    let mut tasks: Vec<_> = (0..20).map(|n| ask(Priority::Detail, format!("/slow{n}"))).collect();
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
    let (client, _) = at_speed(1.0, &ClientSettings { max_rate: 40.0, ..settings(url) });
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
        assert_eq!(refused(&client, &on(["/x", "/y", "/z"][n % 3])).await.kind, FetchErrorKind::Server);
    }
    let request = on("/x");
    let error = refused(&client, &request).await;
    assert_eq!((error.kind, log.count("/x")), (FetchErrorKind::Unavailable, 7));
    let mut retry_at = error.retry_at.expect("a time");
    for probes in 1..=2 {
        clock.sleep_until(retry_at).await;
        let error = refused(&client, &request).await;
        assert_eq!(
            (error.kind, log.count("/status")),
            (FetchErrorKind::Unavailable, probes),
            "the probe fails too"
        );
        retry_at = error.retry_at.expect("a time");
    }
    down.store(0, Ordering::SeqCst);
    clock.sleep_until(retry_at).await;
    let error = refused(&client, &request).await;
    assert_eq!(
        (error.kind, log.count("/status")),
        (FetchErrorKind::Unavailable, 3),
        "one answer is not enough"
    );
    clock.sleep_until(error.retry_at.expect("a time")).await;
    body(&client, &request).await;
    assert_eq!((log.count("/status"), log.count("/x")), (4, 8));
}
