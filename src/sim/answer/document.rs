//! `/meta/openapi.json`: an OpenAPI document made from the facts.
//!
//! It is the inverse of condensing: condensing this document gives the facts again. So it has the form of ESI's own
//! document, with references to shared schemas and an `allOf` for a reply with a cursor. It leaves out what the facts do
//! not have: prose, examples, errors.

use serde_json::{Map, Value, json};

use crate::sim::exchange::outcome::DraftReply;
use crate::sim::exchange::visit::Visit;
use crate::sim::hub::Hub;
use crate::sim::routes::meta::OTHER_DATES;
use crate::spec::{
    Facts, Operation, PageParameter, Param, ParameterPlace, Schema, SchemaType, TextFormat, facts,
};

/// The path of the document. The specification does not list it among its operations.
pub const PATH: &str = "/meta/openapi.json";

/// The specification of the requested date. A published document is served for any date.
pub fn answer(hub: &Hub, visit: &Visit) -> DraftReply {
    if visit.method != "GET" {
        return DraftReply::json(405, json!({ "error": "Method not allowed" }).to_string());
    }
    if let Some(body) = hub.published().clone() {
        return DraftReply::json(200, body);
    }
    let facts = facts();
    let date = visit.query("compatibility_date").or_else(|| visit.header("x-compatibility-date"));
    let date = date.unwrap_or(OTHER_DATES[0]);
    if date != facts.compat_date && !OTHER_DATES.contains(&date) {
        return DraftReply::json(
            400,
            json!({ "error": format!("unknown compatibility date {date}") }).to_string(),
        );
    }
    let mut document = document(facts);
    document["info"]["version"] = json!(date);
    DraftReply::json(200, document.to_string())
}

/// The facts as a document.
#[must_use]
pub fn document(facts: &Facts) -> Value {
    let mut shared = Map::new();
    let mut paths = Map::new();
    for operation in &facts.operations {
        let item = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
        item[operation.method.to_lowercase()] = operation_node(operation, &mut shared);
    }
    let parameter = |name: &str, required: bool| json!({ "in": "header", "name": name, "required": required, "schema": { "type": "string" } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "EVE Stable Infrastructure (ESI) - tranquility", "version": facts.compat_date },
        "servers": [{ "url": "https://esi.evetech.net" }],
        "paths": paths,
        "components": {
            "schemas": shared,
            "parameters": {
                "CompatibilityDate": parameter("X-Compatibility-Date", true),
                "Tenant": parameter("X-Tenant", false),
            },
        },
    })
}

fn operation_node(operation: &Operation, shared: &mut Map<String, Value>) -> Value {
    let mut params: Vec<Value> = ["CompatibilityDate", "Tenant"]
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .to_vec();
    params.extend(operation.params.iter().map(parameter));
    let mut node = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "parameters": params,
        "responses": { &operation.status: reply(operation, shared), "default": { "description": "An error." } },
    });
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            node[key] = value;
        }
    };
    set("x-client-cache-ttl", operation.cache.client_ttl.map(Value::from));
    set("x-server-cache-ttl", operation.cache.server_ttl.map(Value::from));
    set("x-server-cache-mode", operation.cache.mode.clone().map(Value::from));
    set("x-tombstone-ttl", operation.tombstone_ttl.map(Value::from));
    set("x-required-roles", operation.roles.clone().map(Value::from));
    set("x-pagination", matches!(operation.page, PageParameter::Cursor { .. }).then(|| "cursor".into()));
    set("security", operation.auth.then(|| json!([{ "OAuth2": operation.scopes }])));
    let bucket = operation.rate.as_ref();
    set(
        "x-rate-limit",
        bucket.map(
            |rate| json!({ "group": rate.group, "max-tokens": rate.tokens, "window-size": rate.window }),
        ),
    );
    let body = operation.body.as_ref();
    set(
        "requestBody",
        body.map(|body| {
            json!({ "required": body.req, "content": { "application/json": { "schema": schema(body, shared) } } })
        }),
    );
    node
}

