//! A schema as a list of places, so that two schemas can be compared place by place.
//!
//! A place is a path of field names. Lists add nothing to the path, because a record's field is the same field whether the
//! record stands alone or in a list. The values of a map are at `*`. The shapes of a `oneOf` share one path, because each
//! shape has a field of its own that names it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::{Schema, SchemaType, TextFormat};

/// The type of the value at a place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spot {
    /// Its type in words: `list of integer`.
    pub kind: String,
    pub fmt: Option<TextFormat>,
    /// Whether the value may be missing or null although the object around it is present.
    pub optional: bool,
    pub values: Vec<Value>,
    pub max_items: Option<usize>,
}

/// The places of a schema; the schema itself is at the empty path.
pub(super) fn places(schema: &Schema) -> BTreeMap<String, Spot> {
    let mut all = BTreeMap::new();
    put(schema, "", !schema.req, &mut all);
    all
}

fn put(schema: &Schema, path: &str, optional: bool, all: &mut BTreeMap<String, Spot>) {
    let inner = innermost(schema);
    let spot = Spot {
        kind: words(schema),
        fmt: inner.fmt,
        optional: optional || schema.null,
        values: inner.values.clone(),
        max_items: schema.max_items,
    };
    match all.get_mut(path) {
        // Two shapes of a `oneOf` that differ here.
        Some(other) if other.kind != spot.kind => other.kind = format!("{} or {}", other.kind, spot.kind),
        Some(_) => {}
        None => drop(all.insert(path.to_owned(), spot)),
    }
    below(inner, path, false, all);
}

/// Adds the places inside an object, a map, or each shape of a `oneOf`; a shape itself has no place.
fn below(schema: &Schema, path: &str, shape: bool, all: &mut BTreeMap<String, Spot>) {
    let step = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, field) in &schema.fields {
        put(field, &step(name), shape || !field.req, all);
    }
    if let Some(of) = &schema.map_of {
        put(of, &step("*"), false, all);
    }
    if schema.t == SchemaType::OneOf {
        for of in &schema.of {
            below(innermost(of), path, true, all);
        }
    }
}

fn innermost(schema: &Schema) -> &Schema {
    schema.item().map_or(schema, innermost)
}

fn words(schema: &Schema) -> String {
    match schema.t {
        SchemaType::Array => {
            format!("list of {}", schema.item().map_or_else(|| "anything".to_owned(), words))
        }
        SchemaType::Object if schema.map_of.is_some() => "map".to_owned(),
        SchemaType::Object => "object".to_owned(),
        SchemaType::Integer => "integer".to_owned(),
        SchemaType::Number => "number".to_owned(),
        SchemaType::String => "string".to_owned(),
        SchemaType::Boolean => "boolean".to_owned(),
        SchemaType::OneOf => {
            let mut kinds: Vec<String> = schema.of.iter().map(words).collect();
            kinds.sort();
            kinds.dedup();
            format!("one of {}", kinds.join(", "))
        }
        SchemaType::Any => "anything".to_owned(),
    }
}
