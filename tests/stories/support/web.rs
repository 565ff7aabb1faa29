//! A server whose answers a test chooses, and clients for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request as Asked;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::declare::Group;
use esi_syncd::esi::{Client, ClientSettings, FetchError, Reply, Request};
use url::Url;

pub const ORDERS: Group = Group { name: "market-order", tokens: 12_000 };

/// The requests to the server, and how many were under way at once.
#[derive(Default)]
pub struct Log {
    pub asked: Mutex<Vec<(String, Instant)>>,
    pub now: AtomicUsize,
    pub most: AtomicUsize,
}

impl Log {
    pub fn count(&self, path: &str) -> usize {
        self.asked.lock().expect("no panic").iter().filter(|(asked, _)| asked == path).count()
    }

    pub fn paths(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").iter().map(|(path, _)| path.clone()).collect()
    }
}

/// A server that answers with `answer(path and query, number of earlier requests for it, request)`.
pub async fn serve<A, F>(answer: A) -> (Url, Arc<Log>)
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

pub fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut builder = Response::builder().status(status).header("x-esi-request-id", "req-1");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        builder = builder.header("content-type", "application/json");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).expect("a response")
}

pub fn settings(base_url: Url) -> ClientSettings {
    ClientSettings::new(base_url, "esi-syncd-tests/1 (test@example.org)".to_owned())
}

/// A client whose clock runs at a hundred times real speed.
pub fn fast(base_url: Url) -> (Client, Clock) {
    at_speed(100.0, &settings(base_url))
}

/// A client whose clock starts at noon, because around 11:00 UTC a gateway's error counts as the daily downtime.
pub fn at_speed(speed: f64, settings: &ClientSettings) -> (Client, Clock) {
    let clock = Clock::starting_at("2026-11-20T12:00:00Z".parse().expect("a time"), speed);
    (Client::open(settings, clock.clone()).expect("a client"), clock)
}

pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("within 10 s")
}

pub async fn refused(client: &Client, request: &Request<'_>) -> FetchError {
    soon(client.fetch(request)).await.expect_err("an error")
}

pub async fn body(client: &Client, request: &Request<'_>) -> Bytes {
    match soon(client.fetch(request)).await.expect("an answer") {
        Reply::Body(_, body) => body,
        Reply::NotModified(_) => panic!("a body"),
    }
}

pub fn httpdate(when: DateTime<Utc>) -> String {
    when.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
