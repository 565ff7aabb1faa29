//! Makes facts from a whole OpenAPI document, as ESI serves it at `/meta/openapi.json`.
//!
//! References are followed, compositions (`allOf`) merged, and prose is dropped. A malformed document does not panic:
//! what cannot be parsed becomes [`SchemaType::Any`] or is left out, and then shows as a difference.

mod parameter;
mod tree;

use serde_json::{Map, Value};

use super::Facts;
use super::operation::{Cache, Operation, PageParameter, Param, ParameterPlace, Rate};
use super::schema::{Schema, SchemaType};
use tree::Tree;

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];
/// Query parameters from which a reply continues backwards (for calendars, forwards).
const FROM_ID: [&str; 4] = ["from_id", "from_event", "last_mail_id", "max_war_id"];

/// Why a document cannot be condensed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an OpenAPI document: it has no `{0}`")]
pub struct CondenseError(&'static str);

/// The facts of an OpenAPI 3 document.
///
/// # Errors
/// If the value is not an OpenAPI document.
pub fn condense(document: &Value) -> Result<Facts, CondenseError> {
    let version = document["info"]["version"].as_str().ok_or(CondenseError("info.version"))?;
    let paths = document["paths"].as_object().ok_or(CondenseError("paths"))?;
    let tree = Tree::new(document);
    let mut operations = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                operations.push(self::operation(tree, path, method, item, operation));
            }
        }
    }
    Ok(Facts { compat_date: version.to_owned(), operations })
}

fn operation(tree: Tree<'_>, path: &str, method: &str, item: &Value, node: &Value) -> Operation {
    let params = parameter::parameters(tree, item, node);
    let (status, response) = success(tree, node);
    let schema = response.as_ref().and_then(json_schema).map(|body| tree.schema(body));
    let body = node.get("requestBody").map(|body| {
        let (body, _) = tree.follow(body);
        let schema = json_schema(&body).map_or_else(Schema::default, |schema| tree.schema(schema));
        Schema { req: flag(&body, "required"), ..schema }
    });
    let scopes = scopes(node);
    Operation {
        id: text(node, "operationId").unwrap_or_default(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: node["tags"][0].as_str().unwrap_or_default().to_owned(),
        page: page(node, &params, schema.as_ref()),
        params,
        auth: !scopes.is_empty(),
        scopes,
        roles: roles(node),
        cache: Cache {
            client_ttl: number(node, "x-client-cache-ttl").or_else(|| number(node, "x-cache-age")),
            server_ttl: number(node, "x-server-cache-ttl"),
            mode: text(node, "x-server-cache-mode").or_else(|| text(node, "x-cache-mode")),
        },
        rate: rate(node),
        body,
        status,
        schema,
        tombstone_ttl: number(node, "x-tombstone-ttl"),
    }
}

/// The success status and its reply.
fn success<'a>(tree: Tree<'a>, node: &'a Value) -> (String, Option<Value>) {
    let found = ["200", "201", "204"].into_iter().find_map(|code| Some((code, node["responses"].get(code)?)));
    found.map_or_else(Default::default, |(code, response)| (code.to_owned(), Some(tree.follow(response).0)))
}

/// The schema of a JSON body, of a reply or of a request.
fn json_schema(node: &Value) -> Option<&Value> {
    let kinds = node["content"].as_object()?;
    kinds.iter().find(|(kind, _)| kind.contains("json"))?.1.get("schema")
}

