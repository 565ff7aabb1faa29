//! Markets: orders, traded types, price history, and public contracts.

use std::fmt::Write as _;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{RouteResult, time};
use crate::sim::chance::{amount, index, mix};
use crate::sim::exchange::ask::{Answer, Ask, AskRefusal};
use crate::sim::world::{Filter, MUTATED, Market, PLEX, PLEX_REGION};

/// Days of price history.
const DAYS: i64 = 400;

pub(super) fn answer(ask: &Ask<'_>) -> Option<RouteResult> {
    Some(match ask.operation.path.as_str() {
        "/markets/{region_id}/orders" => orders(ask),
        "/markets/{region_id}/types" => types(ask),
        "/markets/{region_id}/history" => history(ask),
        "/markets/prices" => Ok(prices(ask).into()),
        "/contracts/public/{region_id}" => contracts(ask),
        "/contracts/public/items/{contract_id}" => contract_rows(ask, 9),
        "/contracts/public/bids/{contract_id}" => contract_rows(ask, 4),
        _ => return None,
    })
}

/// The market of the region in the path; `Ok(None)` for a region without one.
fn market<'a>(ask: &Ask<'a>) -> Result<Option<&'a Market>, AskRefusal> {
    let region = ask.id("region_id")?;
    let exists = region == PLEX_REGION || ask.world.map.region(region).is_some();
    if exists { Ok(ask.world.orders.market(region)) } else { Err(AskRefusal::not_found("region")) }
}

fn orders(ask: &Ask<'_>) -> RouteResult {
    let buy = ask.query("order_type").filter(|kind| *kind != "all").map(|kind| kind == "buy");
    let type_id = ask.query("type_id").map(str::parse).transpose();
    let type_id = type_id.map_err(|_| AskRefusal::new(400, "type_id is not a number"))?;
    let Some(market) = market(ask)? else {
        return Ok(Answer { body: b"[]".to_vec(), pages: Some(ask.pages(0)?) });
    };
    let (world, at) = (ask.world, (market, ask.rebuild.version));
    let filter = Filter { buy, type_id };
    let (body, count) = world.orders.page(at, filter, ask.page, &world.items, &world.timeline);
    Ok(Answer { body, pages: Some(ask.pages(count)?) })
}

/// A region trades the most common types; a larger region trades more of them.
fn types(ask: &Ask<'_>) -> RouteResult {
    let traded = &ask.world.items.traded;
    let mut ids = match market(ask)? {
        None => Vec::new(),
        Some(market) if market.region == PLEX_REGION => vec![PLEX],
        Some(market) => traded[..traded.len().min(50 + market.size / 4)].to_vec(),
    };
    ids.sort_unstable();
    ask.list(&ids)
}

fn history(ask: &Ask<'_>) -> RouteResult {
    let type_id: i64 =
        ask.query("type_id").unwrap_or("").parse().map_err(|_| AskRefusal::new(400, "type_id"))?;
    let Some(market) = market(ask).ok().flatten() else {
        return Err(AskRefusal::new(400, "Region has no market"));
    };
    let item = ask.world.items.item(type_id).ok_or_else(|| AskRefusal::not_found("Type"))?;
    if item.market_group.is_none() {
        return Err(AskRefusal::new(404, "Type not tradable on market!"));
    }
    let mut body = String::from("[");
    let traded_here = (item.id == PLEX) == (market.region == PLEX_REGION);
    for day in (0..DAYS).filter(|_| traded_here) {
        let date = ask.rebuild.built.date_naive() - TimeDelta::days(DAYS - day);
        let number = date.signed_duration_since(chrono::NaiveDate::MIN).num_days();
        let roll = mix(
            mix(ask.world.chance(market.region.unsigned_abs()), type_id.unsigned_abs()),
            number.unsigned_abs(),
        );
        if roll.is_multiple_of(17) {
            continue;
        }
        let middle = item.cents + item.cents * (amount(roll, 20) - 10) / 100;
        let isk = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let (low, high) =
            (middle - middle * amount(roll >> 8, 5) / 100, middle + middle * amount(roll >> 16, 5) / 100);
        let (volume, count) = (1 + amount(roll >> 9, 2_000_000), 1 + amount(roll >> 11, 2_000));
        let comma = if body.len() > 1 { "," } else { "" };
        let written = write!(
            body,
            r#"{comma}{{"average":{},"date":"{date}","highest":{},"lowest":{},"order_count":{count},"volume":{volume}}}"#,
            isk(middle),
            isk(high),
            isk(low)
        );
        written.map_err(|e| AskRefusal::new(500, e.to_string()))?;
    }
    body.push(']');
    Ok(Answer { body: body.into_bytes(), pages: None })
}

