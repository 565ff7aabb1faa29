//! A market whose pages a test writes itself: a server for one route that serves exactly these pages, with validators and
//! versions, and logs its requests.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// An order: its id and its price.
pub type Order = (i64, f64);

/// A request to the server, and the status of its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub page: usize,
    pub conditional: bool,
    pub status: u16,
}

/// The pages, and how they are served.
#[derive(Debug, Default)]
pub struct Shown {
    pub pages: Vec<Vec<Order>>,
    /// The version, in seconds since 1970: `Last-Modified`.
    pub built: i64,
    /// Orders whose price cannot be read. They must be stored as they are.
    pub bad: BTreeSet<i64>,
    /// Orders whose id cannot be read.
    pub nameless: BTreeSet<i64>,
    /// A header that the 304 of this page lacks.
    pub lacking: Option<(usize, &'static str)>,
    /// A page that fails.
    pub failing: Option<usize>,
    /// A page whose 304 has a `Last-Modified` of an hour ago.
    pub behind: Option<usize>,
    /// After this many more replies these pages are shown, as the next version.
    pub turn: Option<(usize, Vec<Vec<Order>>)>,
    pub asked: Vec<Asked>,
}

/// A running server.
#[derive(Clone, Debug)]
pub struct Book {
    shown: Arc<Mutex<Shown>>,
    pub url: String,
}

/// How long a page lives, in seconds.
const LIFETIME: i64 = 60;

impl Book {
    /// Serves these pages.
    pub async fn open(pages: Vec<Vec<Order>>) -> Self {
        let shown = Arc::new(Mutex::new(Shown { pages, built: 1_760_000_000, ..Shown::default() }));
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shown));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { shown, url }
    }

    /// The shown pages, to read and change.
    pub fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().expect("no panic")
    }

    /// Shows the next version, with these pages.
    pub fn show(&self, pages: Vec<Vec<Order>>) {
        let mut shown = self.shown();
        shown.pages = pages;
        shown.built += LIFETIME;
    }

    /// The requests since the last call, by page.
    pub fn asked(&self) -> Vec<Asked> {
        let mut asked = std::mem::take(&mut self.shown().asked);
        asked.sort_by_key(|asked| asked.page);
        asked
    }

    /// The statuses of the requests since the last call, by page.
    pub fn statuses(&self) -> Vec<(usize, u16)> {
        self.asked().iter().map(|asked| (asked.page, asked.status)).collect()
    }

    /// All orders that are shown, as one list.
    pub fn all(&self) -> Value {
        let shown = self.shown();
        shown.pages.iter().flatten().map(|&order| record(order)).collect()
    }
}

/// An order as ESI writes it.
fn record((id, price): Order) -> Value {
    json!({"order_id": id, "type_id": 34, "is_buy_order": false, "price": price, "volume_remain": 1, "volume_total": 2,
           "min_volume": 1, "range": "station", "location_id": 60_003_760, "system_id": 30_000_142,
           "issued": "2026-03-01T00:00:00Z", "duration": 90})
}

fn body(shown: &Shown, page: &[Order]) -> String {
    let records = page.iter().map(|&(id, price)| {
        let mut record = record((id, price));
        if shown.bad.contains(&id) {
            record["price"] = json!("unexpected");
        }
        if shown.nameless.contains(&id) {
            record["order_id"] = json!("unexpected");
        }
        record
    });
    Value::Array(records.collect()).to_string()
}

/// Equal bodies have equal validators.
fn validator(body: &str) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hash = DefaultHasher::new();
    body.hash(&mut hash);
    format!("W/\"{:016x}\"", hash.finish())
}

async fn answer(State(shown): State<Arc<Mutex<Shown>>>, asked: Request) -> Response {
    let query = asked.uri().query().unwrap_or("");
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    let page = page.map_or(1, |page| page.parse().expect("a number"));
    let given = asked.headers().get("if-none-match").map(|etag| etag.to_str().expect("text").to_owned());
    let mut shown = shown.lock().expect("no panic");
    if let Some((left, pages)) = shown.turn.take() {
        if left == 0 {
            shown.pages = pages;
            shown.built += LIFETIME;
        } else {
            shown.turn = Some((left - 1, pages));
        }
    }
    if shown.failing == Some(page) {
        shown.asked.push(Asked { page, conditional: given.is_some(), status: 500 });
        return Response::builder().status(500).body(Body::empty()).expect("a response");
    }
    let Some(orders) = shown.pages.get(page - 1) else {
        shown.asked.push(Asked { page, conditional: given.is_some(), status: 404 });
        let gone = r#"{"error":"Requested page does not exist!"}"#;
        return Response::builder().status(404).body(gone.into()).expect("a response");
    };
    let text = body(&shown, orders);
    let etag = validator(&text);
    let same = given.as_ref() == Some(&etag);
    let status = if same { 304 } else { 200 };
    shown.asked.push(Asked { page, conditional: given.is_some(), status });
    let old = same && shown.behind == Some(page);
    let built =
        DateTime::from_timestamp_secs(shown.built).expect("a time") - TimeDelta::hours(i64::from(old));
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("etag", etag),
        ("last-modified", http_date(built)),
        ("x-pages", shown.pages.len().to_string()),
        ("cache-control", format!("max-age={LIFETIME}")),
    ];
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        if !(same && shown.lacking == Some((page, name))) {
            response = response.header(name, value);
        }
    }
    response.body(if same { Body::empty() } else { text.into() }).expect("a response")
}

fn http_date(when: DateTime<Utc>) -> String {
    when.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
