//! Answers: routes with code of their own, and the generator for all others.

mod cursor;
mod industry;
mod market;
pub mod meta;
mod names;
mod people;
mod universe;
mod wars;

use serde_json::{Map, Value, json};

use super::answer::generic::Generator;
use super::chance::{hash, index, mix};
use super::exchange::ask::{Answer, Ask, AskRefusal};
use super::world::FOUNDED;
use crate::spec::{PageParameter, SchemaType};

pub use names::example;

/// A route's answer or refusal.
type RouteResult = Result<Answer, AskRefusal>;

/// The body of the reply to a request that passed all limits and checks.
///
/// # Errors
///
/// ESI's refusals: unknown ids, pages beyond the last, malformed request bodies.
pub fn answer(ask: &Ask<'_>) -> RouteResult {
    let special = universe::answer(ask)
        .or_else(|| market::answer(ask))
        .or_else(|| industry::answer(ask))
        .or_else(|| people::answer(ask))
        .or_else(|| wars::answer(ask))
        .or_else(|| meta::answer(ask))
        .or_else(|| names::answer(ask));
    special.unwrap_or_else(|| generic(ask))
}

/// A generated body; paged lists have several pages.
fn generic(ask: &Ask<'_>) -> RouteResult {
    let Some(schema) = &ask.operation.schema else { return Ok(Answer { body: Vec::new(), pages: None }) };
    if let PageParameter::Cursor { array } = &ask.operation.page {
        return cursor::answer(ask, schema, array);
    }
    if let Some(refusal) = unlisted(ask) {
        return Err(refusal);
    }
    let generator = Generator::new(ask.world, path_values(ask));
    let roll = mix(ask.world.seed, hash(ask.path.as_bytes()));
    if schema.t == SchemaType::Array {
        return ask.list(&generator.rows(schema, "", roll, 0));
    }
    Ok(generator.value(schema, "", roll, index(roll, 1_000)).into())
}

/// A detail route refuses ids that its list route (the same path without the last parameter) does not have.
fn unlisted(ask: &Ask<'_>) -> Option<AskRefusal> {
    let (parent, own) = ask.operation.path.rsplit_once('/')?;
    let name = own.strip_prefix('{')?.strip_suffix('}')?;
    let list = crate::spec::facts().operation("GET", parent)?;
    list.schema.as_ref()?.item().filter(|item| item.t == SchemaType::Integer)?;
    let path = ask.path.rsplit_once('/')?.0;
    let generator = Generator::new(ask.world, Vec::new());
    let roll = mix(ask.world.seed, hash(path.as_bytes()));
    let ids = generator.rows(list.schema.as_ref()?, "", roll, 0);
    let id = ask.id(name);
    let listed = id.is_ok_and(|id| ids.iter().any(|v| *v == json!(id)));
    (!listed).then(|| AskRefusal::not_found(name.trim_end_matches("_id")))
}

/// Path parameters, as values for fields of the same name.
fn path_values(ask: &Ask<'_>) -> Vec<(String, Value)> {
    let value = |text: &String| text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number));
    let path = ask.params.iter().map(|(name, text)| ((*name).to_owned(), value(text)));
    let own = ask.operation.path.ends_with('}').then(|| ask.path.rsplit('/').next()).flatten();
    path.chain(own.map(|text| ("id".to_owned(), value(&text.to_owned())))).collect()
}

/// A generated record with some fields set; `null` removes a field.
fn record(ask: &Ask<'_>, set: &Value) -> Answer {
    let schema = ask.operation.schema.as_ref();
    let generator = Generator::new(ask.world, path_values(ask));
    let roll = mix(ask.world.seed, hash(ask.path.as_bytes()));
    let mut object =
        schema.map_or(Value::Null, |schema| generator.value(schema, "", roll, index(roll, 1_000)));
    overlay(&mut object, set);
    object.into()
}

/// Sets the fields of `set` in `object`; `null` removes a field.
fn overlay(object: &mut Value, set: &Value) {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let (Value::Object(object), Value::Object(set)) = (object, set) else { return };
    for (name, value) in set {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
}

/// A point in space.
fn position(roll: u64) -> Value {
    let axis = |n| super::chance::amount(mix(roll, n), 400_000_000_000) - 200_000_000_000;
    json!({ "x": axis(1), "y": axis(2), "z": axis(3) })
}

/// The time `seconds` after [`FOUNDED`] in ESI's format.
fn time(seconds: i64) -> String {
    let time = chrono::DateTime::from_timestamp(FOUNDED + seconds, 0).unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
