//! One request from arrival to reply: limits, faults, the answer, its headers, the counters.
//!
//! The order matters: limits are checked before anything is served, and the status that was really sent determines the
//! cost of a reply, scripted or not.

pub(super) mod ask;
pub(super) mod outcome;
pub(super) mod spoil;
pub(super) mod visit;
pub(super) mod wire;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::answer::document;
use super::answer::payload::Payload;
use super::answer::shelf::Sheet;
use super::counters::Logged;
use super::fault::FaultKind;
use super::hub::Hub;
use super::limits::{Balance, cost};
use super::routes;
use super::world::Rebuild;
use crate::spec::{Operation, Rate, SchemaType, facts};
use ask::{Ask, AskRefusal};
use outcome::{DraftReply, http_date};
use visit::Visit;

/// The lifetime in seconds from which a route answers even while the game server is down.
const LONG: u64 = 86_400;

/// Whether a route answers even while the game server is down: from a long cache, or about ESI itself.
fn needs_no_game_server(operation: &Operation) -> bool {
    let cache = &operation.cache;
    let long = cache.client_ttl.map_or(cache.mode.is_none() && operation.method == "GET", |ttl| ttl >= LONG);
    long || operation.path.starts_with("/meta/")
}

/// Counts a request as in flight until it is dropped.
struct Present(Arc<Hub>);

impl Drop for Present {
    fn drop(&mut self) {
        self.0.tally().end();
    }
}

/// Answers one request.
pub async fn answer(hub: Arc<Hub>, visit: Visit, fuse: Arc<AtomicBool>) -> hyper::Response<Payload> {
    hub.tally().begin();
    let present = Present(Arc::clone(&hub));
    if !hub.settings.latency.is_zero() {
        tokio::time::sleep(hub.settings.latency).await;
    }
    let now = hub.clock.now();
    let found = ask::route(&visit.method, &visit.path);
    let operation = found.as_ref().map(|found| found.0);
    let page = visit.query("page").and_then(|page| page.parse().ok());
    let template = operation.map_or("", |operation| operation.path.as_str());
    let mut kinds = hub.faults().strike(template, &visit.path, page.unwrap_or(1), now);
    if operation.is_some_and(needs_no_game_server) {
        kinds.retain(|kind| !matches!(kind, FaultKind::Downtime));
    }
    let mut outcome = reply(&hub, &visit, found, &kinds, now);
    outcome.set("date", http_date(now));
    outcome.set("x-esi-request-id", format!("sim-{:016x}", hub.serial()));
    let hang = kinds.iter().any(|kind| matches!(kind, FaultKind::Hang));
    if hang {
        record(&hub, &visit, operation, None, false, now);
        return std::future::pending().await;
    }
    charge(&hub, &visit, operation, &mut outcome, now);
    outcome.misstate(&kinds);
    record(&hub, &visit, operation, Some(&outcome), kinds.is_empty(), now);
    drop(present);
    outcome.finish(&kinds, &fuse)
}

/// The reply with its true headers; faults on headers come later.
fn reply(
    hub: &Hub,
    visit: &Visit,
    found: Option<(&'static Operation, HashMap<&'static str, String>)>,
    kinds: &[FaultKind],
    now: DateTime<Utc>,
) -> DraftReply {
    courtesy(hub, visit, now);
    let rate = found.as_ref().and_then(|found| found.0.rate.as_ref());
    if let Some(refusal) = limit_refusal(hub, visit, rate, now) {
        return refusal;
    }
    if visit.path == document::PATH {
        return document::answer(hub, visit);
    }
    let Some((operation, params)) = found else {
        hub.tally().violation("unknown_path", || visit.url.clone());
        return AskRefusal::new(404, "Not found").into();
    };
    let list = operation.schema.as_ref().is_some_and(|schema| schema.t == SchemaType::Array);
    if let Some(scripted) = DraftReply::scripted(kinds, list, &visit.path) {
        return scripted;
    }
    if operation.auth && !visit.header("authorization").is_some_and(|value| value.starts_with("Bearer ")) {
        return AskRefusal::new(401, "authorization not provided").into();
    }
    let page = match visit.query("page").map_or(Ok(1), str::parse::<usize>) {
        Ok(page) if page > 0 && i32::try_from(page).is_ok() => page,
        _ => return AskRefusal::new(400, "page must be 1 or more").into(),
    };
    let rebuild = hub.world.timeline.rebuild(operation, &visit.path, now);
    let flipped =
        kinds.iter().any(|kind| matches!(kind, FaultKind::FlipVersionAtPage { page: from } if page >= *from));
    let rebuild = if flipped { rebuild.next() } else { rebuild };
    let (world, path, query) = (&hub.world, visit.path.as_str(), visit.query.as_slice());
    let ask = Ask { world, operation, path, params, query, body: &visit.body, rebuild, now, page };
    match content(hub, visit, &ask, kinds) {
        Ok(sheet) => success(hub, visit, &ask, &sheet),
        Err(refusal) => refusal.into(),
    }
}