fn parameter(param: &Param) -> Value {
    let place = match param.place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
    };
    let shape = Schema { t: param.t, fmt: param.fmt, values: param.values.clone(), ..Schema::default() };
    let mut node = plain(&shape, &mut Map::new());
    if let Some(default) = &param.default {
        node["default"] = default.clone();
    }
    json!({ "name": param.name, "in": place, "required": param.req, "schema": node })
}

/// The successful reply; objects are shared schemas, as in ESI's own document.
fn reply(operation: &Operation, shared: &mut Map<String, Value>) -> Value {
    let Some(body) = &operation.schema else { return json!({ "description": "Done." }) };
    let mut node = schema(body, shared);
    if body.t == SchemaType::Object {
        if let PageParameter::Cursor { .. } = operation.page {
            node = with_cursor_apart(node);
        }
        shared.insert(operation.id.clone(), node);
        node = json!({ "$ref": format!("#/components/schemas/{}", operation.id) });
    }
    json!({ "description": "OK", "content": { "application/json": { "schema": node } } })
}

/// An object as an `allOf` of its cursor and its other fields.
fn with_cursor_apart(mut node: Value) -> Value {
    let cursor = node["properties"].as_object_mut().and_then(|fields| fields.remove("cursor"));
    json!({ "allOf": [{ "type": "object", "properties": { "cursor": cursor } }, node] })
}

/// A schema; a schema with a name becomes a shared one.
fn schema(node: &Schema, shared: &mut Map<String, Value>) -> Value {
    let output = plain(node, shared);
    let Some(model) = &node.model else { return output };
    shared.insert(model.clone(), output);
    json!({ "$ref": format!("#/components/schemas/{model}") })
}

fn plain(node: &Schema, shared: &mut Map<String, Value>) -> Value {
    let mut output = json!({});
    let name = match node.t {
        SchemaType::Array => Some("array"),
        SchemaType::Object => Some("object"),
        SchemaType::Integer => Some("integer"),
        SchemaType::Number => Some("number"),
        SchemaType::String => Some("string"),
        SchemaType::Boolean => Some("boolean"),
        SchemaType::OneOf | SchemaType::Any => None,
    };
    if let Some(name) = name {
        output["type"] = if node.null { json!([name, "null"]) } else { json!(name) };
    }
    match node.t {
        SchemaType::OneOf => {
            let mut of: Vec<Value> = node.of.iter().map(|of| schema(of, shared)).collect();
            of.extend(node.null.then(|| json!({ "type": "null" })));
            output["oneOf"] = Value::Array(of);
        }
        SchemaType::Array => {
            output["items"] = node.item().map_or_else(|| json!({}), |item| schema(item, shared));
        }
        _ => {}
    }
    if !node.fields.is_empty() {
        let required: Vec<&String> =
            node.fields.iter().filter(|(_, field)| field.req).map(|(name, _)| name).collect();
        let fields = node.fields.iter().map(|(name, field)| (name.clone(), schema(field, shared)));
        output["properties"] = Value::Object(fields.collect());
        output["required"] = json!(required);
    }
    if let Some(of) = &node.map_of {
        output["additionalProperties"] = schema(of, shared);
    }
    if let Some(format) = node.fmt {
        output["format"] = json!(match format {
            TextFormat::Int32 => "int32",
            TextFormat::Int64 => "int64",
            TextFormat::Double => "double",
            TextFormat::DateTime => "date-time",
            TextFormat::Date => "date",
            TextFormat::Uuid => "uuid",
        });
    }
    if !node.values.is_empty() {
        output["enum"] = Value::Array(node.values.clone());
    }
    if node.unique {
        output["uniqueItems"] = json!(true);
    }
    if let Some(most) = node.max_items {
        output["maxItems"] = json!(most);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::condense;

    #[test]
    fn condensing_the_document_gives_the_facts_again() {
        let again = condense(&document(facts())).expect("a document");
        assert_eq!(again.operations.len(), 233);
        for operation in &facts().operations {
            let found = again.operation(&operation.method, &operation.path);
            assert_eq!(found, Some(operation), "{} {}", operation.method, operation.path);
        }
        assert_eq!(&again, facts(), "in the same order");
    }
}
