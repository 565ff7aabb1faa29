//! Schemas with their references followed and their compositions merged.

use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::StrDeserializer;
use serde_json::{Map, Value, json};

use super::flag;
use crate::spec::schema::{Schema, SchemaType, TextFormat};

/// The longest chain of references that is followed.
const CHAIN: usize = 32;

/// A document whose references can be followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tree<'a> {
    document: &'a Value,
}

impl<'a> Tree<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        Self { document }
    }

    /// The node that `node` refers to, and the name of the last schema in the chain of references. Keys beside a reference
    /// override the keys of its target.
    pub(super) fn follow(self, node: &Value) -> (Value, Option<String>) {
        let (mut node, mut name) = (node.clone(), None);
        for _ in 0..CHAIN {
            let Some(reference) = node["$ref"].as_str() else { return (node, name) };
            let pointer = reference.trim_start_matches('#');
            name = pointer.rsplit('/').next().map(str::to_owned);
            let mut target = self.document.pointer(pointer).cloned().unwrap_or(Value::Null);
            if let (Some(target), Some(beside)) = (target.as_object_mut(), node.as_object()) {
                let beside = beside.iter().filter(|(key, _)| !matches!(key.as_str(), "$ref" | "description"));
                target.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
            }
            node = target;
        }
        (Value::Null, name)
    }

    pub(super) fn schema(self, node: &Value) -> Schema {
        self.within(node, &[])
    }

    /// The schema of a node inside the named schemas `around`. A schema that contains itself is not expanded again.
    fn within(self, node: &Value, around: &[&str]) -> Schema {
        let (node, name) = self.follow(node);
        let name = name.as_deref();
        if name.is_some_and(|name| around.contains(&name)) {
            return Schema { model: name.map(str::to_owned), ..Schema::default() };
        }
        let inside: Vec<&str> = around.iter().copied().chain(name).collect();
        if let Some(parts) = node["allOf"].as_array() {
            return self.within(&self.merged(&node, parts), &inside);
        }
        if let Some(of) = node["oneOf"].as_array().or_else(|| node["anyOf"].as_array()) {
            return self.alternatives(&node, of, &inside);
        }
        self.plain(&node, name, &inside)
    }

    /// The parts of an `allOf` as one object.
    fn merged(self, node: &Value, parts: &[Value]) -> Value {
        let (mut properties, mut required, mut rest) = (Map::new(), Vec::new(), Map::new());
        for part in parts {
            let (Value::Object(part), _) = self.follow(part) else { continue };
            for (key, value) in part {
                match (key.as_str(), value) {
                    ("properties", Value::Object(more)) => properties.extend(more),
                    ("required", Value::Array(more)) => required.extend(more),
                    ("description", _) => {}
                    (_, value) => drop(rest.entry(key).or_insert(value)),
                }
            }
        }
        rest.insert("type".to_owned(), json!("object"));
        rest.insert("properties".to_owned(), Value::Object(properties));
        rest.insert("required".to_owned(), Value::Array(required));
        let own = node.as_object().into_iter().flatten();
        let own = own.filter(|(key, _)| !matches!(key.as_str(), "allOf" | "description"));
        rest.extend(own.map(|(key, value)| (key.clone(), value.clone())));
        Value::Object(rest)
    }

    fn alternatives(self, node: &Value, of: &[Value], inside: &[&str]) -> Schema {
        let is_null = |part: &Value| part["type"] == "null";
        let null = of.iter().any(is_null);
        let mut parts: Vec<Schema> =
            of.iter().filter(|part| !is_null(part)).map(|part| self.within(part, inside)).collect();
        let schema = match (parts.len(), parts.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                parts.extend(last);
                let fields = self.plain(node, None, inside).fields;
                Schema { t: SchemaType::OneOf, of: parts, fields, ..Schema::default() }
            }
        };
        Schema { null: schema.null || null, ..schema }
    }

    fn plain(self, node: &Value, name: Option<&str>, inside: &[&str]) -> Schema {
        let (t, null) = kind(node);
        let mut schema = Schema {
            t,
            null: null || flag(node, "nullable"),
            unique: flag(node, "uniqueItems"),
            max_items: node["maxItems"].as_u64().and_then(|n| n.try_into().ok()),
            model: model(node, name, t),
            ..Schema::default()
        };
        match t {
            SchemaType::Object => {
                let required: Vec<&str> =
                    node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                for (field, property) in node["properties"].as_object().into_iter().flatten() {
                    let inner =
                        Schema { req: required.contains(&field.as_str()), ..self.within(property, inside) };
                    schema.fields.insert(field.clone(), inner);
                }
                let map = node
                    .get("additionalProperties")
                    .filter(|of| of.as_object().is_some_and(|o| !o.is_empty()));
                schema.map_of = map.map(|of| Box::new(self.within(of, inside)));
            }
            SchemaType::Array => schema.of = vec![self.within(&node["items"], inside)],
            _ => {
                schema.fmt = node["format"].as_str().and_then(format);
                schema.values = node["enum"].as_array().cloned().unwrap_or_default();
            }
        }
        schema
    }
}

/// The type of a node, and whether `null` is one of its types.
fn kind(node: &Value) -> (SchemaType, bool) {
    let (name, null) = match &node["type"] {
        Value::String(name) => (Some(name.as_str()), false),
        Value::Array(names) => {
            let mut others = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let null = names.iter().any(|name| name == "null");
            (others.next().filter(|_| others.next().is_none()), null)
        }
        _ if node.get("properties").is_some() => (Some("object"), false),
        _ if node.get("items").is_some() => (Some("array"), false),
        _ => (None, false),
    };
    let known: Option<SchemaType> = name.and_then(|name| SchemaType::deserialize(word(name)).ok());
    (known.unwrap_or_default(), null)
}

fn format(name: &str) -> Option<TextFormat> {
    TextFormat::deserialize(word(name)).ok()
}

fn word(name: &str) -> StrDeserializer<'_, serde::de::value::Error> {
    name.into_deserializer()
}

/// The name of the shared model: the document's own, or that of a shared scalar.
fn model(node: &Value, name: Option<&str>, t: SchemaType) -> Option<String> {
    let model = match &node["x-common-model"] {
        Value::String(model) if !model.eq_ignore_ascii_case("true") => Some(model.as_str()),
        Value::String(_) | Value::Bool(true) => name,
        _ if matches!(t, SchemaType::Object | SchemaType::Array) => None,
        _ => name.filter(|name| !["Get", "Post", "Put"].iter().any(|end| name.ends_with(end))),
    };
    model.map(str::to_owned)
}