/// Counts the impoliteness of a request.
fn courtesy(hub: &Hub, visit: &Visit, now: DateTime<Utc>) {
    let mut tally = hub.tally();
    let date = visit.header("x-compatibility-date").or_else(|| visit.query("compatibility_date"));
    // The specification may be requested with any date.
    if date != Some(facts().compat_date.as_str()) && visit.path != document::PATH {
        tally.violation("compat_date", || format!("{} with {date:?}", visit.url));
    }
    let client = visit.header("user-agent").unwrap_or("");
    if client.is_empty() {
        tally.violation("user_agent", || visit.url.clone());
    }
    if visit.method == "GET" {
        tally.check_early(client, &visit.url, now);
    }
}

/// A 420 or 429, if the client has exhausted a limit. Without enforcement this only counts it.
fn limit_refusal(
    hub: &Hub,
    visit: &Visit,
    rate: Option<&'static Rate>,
    now: DateTime<Utc>,
) -> Option<DraftReply> {
    let enforce = hub.settings.enforce_limits;
    let (left, reset) = hub.limits().errors_left(now);
    if left == 0 {
        hub.tally().violation("error_limited", || format!("{} at {now}", visit.url));
        if enforce {
            let mut outcome = DraftReply::error_limited();
            outcome.set("x-esi-error-limit-remain", "0");
            outcome.set("x-esi-error-limit-reset", reset.to_string());
            return Some(outcome);
        }
    }
    let rate = rate?;
    let balance = hub.limits().balance(rate, owner(visit), now);
    if balance.remaining == 0 {
        hub.tally().violation("rate_limited", || format!("{} at {now}, group {}", visit.url, rate.group));
        if enforce {
            let mut outcome: DraftReply = AskRefusal::new(429, "Too many requests").into();
            outcome.set("retry-after", balance.returns_in.to_string());
            announce(&mut outcome, rate, balance, 0);
            return Some(outcome);
        }
    }
    None
}

/// The owner of the bucket: the token, or the one address.
fn owner(visit: &Visit) -> &str {
    visit.header("authorization").unwrap_or("")
}

fn announce(outcome: &mut DraftReply, rate: &Rate, balance: Balance, used: u32) {
    outcome.set("x-ratelimit-group", rate.group.clone());
    outcome.set("x-ratelimit-limit", format!("{}/{}", balance.limit, rate.window));
    outcome.set("x-ratelimit-remaining", balance.remaining.to_string());
    outcome.set("x-ratelimit-used", used.to_string());
}

/// The body, from the shelf or made now and put there.
fn content(hub: &Hub, visit: &Visit, ask: &Ask<'_>, kinds: &[FaultKind]) -> Result<Arc<Sheet>, AskRefusal> {
    if let Some(refusal) = ask.missing() {
        return Err(refusal);
    }
    let key = (visit.url.clone(), ask.rebuild.version);
    let cached = hub.shelf().get(&key).filter(|_| visit.method == "GET");
    let sheet = if let Some(sheet) = cached {
        sheet
    } else {
        let sheet = Arc::new(Sheet::from(routes::answer(ask)?));
        if visit.method == "GET" {
            hub.shelf().put(key, Arc::clone(&sheet));
        }
        sheet
    };
    spoil::spoil(sheet, ask, kinds)
}

