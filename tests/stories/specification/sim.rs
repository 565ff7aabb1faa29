//! The simulated ESI, asked over real sockets.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the simulator is tested from outside, without the daemon's client"
)]

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::clock::Clock;
use esi_syncd::sim::{Fault, FaultKind, Sim, SimSettings};
use esi_syncd::spec::{Schema, SchemaType, facts};
use reqwest::{Client, Response};
use serde_json::{Value, json};

const FORGE: &str = "/markets/10000002/orders?order_type=all";

/// A clock that starts at noon and runs at real speed.
fn clock() -> Clock {
    Clock::starting_at("2026-11-23T12:00:07Z".parse().expect("a time"), 1.0)
}

async fn start(settings: SimSettings) -> (Sim, Clock) {
    let clock = clock();
    (Sim::start(settings, clock.clone()).await.expect("a free port"), clock)
}

fn client() -> Client {
    Client::builder()
        .user_agent("sim-test (a@b.example)")
        .redirect(reqwest::redirect::Policy::none())
        .no_gzip()
        .build()
        .expect("a client")
}

async fn get(sim: &Sim, client: &Client, url: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = client.get(sim.base_url() + url).header("X-Compatibility-Date", &facts().compat_date);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("a reply")
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
}

async fn orders(sim: &Sim, client: &Client) -> (HashMap<i64, Value>, usize) {
    let (mut orders, mut rows, mut page, mut pages) = (HashMap::new(), 0, 1, 1);
    while page <= pages {
        let response = get(sim, client, &format!("{FORGE}&page={page}"), &[]).await;
        pages = header(&response, "x-pages").parse().expect("X-Pages");
        let list: Vec<Value> = response.json().await.expect("a list");
        assert!(list.len() == 1000 || page == pages, "page {page} of {pages} has {} rows", list.len());
        rows += list.len();
        orders.extend(list.into_iter().map(|order| (order["order_id"].as_i64().expect("an id"), order)));
        page += 1;
    }
    assert_eq!(orders.len(), rows, "pages of one version are disjoint");
    (orders, pages)
}

/// The differences of a body from its schema: wrong types, missing fields, unknown fields.
fn departures(schema: &Schema, value: &Value, at: &str, found: &mut Vec<String>) {
    let fits = match schema.t {
        SchemaType::Array => value.is_array(),
        SchemaType::Object => value.is_object(),
        SchemaType::Integer => value.is_i64(),
        SchemaType::Number => value.is_number(),
        SchemaType::String => value.is_string(),
        SchemaType::Boolean => value.is_boolean(),
        SchemaType::OneOf => value.as_object().is_some_and(|fields| fields.len() == 1),
        SchemaType::Any => true,
    };
    if !fits || (!schema.values.is_empty() && !schema.values.contains(value)) {
        found.push(format!("{at}: {value} is not a {:?} {:?}", schema.t, schema.values));
    }
    for row in value.as_array().into_iter().flatten() {
        schema.item().into_iter().for_each(|item| departures(item, row, &format!("{at}[]"), found));
    }
    if let (SchemaType::Object, Some(fields), None) = (schema.t, value.as_object(), &schema.map_of) {
        let missing = schema.fields.iter().filter(|(name, field)| field.req && !fields.contains_key(*name));
        found.extend(missing.map(|(name, _)| format!("{at}.{name} is missing")));
        for (name, value) in fields {
            match schema.fields.get(name) {
                Some(field) => departures(field, value, &format!("{at}.{name}"), found),
                None => found.push(format!("{at}.{name} is not in the specification")),
            }
        }
    }
}

