//! The output of `esi-syncd spec diff` for a newer specification.
//!
//! The document is the simulated ESI's own, changed in one place. Exactly the expected line must come out.

use esi_syncd::clock::Clock;
use esi_syncd::sim::{Sim, SimSettings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::esi::{small, toml};
use crate::support::process::{Ended, run};

const DATABASE: &str = "sqlite://esi.db";

/// A folder to run in, a simulated ESI, and the document that it serves.
struct Desk {
    folder: TempDir,
    sim: Sim,
    document: Value,
}

impl Desk {
    async fn new() -> Self {
        let sim = Sim::start(SimSettings { gzip: true, ..small() }, Clock::system()).await.expect("a port");
        let folder = TempDir::with_prefix("esi-test-").expect("a temporary folder");
        Self { folder, document: sim.document(), sim }
    }

    async fn say(&self, args: &[&str]) -> Ended {
        let toml = toml(DATABASE, &self.sim.base_url(), "[datasets.incursions]\nenabled = false\n");
        run(self.folder.path(), &toml, &[&["spec", "diff"], args].concat()).await
    }

    /// The output for the document after a change, as JSON.
    async fn differences(&self, change: impl FnOnce(&mut Value)) -> (Option<i32>, Vec<Value>) {
        let mut document = self.document.clone();
        change(&mut document);
        std::fs::write(self.folder.path().join("new.json"), document.to_string()).expect("written");
        let ended = self.say(&["new.json", "--json"]).await;
        let said = serde_json::from_str(&ended.said).unwrap_or_else(|e| panic!("{e}: {}", ended.said));
        (ended.code, said)
    }
}

/// The record of an operation's reply, if the reply is a list of objects without a name.
fn record<'a>(document: &'a mut Value, path: &str) -> &'a mut Value {
    &mut document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["items"]
}

fn shared<'a>(document: &'a mut Value, name: &str) -> &'a mut Value {
    &mut document["components"]["schemas"][name]
}

fn get<'a>(document: &'a mut Value, path: &str) -> &'a mut Value {
    assert!(document["paths"][path]["get"].is_object(), "no GET {path}");
    &mut document["paths"][path]["get"]
}

fn remove(object: &mut Value, key: &str) {
    assert!(object.as_object_mut().expect("an object").remove(key).is_some(), "no {key} in {object}");
}

type Edit = fn(&mut Value);

const PRICES: &str = "/markets/prices";
const ORDERS: &str = "/markets/{region_id}/orders";