/// A successful reply: 200 with validators and lifetime, or 304.
fn success(hub: &Hub, visit: &Visit, ask: &Ask<'_>, sheet: &Sheet) -> DraftReply {
    let get = ask.operation.method == "GET";
    let mut outcome = if get && visit.has(&sheet.etag) {
        DraftReply { status: 304, headers: Vec::new(), body: Bytes::new() }
    } else {
        let zip =
            hub.settings.gzip && visit.header("accept-encoding").is_some_and(|value| value.contains("gzip"));
        let status = ask.operation.status.parse().unwrap_or(200);
        let mut outcome = DraftReply::json(status, if zip { sheet.compressed() } else { sheet.body.clone() });
        if zip {
            outcome.set("content-encoding", "gzip");
        }
        outcome
    };
    outcome.set("vary", "Accept-Encoding");
    if let Some(pages) = sheet.pages {
        outcome.set("x-pages", pages.to_string());
    }
    if get {
        validators(&mut outcome, sheet, ask.rebuild, ask.now);
    }
    outcome
}

/// Sets validators and lifetime. `Date` has whole seconds, so a lifetime counted from it never ends before the rebuild.
fn validators(outcome: &mut DraftReply, sheet: &Sheet, rebuild: Rebuild, now: DateTime<Utc>) {
    let age = (rebuild.expires.timestamp() - now.timestamp()).max(0);
    outcome.set("etag", sheet.etag.clone());
    outcome.set("last-modified", http_date(rebuild.built));
    outcome.set("expires", http_date(rebuild.expires));
    outcome.set("cache-control", format!("public, max-age={age}"));
}

/// Charges the reply by its status and announces the rest in its headers. A 420 or 429 has its own headers.
fn charge(
    hub: &Hub,
    visit: &Visit,
    operation: Option<&'static Operation>,
    outcome: &mut DraftReply,
    now: DateTime<Utc>,
) {
    if matches!(outcome.status, 420 | 429) {
        return;
    }
    let mut limits = hub.limits();
    if let Some(rate) = operation.and_then(|operation| operation.rate.as_ref()) {
        let tokens = cost(outcome.status);
        limits.charge(rate, owner(visit), now, tokens);
        let balance = limits.balance(rate, owner(visit), now);
        announce(outcome, rate, balance, tokens);
        drop(limits);
        hub.tally().spent(&rate.group, balance.limit.saturating_sub(balance.remaining), balance.limit);
        return;
    }
    if outcome.status >= 400 {
        limits.error(now);
    }
    let (left, reset) = limits.errors_left(now);
    outcome.set("x-esi-error-limit-remain", left.to_string());
    outcome.set("x-esi-error-limit-reset", reset.to_string());
}

/// Updates the counters, the log, and the announced expiry. A reply that a fault changed announces none.
fn record(
    hub: &Hub,
    visit: &Visit,
    operation: Option<&'static Operation>,
    sent: Option<&DraftReply>,
    honest: bool,
    now: DateTime<Utc>,
) {
    let status = sent.map_or(0, |outcome| outcome.status);
    let client = visit.header("user-agent").unwrap_or("");
    let mut tally = hub.tally();
    if operation.is_none_or(|operation| operation.rate.is_none()) {
        tally.unbucketed(now);
    }
    match operation {
        Some(operation) if honest && visit.method == "GET" && matches!(status, 200 | 304) => {
            let expires = hub.world.timeline.rebuild(operation, &visit.path, now).expires;
            tally.promise(client, &visit.url, expires, now);
        }
        _ => tally.forget(client, &visit.url),
    }
    tally.counters.bytes += sent.map_or(0, |outcome| outcome.body.len() as u64);
    tally.record(Logged {
        time: now,
        method: visit.method.clone(),
        operation: operation.map_or_else(String::new, |operation| operation.path.clone()),
        url: visit.url.clone(),
        status,
        page: visit.query("page").and_then(|page| page.parse().ok()),
        if_none_match: visit.headers.contains_key("if-none-match"),
    });
}