#[tokio::test]
async fn every_read_operation_is_answered_according_to_its_schema() {
    let (sim, _) = start(SimSettings { enforce_limits: false, ..SimSettings::default() }).await;
    let client = client();
    let mut wrong = Vec::new();
    for operation in facts().operations.iter().filter(|o| o.method == "GET") {
        let url = sim.example(operation);
        let token: &[(&str, &str)] = if operation.auth { &[("authorization", "Bearer x")] } else { &[] };
        if operation.auth {
            assert_eq!(get(&sim, &client, &url, &[]).await.status(), 401, "{url} without a token");
        }
        let response = get(&sim, &client, &url, token).await;
        assert_eq!(response.status(), 200, "{url}: {:?}", response.text().await);
        let response = get(&sim, &client, &url, token).await;
        let body: Value = response.json().await.expect("JSON");
        departures(operation.schema.as_ref().expect("a body"), &body, &url, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} departures:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    sim.stop().await;
}

#[tokio::test]
async fn one_order_in_a_hundred_moves_at_a_rebuild() {
    let (sim, clock) = start(SimSettings::default()).await;
    let client = client();
    let (before, pages) = orders(&sim, &client).await;
    assert!(pages > 5, "The Forge has {pages} pages");
    assert_eq!(before.len(), sim.world().orders_in(10_000_002, clock.now()));
    assert!(sim.counters().violations.is_empty(), "{:?}", sim.counters().samples);
    clock.step(TimeDelta::seconds(300));
    let (after, _) = orders(&sim, &client).await;
    assert_eq!(after.len(), sim.world().orders_in(10_000_002, clock.now()));
    let changed = after.iter().filter(|(id, order)| before.get(id) != Some(order)).count();
    assert!(
        (before.len() / 150..before.len() / 70).contains(&changed),
        "{changed} of {} changed",
        before.len()
    );
    let gone = before.keys().filter(|id| !after.contains_key(id)).count();
    assert!(gone > 0 && gone < changed, "{gone} gone, {changed} changed");
    assert!(sim.counters().violations.is_empty(), "{:?}", sim.counters().samples);
    sim.stop().await;
}

#[tokio::test]
async fn orders_refer_to_what_exists() {
    let (sim, _) = start(SimSettings::default()).await;
    let client = client();
    let (orders, _) = orders(&sim, &client).await;
    let (map, items) = (&sim.world().map, &sim.world().items);
    for order in orders.values() {
        let id = |field: &str| order[field].as_i64().expect("an id");
        let (location, issued) = (id("location_id"), order["issued"].as_str().expect("text"));
        assert!(items.item(id("type_id")).is_some() && map.system(id("system_id")).is_some(), "{order}");
        assert!(
            map.stations.contains_key(&location) || map.structures.iter().any(|s| s.id == location),
            "{order}"
        );
        let issued: DateTime<Utc> = issued.parse().expect("a time");
        assert!(issued <= sim_now() && issued.to_rfc3339().starts_with("202"), "{order}");
    }
    let ids: HashSet<_> = orders.values().map(|order| order["location_id"].as_i64()).collect();
    assert!(ids.contains(&Some(60_003_760)) && ids.len() > 3, "{ids:?}");
    sim.stop().await;
}

fn sim_now() -> DateTime<Utc> {
    clock().now() + TimeDelta::seconds(60)
}

#[tokio::test]
async fn an_unchanged_body_keeps_its_etag_while_last_modified_moves() {
    let (sim, clock) = start(SimSettings { change_share: 0.0, ..SimSettings::default() }).await;
    let client = client();
    let first = get(&sim, &client, FORGE, &[]).await;
    let (etag, modified) = (header(&first, "etag"), header(&first, "last-modified"));
    assert!(etag.starts_with('"') && first.headers().contains_key("expires"));
    assert_eq!(get(&sim, &client, FORGE, &[("if-none-match", &etag)]).await.status(), 304);
    assert_eq!(sim.counters().early, 1, "asked again before the expiry");
    clock.step(TimeDelta::seconds(300));
    let later = get(&sim, &client, FORGE, &[("if-none-match", &etag)]).await;
    assert_eq!(later.status(), 304);
    assert_ne!(header(&later, "last-modified"), modified);
    assert_eq!(sim.counters().early, 1, "after the expiry it is polite");
    sim.next_version();
    let bumped = get(&sim, &client, FORGE, &[]).await;
    assert_eq!(header(&bumped, "etag"), etag);
    assert_ne!(header(&bumped, "last-modified"), header(&later, "last-modified"));
    assert_eq!(sim.requests().last().map(|r| (r.status, r.if_none_match)), Some((200, false)));
    let packed = get(&sim, &client, FORGE, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((header(&packed, "content-encoding"), header(&packed, "etag")), ("gzip".to_owned(), etag));
    assert!(packed.bytes().await.expect("a body").starts_with(&[0x1F, 0x8B]));
    sim.stop().await;
}

#[tokio::test]
async fn the_hundredth_error_of_a_minute_blocks_all_routes() {
    let (sim, clock) = start(SimSettings::default()).await;
    let client = client();
    for i in 0..100 {
        assert_eq!(get(&sim, &client, &format!("/universe/systems/{i}"), &[]).await.status(), 404);
    }
    let stopped = get(&sim, &client, FORGE, &[]).await;
    assert_eq!(stopped.status(), 420, "routes with a bucket are blocked too");
    assert_eq!(header(&stopped, "x-esi-error-limit-remain"), "0");
    assert_eq!(sim.counters().violations["error_limited"], 1);
    let reset: i64 = header(&stopped, "x-esi-error-limit-reset").parse().expect("seconds");
    clock.step(TimeDelta::seconds(reset));
    assert_eq!(get(&sim, &client, FORGE, &[]).await.status(), 200);
    sim.stop().await;
}

#[tokio::test]
async fn an_empty_bucket_answers_429_until_tokens_return() {
    let (sim, clock) = start(SimSettings { limit_scale: 0.1, ..SimSettings::default() }).await;
    let client = client();
    let mut statuses = Vec::new();
    for _ in 0..9 {
        let reply = get(&sim, &client, "/incursions", &[]).await;
        statuses.push((
            reply.status().as_u16(),
            header(&reply, "x-ratelimit-remaining"),
            header(&reply, "retry-after"),
        ));
    }
    assert_eq!(statuses[0], (200, "13".to_owned(), String::new()), "15 tokens, 2 spent");
    assert_eq!(statuses[8].0, 429);
    let wait: i64 = statuses[8].2.parse().expect("Retry-After");
    assert!((890..=901).contains(&wait), "{wait}");
    clock.step(TimeDelta::seconds(wait));
    assert_eq!(get(&sim, &client, "/incursions", &[]).await.status(), 200);
    assert_eq!(sim.counters().violations["rate_limited"], 1);
    sim.stop().await;
}

#[tokio::test]
async fn names_are_all_or_nothing() {
    let (sim, _) = start(SimSettings::default()).await;
    let client = client();
    let ask = |ids: Value| {
        let request = client
            .post(sim.base_url() + "/universe/names")
            .header("X-Compatibility-Date", &facts().compat_date);
        let request = request.header("content-type", "application/json").body(ids.to_string());
        async { request.send().await.expect("a reply") }
    };
    let known = json!([
        30_000_142, 10_000_002, 60_003_760, 34, 90_000_001, 98_000_001, 99_000_001, 500_001, 20_000_001
    ]);
    let names: Vec<Value> = ask(known).await.json().await.expect("a list");
    assert_eq!(names.len(), 9);
    assert_eq!(names[0], json!({ "category": "solar_system", "id": 30_000_142, "name": "Jita" }));
    assert_eq!(ask(json!([34, 1_020_988_381_991_i64])).await.status(), 404);
    assert_eq!(ask(json!([34, 34])).await.status(), 400);
    sim.stop().await;
}

#[tokio::test]
async fn a_fault_strikes_its_requests_as_often_as_it_says() {
    let (sim, _) = start(SimSettings { enforce_limits: false, ..SimSettings::default() }).await;
    let client = client();
    let route = "/markets/{region_id}/orders";
    let page = |n: u32| format!("{FORGE}&page={n}");

    sim.fault(Fault::on(route).page(2).times(1).with(FaultKind::status(502)));
    assert_eq!(get(&sim, &client, &page(1), &[]).await.status(), 200);
    assert_eq!(get(&sim, &client, &page(2), &[]).await.status(), 502);
    assert_eq!(get(&sim, &client, &page(2), &[]).await.status(), 200);

    for kind in [FaultKind::Truncate, FaultKind::Reset] {
        sim.fault(Fault::on(route).times(1).with(kind));
        let cut = get(&sim, &client, &page(1), &[]).await;
        assert_eq!(cut.status(), 200);
        assert!(cut.bytes().await.is_err(), "the body ends early");
    }

    sim.fault(Fault::on(route).with(FaultKind::drop_header("X-Pages")));
    assert_eq!(header(&get(&sim, &client, &page(1), &[]).await, "x-pages"), "");
    sim.clear_faults();

    sim.fault(Fault::on(route).with(FaultKind::FlipVersionAtPage { page: 3 }));
    let (two, three) = (get(&sim, &client, &page(2), &[]).await, get(&sim, &client, &page(3), &[]).await);
    assert_ne!(header(&two, "last-modified"), header(&three, "last-modified"));
    sim.clear_faults();

    sim.fault(Fault::on(route).with(FaultKind::ShrinkTo { share: 0.3 }));
    assert_eq!(header(&get(&sim, &client, &page(1), &[]).await, "x-pages"), "3");
    assert_eq!(get(&sim, &client, &page(9), &[]).await.status(), 404);
    sim.clear_faults();

    sim.fault(Fault::on(route).with(FaultKind::DuplicateKeysAcrossPages));
    let one: Vec<Value> = get(&sim, &client, &page(1), &[]).await.json().await.expect("a list");
    let two: Vec<Value> = get(&sim, &client, &page(2), &[]).await.json().await.expect("a list");
    assert_eq!(one[990..], two[..10]);
    sim.clear_faults();

    sim.fault(Fault::on(route).with(FaultKind::BadRecords { every: 100 }));
    let bad: Vec<Value> = get(&sim, &client, &page(1), &[]).await.json().await.expect("a list");
    assert_eq!(bad.iter().filter(|order| order.get("duration").is_none()).count(), 5);
    assert_eq!(bad.iter().filter(|order| !order["volume_total"].is_i64()).count(), 5);
    sim.clear_faults();

    sim.fault(Fault::on("/status").with(FaultKind::Hang));
    let hang = tokio::time::timeout(Duration::from_millis(200), get(&sim, &client, "/status", &[])).await;
    assert!(hang.is_err(), "no reply");
    assert_eq!(sim.counters().by_status[&0], 1);
    sim.stop().await;
}

#[tokio::test]
async fn every_scripted_reply_has_its_form() {
    let (sim, _) = start(SimSettings { enforce_limits: false, ..SimSettings::default() }).await;
    let client = client();
    let strike = async |kind: FaultKind| {
        sim.clear_faults();
        sim.fault(Fault::on("/markets/1000*").with(kind));
        let reply = get(&sim, &client, FORGE, &[]).await;
        let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
        (status, headers, reply.bytes().await.expect("a body"))
    };
    let says = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
    assert_eq!(strike(FaultKind::ErrorLimited).await.0, 420);
    let (status, headers, _) = strike(FaultKind::RateLimited { retry_after: Some("soon".to_owned()) }).await;
    assert_eq!((status, headers["retry-after"].as_bytes()), (429, b"soon".as_slice()));
    let (_, headers, _) = strike(FaultKind::RateLimited { retry_after: None }).await;
    assert!(!headers.contains_key("retry-after") && !headers.contains_key("x-ratelimit-group"));
    assert!(strike(FaultKind::Html { code: 200 }).await.2.starts_with(b"<html>"));
    assert!(says(&strike(FaultKind::WrongType).await.2).is_object());
    assert!(strike(FaultKind::Empty).await.2.is_empty());
    let (_, headers, bomb) = strike(FaultKind::GzipBomb { mib: 64 }).await;
    assert!(headers["content-encoding"] == "gzip" && bomb.len() < 1 << 20 && bomb.starts_with(&[0x1F, 0x8B]));
    assert_eq!(strike(FaultKind::DeepNesting { depth: 9 }).await.2, "[[[[[[[[[]]]]]]]]]");
    let (status, headers, _) =
        strike(FaultKind::Redirect { location: "http://elsewhere.example/".to_owned() }).await;
    assert_eq!((status, headers["location"].as_bytes()), (302, b"http://elsewhere.example/".as_slice()));
    assert_eq!(strike(FaultKind::set_header("X-Pages", "0")).await.1["x-pages"], "0");
    assert!(says(&strike(FaultKind::UnknownField).await.2)[0]["unheard_of"].is_object());
    assert_eq!(says(&strike(FaultKind::UnknownEnum).await.2)[0]["range"], "unknown range (187)");

    sim.clear_faults();
    sim.fault(Fault::on("/meta/name").with(FaultKind::SlowLoris));
    let mut slow = get(&sim, &client, "/meta/name", &[]).await;
    assert_eq!(slow.chunk().await.expect("the first byte").expect("not the end").len(), 1);
    assert!(
        tokio::time::timeout(Duration::from_millis(300), slow.chunk()).await.is_err(),
        "the second byte takes a second"
    );

    sim.fault(Fault::on("/status").every(2).with(FaultKind::status(503)));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(&sim, &client, "/status", &[]).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 503, 200, 503]);
    sim.stop().await;
}

#[tokio::test]
async fn the_remote_control_works_over_http() {
    let (sim, clock) = start(SimSettings::default()).await;
    let client = client();
    let pull = async |lever: &str, body: Value| {
        let request = client.post(sim.base_url() + "/_sim/" + lever).body(body.to_string());
        assert_eq!(request.send().await.expect("a reply").status(), 200, "{lever}");
    };
    pull("fault", json!({ "path": "/status", "times": 1, "kind": { "html": { "code": 502 } } })).await;
    assert_eq!(header(&get(&sim, &client, "/status", &[]).await, "content-type"), "text/html; charset=UTF-8");
    let before = clock.now();
    pull("step", json!({ "seconds": 3600 })).await;
    assert!(clock.now() - before >= TimeDelta::hours(1));
    pull("next-version", json!({})).await;
    let counters: Value = get(&sim, &client, "/_sim/counters", &[]).await.json().await.expect("counters");
    assert_eq!((&counters["requests"], &counters["by_status"]["502"]), (&json!(1), &json!(1)));
    pull("reset", json!({})).await;
    assert_eq!(sim.counters().requests, 0);
    sim.stop().await;
}