/// Prices of most types; some lack one of the two prices.
#[expect(clippy::cast_precision_loss, reason = "cents are far below 2^53")]
fn prices(ask: &Ask<'_>) -> Value {
    let rows = ask.world.items.all.iter().filter(|item| item.id % 11 != 0).map(|item| {
        let record = ask.world.chance(item.id.unsigned_abs());
        let changes = ask.world.timeline.changes(record, ask.rebuild.version);
        let percent = |n| 90 + amount(mix(mix(record, n), changes.cast_unsigned()), 20);
        let isk = |n| (item.cents * percent(n) / 100) as f64 / 100.0;
        let mut row = json!({ "type_id": item.id });
        if item.id % 7 != 0 {
            row["adjusted_price"] = json!(isk(1));
        }
        if item.id % 5 != 0 {
            row["average_price"] = json!(isk(2));
        }
        row
    });
    Value::Array(rows.collect())
}

/// The list of contracts is a window that moves by a few contracts at every rebuild.
fn contracts(ask: &Ask<'_>) -> RouteResult {
    let Some(market) = market(ask)? else { return ask.list::<Value>(&[]) };
    let first = contract_base(market.region) + ask.rebuild.version.rem_euclid(100_000) * 5;
    let count = i64::try_from(market.size.min(ask.world.contracts)).unwrap_or(0);
    let rows: Vec<_> = (first..first + count).map(|id| contract(ask, id)).collect();
    ask.list(&rows)
}

/// Each region has its own range of contract ids.
fn contract_base(region: i64) -> i64 {
    200_000_000 + region.rem_euclid(1_000) * 1_000_000 + region / 1_000_000 * 1_000
}

fn contract(ask: &Ask<'_>, id: i64) -> Value {
    let world = ask.world;
    let roll = world.chance(id.unsigned_abs());
    let characters = world.people.characters();
    let issuer = characters[index(roll, characters.len())];
    let start = amount(roll, 300 * 86_400);
    let kind = contract_kind(id);
    let isk = amount(roll >> 7, 900_000_000);
    let mut row = json!({
        "contract_id": id, "type": kind, "issuer_id": issuer, "title": format!("Lot {}", id % 1_000),
        "issuer_corporation_id": world.people.corporation_of(issuer), "for_corporation": roll.is_multiple_of(9),
        "date_issued": time(start), "date_expired": time(start + 14 * 86_400), "start_location_id": 60_003_760,
        "end_location_id": 60_008_494, "volume": 1_250.5, "price": isk,
    });
    match kind {
        "courier" => {
            row["collateral"] = json!(isk);
            row["reward"] = json!(isk / 50);
            row["days_to_complete"] = json!(3);
            row["price"] = json!(0);
        }
        "auction" => row["buyout"] = json!(isk * 2),
        _ => {}
    }
    row
}

fn contract_kind(id: i64) -> &'static str {
    // Any five consecutive contracts, the smallest window, have all kinds.
    match id % 5 {
        2 => "auction",
        4 => "courier",
        _ => "item_exchange",
    }
}

/// Items or bids of a contract; couriers have neither, exchanges have no bids.
fn contract_rows(ask: &Ask<'_>, most: u64) -> RouteResult {
    let id = ask.id("contract_id")?;
    if id < 200_000_000 {
        return Err(AskRefusal::not_found("Contract"));
    }
    let bids = most < 9;
    let kind = contract_kind(id);
    if kind == "courier" || (bids && kind != "auction") {
        return Err(AskRefusal::new(403, "Contract has no such rows"));
    }
    let roll = ask.world.chance(id.unsigned_abs());
    let traded = &ask.world.items.traded;
    let rows: Vec<_> = (0..=roll % most)
        .map(|n| {
            let key = id * 10 + n.cast_signed();
            let roll = mix(roll, n);
            if bids {
                return json!({ "bid_id": key, "amount": 1_000_000 + n * 50_000, "date_bid": time(amount(roll, 90_000)) });
            }
            // A requested item has only a type, because it does not exist yet.
            let is_included = n == 0 || !(roll >> 8).is_multiple_of(4);
            let mut row = json!({
                "record_id": key, "type_id": traded[index(roll, traded.len())], "quantity": 1 + roll % 100,
                "is_included": is_included,
            });
            if !is_included {
                return row;
            }
            if roll.is_multiple_of(11) {
                row["type_id"] = json!(MUTATED);
                row["quantity"] = json!(1);
                row["item_id"] = json!(1_030_000_000_000 + key);
            } else if roll.is_multiple_of(3) {
                row["item_id"] = json!(1_030_000_000_000 + key);
                row["is_blueprint_copy"] = json!(true);
                row["runs"] = json!(10);
                row["material_efficiency"] = json!(10);
                row["time_efficiency"] = json!(20);
            }
            row
        })
        .collect();
    ask.list(&rows)
}