/// A change of the document, and the one line that it causes: severity, operation, words.
const CHANGES: &[(Edit, &str, &str, &str)] = &[
    (
        |d| remove(&mut record(d, PRICES)["properties"], "average_price"),
        "breaking",
        "GET /markets/prices",
        "no field `average_price` any more: it was number double, optional; read by market_prices.average_price",
    ),
    (
        |d| record(d, PRICES)["properties"]["adjusted_price"] = json!({ "type": "string" }),
        "breaking",
        "GET /markets/prices",
        "type of `adjusted_price`: number -> string; read by market_prices.adjusted_price",
    ),
    (
        |d| record(d, ORDERS)["properties"]["issued"]["format"] = json!("date"),
        "breaking",
        "GET /markets/{region_id}/orders",
        "format of `issued`: date-time -> date; read by market_orders.issued",
    ),
    (
        |d| record(d, ORDERS)["properties"]["order_id"]["format"] = json!("int32"),
        "info",
        "GET /markets/{region_id}/orders",
        "format of `order_id`: int64 -> int32; read by market_orders.order_id",
    ),
    (
        |d| record(d, ORDERS)["required"] = json!(without(&record(d, ORDERS)["required"], "order_id")),
        "breaking",
        "GET /markets/{region_id}/orders",
        "presence of `order_id`: required -> optional; read by market_orders.order_id",
    ),
    (
        |d| record(d, ORDERS)["required"] = json!(without(&record(d, ORDERS)["required"], "price")),
        "warning",
        "GET /markets/{region_id}/orders",
        "presence of `price`: required -> optional; read by market_orders.price",
    ),
    (
        |d| record(d, ORDERS)["properties"]["colour"] = json!({ "type": "string" }),
        "info",
        "GET /markets/{region_id}/orders",
        "new field `colour`: string, optional",
    ),
    (
        |d| {
            let values =
                &mut shared(d, "GetMetaStatus")["properties"]["routes"]["items"]["properties"]["status"];
            values["enum"].as_array_mut().expect("values").push(json!("Sleeping"));
        },
        "info",
        "GET /meta/status",
        "new value of `routes.status`: Sleeping",
    ),
    (
        |d| remove(shared(d, "GetMetaChangelog"), "properties"),
        "breaking",
        "GET /meta/changelog",
        "no field `changelog` any more: it was map, required; read by esi_changelog.date, esi_changelog.method, \
         esi_changelog.path, esi_changelog.type, esi_changelog.description",
    ),
    (
        |d| get(d, ORDERS)["x-rate-limit"]["max-tokens"] = json!(6000),
        "warning",
        "GET /markets/{region_id}/orders",
        "rate limit: market-order 12000/15m -> market-order 6000/15m",
    ),
    (
        |d| get(d, ORDERS)["x-rate-limit"]["max-tokens"] = json!(24000),
        "info",
        "GET /markets/{region_id}/orders",
        "rate limit: market-order 12000/15m -> market-order 24000/15m",
    ),
    (
        |d| get(d, PRICES)["x-client-cache-ttl"] = json!(60),
        "warning",
        "GET /markets/prices",
        "lifetime in seconds: 3600 -> 60",
    ),
    (
        |d| get(d, PRICES)["x-server-cache-mode"] = json!("event-based"),
        "warning",
        "GET /markets/prices",
        "cache mode: ttl-based -> event-based",
    ),
    (
        |d| remove(get(d, ORDERS), "x-server-cache-mode"),
        "warning",
        "GET /markets/{region_id}/orders",
        "no cache mode any more: it was ttl-based",
    ),
    (
        |d| {
            parameters(d, ORDERS).push(
                json!({ "name": "fleet", "in": "query", "required": true, "schema": { "type": "string" } }),
            );
        },
        "warning",
        "GET /markets/{region_id}/orders",
        "new parameter `fleet`: required",
    ),
    (
        |d| {
            parameters(d, ORDERS)
                .push(json!({ "name": "fleet", "in": "query", "schema": { "type": "string" } }));
        },
        "info",
        "GET /markets/{region_id}/orders",
        "new parameter `fleet`: optional",
    ),
    (
        |d| parameters(d, ORDERS).retain(|p| p["name"] != "order_type"),
        "breaking",
        "GET /markets/{region_id}/orders",
        "no parameter `order_type` any more: it was required",
    ),
    (
        |d| {
            let kind =
                parameters(d, ORDERS).iter_mut().find(|p| p["name"] == "order_type").expect("a parameter");
            kind["schema"]["enum"] = json!(["buy", "sell"]);
        },
        "breaking",
        "GET /markets/{region_id}/orders",
        "no value of the parameter `order_type` any more: it was all",
    ),
    (
        |d| parameters(d, ORDERS).retain(|p| p["name"] != "page"),
        "breaking",
        "GET /markets/{region_id}/orders",
        "pagination: page -> none",
    ),
    (
        |d| get(d, PRICES)["security"] = json!([{ "OAuth2": ["esi-markets.read_prices.v1"] }]),
        "breaking",
        "GET /markets/prices",
        "new scopes: esi-markets.read_prices.v1",
    ),
    (
        |d| get(d, PRICES)["x-required-roles"] = json!(["Trader"]),
        "warning",
        "GET /markets/prices",
        "new roles: Trader",
    ),
    (
        |d| remove(&mut d["paths"], "/incursions"),
        "breaking",
        "GET /incursions",
        "no operation any more: it was Incursions",
    ),
    (
        // The operation is a list of a dataset's ids.
        |d| remove(&mut d["paths"], "/markets/groups"),
        "breaking",
        "GET /markets/groups",
        "no operation any more: it was Market",
    ),
    (
        |d| d["paths"]["/fleets"] = json!({ "get": { "tags": ["Fleets"], "responses": { "200": {} } } }),
        "info",
        "GET /fleets",
        "new operation: Fleets",
    ),
    (
        |d| {
            let mut body = d["paths"]["/universe/names"]["post"]["requestBody"].take();
            body["content"]["application/json"]["schema"]["maxItems"] = json!(500);
            d["paths"]["/universe/names"]["post"]["requestBody"] = body;
        },
        "breaking",
        "POST /universe/names",
        "longest list in the request: 1000 -> 500",
    ),
];

fn parameters<'a>(document: &'a mut Value, path: &str) -> &'a mut Vec<Value> {
    get(document, path)["parameters"].as_array_mut().expect("parameters")
}

fn without(list: &Value, name: &str) -> Vec<Value> {
    let all = list.as_array().expect("a list");
    let left: Vec<Value> = all.iter().filter(|value| *value != name).cloned().collect();
    assert_eq!(left.len() + 1, all.len(), "no {name} in {list}");
    left
}

