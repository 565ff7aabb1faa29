//! Routes with `after` and `before`: a fixed number of records, one of which is touched at every rebuild.
//!
//! Touches are numbered without end; touch `s` concerns record `s mod RECORDS`. So the newest [`RECORDS`] touches are the
//! whole set, in order of last modification, and a token is just an encoded number.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::{RouteResult, overlay, path_values};
use crate::sim::answer::generic::{Generator, uuid};
use crate::sim::chance::{hash, mix};
use crate::sim::exchange::ask::{Ask, AskRefusal};
use crate::spec::{Schema, TextFormat};

/// Records on each of these routes.
const RECORDS: i64 = 250;
/// The key with which tokens are encoded.
const MASK: i64 = 0x5EED_0000_0000;

pub(super) fn answer(ask: &Ask<'_>, schema: &Schema, array: &[String]) -> RouteResult {
    let name = array.last().map_or("", String::as_str);
    let Some(item) = schema.fields.get(name).and_then(Schema::item) else {
        return Err(AskRefusal::new(500, "the specification does not say which field holds the records"));
    };
    let limit = ask.query("limit").map_or(Ok(10), str::parse::<i64>);
    let limit =
        limit.ok().filter(|l| (10..=100).contains(l)).ok_or(AskRefusal::new(400, "limit must be 10..100"))?;
    let newest = ask.rebuild.version;
    let oldest = newest - RECORDS + 1;
    let (first, last) = match (token(ask, "after")?, token(ask, "before")?) {
        (Some(_), Some(_)) => return Err(AskRefusal::new(400, "after and before exclude each other")),
        (Some(0), _) => (oldest, oldest + limit - 1),
        (Some(after), _) => (after + 1, after + limit),
        (_, Some(0)) | (None, None) => (newest - limit + 1, newest),
        (_, Some(before)) => (before - limit, before - 1),
    };
    let (first, last) = (first.max(oldest), last.min(newest));
    let rows: Vec<Value> = (first..=last).map(|touch| row(ask, item, touch)).collect();
    let cursor = json!({ "after": written(last), "before": written(first) });
    let mut body = json!({ name: rows });
    if first <= last {
        body["cursor"] = cursor;
    }
    Ok(body.into())
}

fn row(ask: &Ask<'_>, item: &Schema, touch: i64) -> Value {
    let which = touch.rem_euclid(RECORDS);
    let roll = mix(mix(ask.world.seed, hash(ask.path.as_bytes())), which.cast_unsigned());
    let generator = Generator::new(ask.world, path_values(ask));
    let mut row = generator.value(item, "", roll, usize::try_from(which).unwrap_or(0));
    let age = (ask.rebuild.version - touch) * ask.rebuild.ttl;
    let modified = DateTime::from_timestamp(ask.rebuild.built.timestamp() - age, 0).unwrap_or_default();
    let modified = modified.to_rfc3339_opts(SecondsFormat::Secs, true);
    let field = |name: &str| item.fields.get(name).map(|field| field.fmt);
    if field("id") == Some(Some(TextFormat::Uuid)) {
        overlay(&mut row, &json!({ "id": uuid(roll) }));
    }
    if field("last_modified").is_some() {
        overlay(&mut row, &json!({ "last_modified": modified }));
    }
    row
}

fn written(touch: i64) -> String {
    format!("{:x}", touch ^ MASK)
}

fn token(ask: &Ask<'_>, name: &str) -> Result<Option<i64>, AskRefusal> {
    match ask.query(name) {
        None => Ok(None),
        Some("0") => Ok(Some(0)),
        Some(text) => match i64::from_str_radix(text, 16) {
            Ok(token) => Ok(Some(token ^ MASK)),
            Err(_) => Err(AskRefusal::new(400, format!("{name} is not a token of this route"))),
        },
    }
}