fn scopes(node: &Value) -> Vec<String> {
    let ways = node["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut scopes: Vec<String> = ways.flat_map(Map::values).flat_map(texts).collect();
    scopes.sort();
    scopes
}

fn roles(node: &Value) -> Option<Vec<String>> {
    let mut roles = texts(node.get("x-required-roles").filter(|roles| roles.is_array())?);
    roles.sort();
    Some(roles)
}

fn rate(node: &Value) -> Option<Rate> {
    let rate = node.get("x-rate-limit")?;
    Some(Rate {
        group: text(rate, "group")?,
        tokens: number(rate, "max-tokens")?.try_into().ok()?,
        window: text(rate, "window-size").unwrap_or_default(),
    })
}

/// How a long answer is divided. The parameters show it, for cursors also `x-pagination`.
fn page(node: &Value, params: &[Param], schema: Option<&Schema>) -> PageParameter {
    let has = |name: &str| params.iter().any(|p| p.name == name && p.place == ParameterPlace::Query);
    if node["x-pagination"] == "cursor" || has("after") && has("before") {
        let fields = schema.into_iter().flat_map(|schema| &schema.fields);
        let lists = fields.filter(|(_, field)| field.t == SchemaType::Array).map(|(name, _)| name.clone());
        return PageParameter::Cursor { array: lists.collect() };
    }
    if has("page") {
        return PageParameter::XPages;
    }
    match FROM_ID.into_iter().find(|name| has(name)) {
        Some(param) => PageParameter::FromId { param: param.to_owned() },
        None => PageParameter::None,
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(node: &Value, key: &str) -> Option<String> {
    node[key].as_str().map(str::to_owned)
}

fn number(node: &Value, key: &str) -> Option<u64> {
    node[key].as_u64()
}

fn flag(node: &Value, key: &str) -> bool {
    node[key] == true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::TextFormat;
    use super::*;

    /// One operation whose reply has this schema.
    fn reply(schema: &Value, schemas: &Value) -> Schema {
        let document = json!({
            "info": { "version": "2026-01-01" },
            "paths": { "/x": { "get": { "responses": { "200": {
                "content": { "application/json": { "schema": schema } } } } } } },
            "components": { "schemas": schemas },
        });
        condense(&document).expect("a document").operations.remove(0).schema.expect("a reply")
    }

    #[test]
    fn references_are_followed_and_compositions_merged() {
        let schemas = json!({
            "Base": { "type": "object", "required": ["a"], "properties": { "a": { "$ref": "#/components/schemas/ID" } } },
            "ID": { "type": "integer", "format": "int64" },
        });
        let whole = json!({ "allOf": [
            { "$ref": "#/components/schemas/Base" },
            { "required": ["b"], "properties": { "b": { "type": ["string", "null"] }, "c": { "type": "boolean" } } },
        ] });
        let schema = reply(&whole, &schemas);
        assert_eq!(schema.fields.keys().collect::<Vec<_>>(), ["a", "b", "c"]);
        let (a, b) = (&schema.fields["a"], &schema.fields["b"]);
        assert_eq!(
            (a.t, a.fmt, a.req, a.model.as_deref()),
            (SchemaType::Integer, Some(TextFormat::Int64), true, Some("ID"))
        );
        assert_eq!((b.t, b.req, b.null, schema.fields["c"].req), (SchemaType::String, true, true, false));
    }

    #[test]
    fn a_single_alternative_to_null_is_that_type() {
        let schema = reply(&json!({ "oneOf": [{ "type": "number" }, { "type": "null" }] }), &json!({}));
        assert_eq!((schema.t, schema.null, schema.of.len()), (SchemaType::Number, true, 0));
        let two = reply(&json!({ "anyOf": [{ "type": "number" }, { "type": "string" }] }), &json!({}));
        assert_eq!((two.t, two.of.len()), (SchemaType::OneOf, 2));
    }

    #[test]
    fn malformed_documents_do_not_loop_or_panic() {
        let schemas = json!({
            "Loop": { "$ref": "#/components/schemas/Loop" },
            "Tree": { "type": "object", "properties": { "kids": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } } } },
        });
        assert_eq!(reply(&json!({ "$ref": "#/components/schemas/Loop" }), &schemas).t, SchemaType::Any);
        assert_eq!(reply(&json!({ "$ref": "#/nowhere" }), &schemas).t, SchemaType::Any);
        assert_eq!(reply(&json!({ "type": "colour" }), &schemas).t, SchemaType::Any);
        let tree = reply(&json!({ "$ref": "#/components/schemas/Tree" }), &schemas);
        assert_eq!(tree.fields["kids"].item().map(|kid| kid.t), Some(SchemaType::Any));
        assert_eq!(condense(&json!([])), Err(CondenseError("info.version")));
        assert_eq!(condense(&json!({ "info": { "version": "1" } })), Err(CondenseError("paths")));
    }
}