#[tokio::test]
async fn each_change_is_one_line() {
    let desk = Desk::new().await;
    for &(change, severity, operation, text) in CHANGES {
        let (code, said) = desk.differences(change).await;
        // The page parameter makes two lines: the parameter itself, and the pagination.
        let said: Vec<&Value> = said.iter().filter(|line| line["place"] != "page").collect();
        assert_eq!(said.len(), 1, "{text}: {said:#?}");
        let line = said[0];
        let found =
            [&line["severity"], &line["operation"], &line["text"]].map(|v| v.as_str().expect("a text"));
        assert_eq!(found, [severity, operation, text]);
        assert_eq!(code, Some(i32::from(severity == "breaking")), "{text}");
    }
}

#[tokio::test]
async fn the_worst_comes_first_and_strangers_are_counted() {
    let desk = Desk::new().await;
    let mut document = desk.document.clone();
    // In this order: information, a warning, something that breaks a dataset which is off, and two strangers.
    d_info(&mut document);
    get(&mut document, PRICES)["x-client-cache-ttl"] = json!(60);
    remove(&mut document["paths"], "/incursions");
    get(&mut document, "/characters/{character_id}/assets")["x-client-cache-ttl"] = json!(60);
    remove(&mut record(&mut document, "/characters/{character_id}/assets")["properties"], "quantity");
    document["info"]["version"] = json!("2027-02-01");
    std::fs::write(desk.folder.path().join("new.json"), document.to_string()).expect("written");
    desk.say(&["new.json"]).await.expect(1).in_order(&[
        "2027-02-01 compared with 2026-08-18",
        "breaking  GET  /incursions: no operation any more",
        "warning   GET  /markets/prices: lifetime in seconds: 3600 -> 60",
        "info      GET  /markets/{region_id}/orders: new field `colour`",
        "2 more differences are in operations that esi-syncd does not copy",
    ]);
    let (_, said) = desk.differences(|d| *d = document).await;
    let enabled: Vec<(&str, bool)> = said
        .iter()
        .map(|line| (line["datasets"][0].as_str().expect("a dataset"), line["enabled"] == true))
        .collect();
    assert_eq!(enabled, [("incursions", false), ("market_prices", true), ("market_orders", true)]);
}

fn d_info(document: &mut Value) {
    record(document, ORDERS)["properties"]["colour"] = json!({ "type": "string" });
}

#[tokio::test]
async fn without_a_file_esi_is_asked_for_its_newest() {
    let desk = Desk::new().await;
    desk.say(&[]).await.expect(0).contains("2026-09-22 compared with 2026-08-18").contains("nothing changes");
    let asked: Vec<String> = desk.sim.requests().iter().map(|r| r.url.clone()).collect();
    assert_eq!(asked, ["/meta/compatibility-dates", "/meta/openapi.json"]);
    assert!(desk.sim.counters().violations.is_empty(), "{:?}", desk.sim.counters().samples);
    let mut document = desk.document.clone();
    remove(&mut record(&mut document, PRICES)["properties"], "average_price");
    document["info"]["version"] = json!("2026-09-22");
    desk.sim.publish(&document);
    desk.say(&[]).await.expect(1).contains("breaking  GET  /markets/prices: no field `average_price`");
    // The same by its URL.
    let url = format!("{}/meta/openapi.json?compatibility_date=2026-09-22", desk.sim.base_url());
    desk.say(&[&url]).await.expect(1).contains("no field `average_price`");
}

#[tokio::test]
async fn a_date_is_asked_for_by_url() {
    let desk = Desk::new().await;
    let url = |date: &str| format!("{}/meta/openapi.json?compatibility_date={date}", desk.sim.base_url());
    desk.say(&[&url("2025-12-16")]).await.expect(0).contains("2025-12-16 compared with 2026-08-18");
    desk.say(&[&url("2026-09-23")]).await.expect(1).contains("unknown compatibility date 2026-09-23");
}

#[tokio::test]
async fn what_cannot_be_read_is_said() {
    let desk = Desk::new().await;
    desk.say(&["https://esi.example/meta/openapi.json"])
        .await
        .expect(1)
        .contains("is not below [esi] base_url")
        .contains("download it");
    assert!(desk.sim.requests().is_empty(), "nothing was asked");
    desk.say(&["absent.json"]).await.expect(1).contains("absent.json: No such file");
    std::fs::write(desk.folder.path().join("odd.json"), "{").expect("written");
    desk.say(&["odd.json"]).await.expect(1).contains("odd.json: EOF");
    std::fs::write(desk.folder.path().join("odd.json"), "{}").expect("written");
    desk.say(&["odd.json"]).await.expect(1).contains("not an OpenAPI document: it has no `info.version`");
}
