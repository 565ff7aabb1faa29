//! The parameters of an operation.

use serde_json::Value;

use super::tree::Tree;
use super::{flag, text};
use crate::spec::operation::{Param, ParameterPlace};

/// Headers that every operation takes; the client sends them on its own.
const COMMON: [&str; 5] =
    ["Accept-Language", "If-None-Match", "If-Modified-Since", "X-Compatibility-Date", "X-Tenant"];

/// The parameters of the path and of the operation itself: those in the path first, by name.
pub(super) fn parameters(tree: Tree<'_>, item: &Value, node: &Value) -> Vec<Param> {
    let lists = [item, node].map(|node| node["parameters"].as_array().into_iter().flatten());
    let mut params: Vec<Param> = lists.into_iter().flatten().filter_map(|p| parameter(tree, p)).collect();
    params.sort_by(|a, b| (a.place as u8, &a.name).cmp(&(b.place as u8, &b.name)));
    params
}

fn parameter(tree: Tree<'_>, node: &Value) -> Option<Param> {
    let (node, _) = tree.follow(node);
    let name = text(&node, "name").filter(|name| !COMMON.contains(&name.as_str()))?;
    let place = match node["in"].as_str()? {
        "path" => ParameterPlace::Path,
        "query" => ParameterPlace::Query,
        "header" => ParameterPlace::Header,
        _ => return None,
    };
    let kind = node.get("schema");
    let schema = kind.map(|schema| tree.schema(schema)).unwrap_or_default();
    let default = kind.and_then(|schema| tree.follow(schema).0.get("default").cloned());
    Some(Param {
        name,
        place,
        req: flag(&node, "required"),
        t: schema.t,
        fmt: schema.fmt,
        values: schema.values,
        default,
    })
}
