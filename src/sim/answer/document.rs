//! `/meta/openapi.json`: an OpenAPI document made from the facts.
//!
//! The facts were condensed from such a document, and this is the way back: condensing what is served here gives the
//! facts again. So it says things the way ESI's own document does, by reference where something is shared and with an
//! `allOf` where a reply has a cursor, and leaves out what the facts do not know: prose, examples, errors.

use serde_json::{Map, Value, json};

use crate::sim::exchange::outcome::DraftReply;
use crate::sim::exchange::visit::Visit;
use crate::sim::hub::Hub;
use crate::sim::routes::meta::OTHER_DATES;
use crate::spec::{
    Facts, Operation, PageParameter, Param, ParameterPlace, Schema, SchemaType, TextFormat, facts,
};

/// Where it is served. The specification does not list it among its operations.
pub const PATH: &str = "/meta/openapi.json";

/// The specification of the date that is asked for. What was published in its place is of whatever date it says.
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
        item[operation.method.to_lowercase()] = described(operation, &mut shared);
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

fn described(operation: &Operation, shared: &mut Map<String, Value>) -> Value {
    let mut params: Vec<Value> = ["CompatibilityDate", "Tenant"]
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .to_vec();
    params.extend(operation.params.iter().map(parameter));
    let mut said = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "parameters": params,
        "responses": { &operation.status: reply(operation, shared), "default": { "description": "An error." } },
    });
    let mut say = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            said[key] = value;
        }
    };
    say("x-client-cache-ttl", operation.cache.client_ttl.map(Value::from));
    say("x-server-cache-ttl", operation.cache.server_ttl.map(Value::from));
    say("x-server-cache-mode", operation.cache.mode.clone().map(Value::from));
    say("x-tombstone-ttl", operation.tombstone_ttl.map(Value::from));
    say("x-required-roles", operation.roles.clone().map(Value::from));
    say("x-pagination", matches!(operation.page, PageParameter::Cursor { .. }).then(|| "cursor".into()));
    say("security", operation.auth.then(|| json!([{ "OAuth2": operation.scopes }])));
    let bucket = operation.rate.as_ref();
    say(
        "x-rate-limit",
        bucket.map(
            |rate| json!({ "group": rate.group, "max-tokens": rate.tokens, "window-size": rate.window }),
        ),
    );
    let body = operation.body.as_ref();
    say(
        "requestBody",
        body.map(|body| {
            json!({ "required": body.req, "content": { "application/json": { "schema": schema(body, shared) } } })
        }),
    );
    said
}

fn parameter(param: &Param) -> Value {
    let place = match param.place {
        ParameterPlace::Path => "path",
        ParameterPlace::Query => "query",
        ParameterPlace::Header => "header",
    };
    let shape = Schema { t: param.t, fmt: param.fmt, values: param.values.clone(), ..Schema::default() };
    let mut said = plain(&shape, &mut Map::new());
    if let Some(default) = &param.default {
        said["default"] = default.clone();
    }
    json!({ "name": param.name, "in": place, "required": param.req, "schema": said })
}

/// The reply of success; objects are shared schemas, as in ESI's own document.
fn reply(operation: &Operation, shared: &mut Map<String, Value>) -> Value {
    let Some(body) = &operation.schema else { return json!({ "description": "Done." }) };
    let mut said = schema(body, shared);
    if body.t == SchemaType::Object {
        if let PageParameter::Cursor { .. } = operation.page {
            said = with_cursor_apart(said);
        }
        shared.insert(operation.id.clone(), said);
        said = json!({ "$ref": format!("#/components/schemas/{}", operation.id) });
    }
    json!({ "description": "OK", "content": { "application/json": { "schema": said } } })
}

/// An object as the composition of its cursor and the rest.
fn with_cursor_apart(mut said: Value) -> Value {
    let cursor = said["properties"].as_object_mut().and_then(|fields| fields.remove("cursor"));
    json!({ "allOf": [{ "type": "object", "properties": { "cursor": cursor } }, said] })
}

/// A schema; one with a name is shared under it.
fn schema(node: &Schema, shared: &mut Map<String, Value>) -> Value {
    let said = plain(node, shared);
    let Some(model) = &node.model else { return said };
    shared.insert(model.clone(), said);
    json!({ "$ref": format!("#/components/schemas/{model}") })
}

fn plain(node: &Schema, shared: &mut Map<String, Value>) -> Value {
    let mut said = json!({});
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
        said["type"] = if node.null { json!([name, "null"]) } else { json!(name) };
    }
    match node.t {
        SchemaType::OneOf => {
            let mut of: Vec<Value> = node.of.iter().map(|of| schema(of, shared)).collect();
            of.extend(node.null.then(|| json!({ "type": "null" })));
            said["oneOf"] = Value::Array(of);
        }
        SchemaType::Array => {
            said["items"] = node.item().map_or_else(|| json!({}), |item| schema(item, shared));
        }
        _ => {}
    }
    if !node.fields.is_empty() {
        let required: Vec<&String> =
            node.fields.iter().filter(|(_, field)| field.req).map(|(name, _)| name).collect();
        let fields = node.fields.iter().map(|(name, field)| (name.clone(), schema(field, shared)));
        said["properties"] = Value::Object(fields.collect());
        said["required"] = json!(required);
    }
    if let Some(of) = &node.map_of {
        said["additionalProperties"] = schema(of, shared);
    }
    if let Some(format) = node.fmt {
        said["format"] = json!(match format {
            TextFormat::Int32 => "int32",
            TextFormat::Int64 => "int64",
            TextFormat::Double => "double",
            TextFormat::DateTime => "date-time",
            TextFormat::Date => "date",
            TextFormat::Uuid => "uuid",
        });
    }
    if !node.values.is_empty() {
        said["enum"] = Value::Array(node.values.clone());
    }
    if node.unique {
        said["uniqueItems"] = json!(true);
    }
    if let Some(most) = node.max_items {
        said["maxItems"] = json!(most);
    }
    said
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
