//! The differences between two specifications, by operation and place.
//!
//! This only compares facts. Whether a difference matters depends on the declarations, which the facts do not know.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Facts;
use super::flat::{Spot, places};
use super::operation::{Operation, PageParameter, Param, ParameterPlace, Rate};
use super::schema::{Schema, TextFormat};

/// One difference. `from` is the old specification's value and `to` the new one's; `None` if that one has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The method of the operation.
    pub method: String,
    /// The path of the operation, as the old specification writes it.
    pub path: String,
    /// The kind of thing that differs.
    pub part: Part,
    /// The place in a body, or the parameter's name; empty for parts that an operation has only once.
    pub place: String,
    /// The old value.
    pub from: Option<String>,
    /// The new value.
    pub to: Option<String>,
}

/// Kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A whole operation.
    Operation,
    /// A field of the reply.
    Field,
    /// The type of a place in the reply.
    Type,
    /// The format of a place in the reply.
    Format,
    /// Whether a place of the reply is always there: `required` or `optional`.
    Required,
    /// A value that the specification lists for a place in the reply.
    Value,
    /// How many elements a list of the reply may have.
    Length,
    /// A parameter: `required` or `optional`.
    Parameter,
    /// The type of a parameter.
    ParameterType,
    /// A value that a parameter accepts.
    ParameterValue,
    /// A place in the body of the request: its type, and whether it is required.
    Body,
    /// How many elements a list in the body of the request may have.
    BodyLength,
    /// How a long answer is divided.
    Pagination,
    /// The token bucket.
    RateLimit,
    /// How many seconds an answer lasts.
    Ttl,
    /// What makes the server build its answer anew: `ttl-based`, `event-based`, `not-cached`.
    CacheMode,
    /// After how many seconds the server rebuilds its answer.
    Rebuild,
    /// The scopes that a token needs.
    Scopes,
    /// The corporation roles that a character needs.
    Roles,
    /// The status of success.
    Status,
}

/// All differences of `new` from `old`, by operation.
#[must_use]
pub fn differences(old: &Facts, new: &Facts) -> Vec<Change> {
    let (before, after) = (by_operation(old), by_operation(new));
    let mut all = Vec::new();
    for (key, was) in &before {
        let mut found = Differences { operation: was, all: &mut all };
        match after.get(key) {
            Some(is) => found.compare(is),
            None => found.put(Part::Operation, "", Some(was.tag.clone()), None),
        }
    }
    for (_, is) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        Differences { operation: is, all: &mut all }.put(Part::Operation, "", None, Some(is.tag.clone()));
    }
    all
}

/// Operations by method and path. A renamed path parameter does not make it another operation.
fn by_operation(facts: &Facts) -> BTreeMap<(String, &str), &Operation> {
    let shape = |path: &str| {
        let steps = path.split('/').map(|step| if step.starts_with('{') { "{}" } else { step });
        steps.collect::<Vec<_>>().join("/")
    };
    facts.operations.iter().map(|o| ((shape(&o.path), o.method.as_str()), o)).collect()
}

struct Differences<'a> {
    operation: &'a Operation,
    all: &'a mut Vec<Change>,
}

impl Differences<'_> {
    fn put(&mut self, part: Part, place: &str, from: Option<String>, to: Option<String>) {
        if from != to {
            let Operation { method, path, .. } = self.operation;
            let (method, path, place) = (method.clone(), path.clone(), place.to_owned());
            self.all.push(Change { method, path, part, place, from, to });
        }
    }

    fn compare(&mut self, is: &Operation) {
        let was = self.operation;
        self.reply(was.schema.as_ref(), is.schema.as_ref());
        self.parameters(&was.params, &is.params);
        self.body(was.body.as_ref(), is.body.as_ref());
        self.put(Part::Pagination, "", Some(pages(&was.page)), Some(pages(&is.page)));
        self.put(Part::RateLimit, "", was.rate.as_ref().map(bucket), is.rate.as_ref().map(bucket));
        self.put(Part::Ttl, "", seconds(was.cache.client_ttl), seconds(is.cache.client_ttl));
        self.put(Part::Ttl, "tombstones", seconds(was.tombstone_ttl), seconds(is.tombstone_ttl));
        self.put(Part::CacheMode, "", was.cache.mode.clone(), is.cache.mode.clone());
        self.put(Part::Rebuild, "", rebuild_text(was), rebuild_text(is));
        self.put(Part::Scopes, "", list_text(&was.scopes), list_text(&is.scopes));
        let roles = |o: &Operation| o.roles.as_deref().and_then(list_text);
        self.put(Part::Roles, "", roles(was), roles(is));
        self.put(Part::Status, "", Some(was.status.clone()), Some(is.status.clone()));
    }

    fn reply(&mut self, was: Option<&Schema>, is: Option<&Schema>) {
        let [was, is] = [was, is].map(|schema| schema.map(places).unwrap_or_default());
        let description = |spot: &Spot| Some(description(spot));
        for (place, old) in &was {
            let Some(new) = is.get(place) else {
                if !inside(place, |outer| was.contains_key(outer) && !is.contains_key(outer)) {
                    self.put(Part::Field, place, description(old), None);
                }
                continue;
            };
            self.put(Part::Type, place, Some(old.kind.clone()), Some(new.kind.clone()));
            if old.kind == new.kind {
                self.put(Part::Format, place, old.fmt.map(format_name), new.fmt.map(format_name));
            }
            self.put(Part::Required, place, Some(presence(old.optional)), Some(presence(new.optional)));
            self.values(Part::Value, place, &old.values, &new.values);
            let length = |spot: &Spot| spot.max_items.map(|n| n.to_string());
            self.put(Part::Length, place, length(old), length(new));
        }
        for (place, new) in is.iter().filter(|(place, _)| !was.contains_key(*place)) {
            if !inside(place, |outer| is.contains_key(outer) && !was.contains_key(outer)) {
                self.put(Part::Field, place, None, description(new));
            }
        }
    }

    fn values(&mut self, part: Part, place: &str, was: &[Value], is: &[Value]) {
        for gone in was.iter().filter(|value| !is.contains(value)) {
            self.put(part, place, Some(plain(gone)), None);
        }
        for new in is.iter().filter(|value| !was.contains(value)) {
            self.put(part, place, None, Some(plain(new)));
        }
    }

    fn parameters(&mut self, was: &[Param], is: &[Param]) {
        // Path parameters are matched by their place in the path, not by their names.
        let of_path = |params: &'_ [Param]| params.iter().position(|p| p.place == ParameterPlace::Path);
        let find = |params: &[Param], name: &str| {
            params.iter().position(|p| p.place != ParameterPlace::Path && p.name == name)
        };
        if let (Some(old), Some(new)) = (of_path(was), of_path(is)) {
            self.parameter_type(&was[old], &is[new]);
        }
        for old in was.iter().filter(|p| p.place != ParameterPlace::Path) {
            let Some(new) = find(is, &old.name).map(|at| &is[at]) else {
                self.put(Part::Parameter, &old.name, Some(presence(!old.req)), None);
                continue;
            };
            self.put(Part::Parameter, &old.name, Some(presence(!old.req)), Some(presence(!new.req)));
            self.parameter_type(old, new);
            self.values(Part::ParameterValue, &old.name, &old.values, &new.values);
        }
        for new in is.iter().filter(|p| p.place != ParameterPlace::Path && find(was, &p.name).is_none()) {
            self.put(Part::Parameter, &new.name, None, Some(presence(!new.req)));
        }
    }

    fn parameter_type(&mut self, was: &Param, is: &Param) {
        let kind = |p: &Param| {
            let t = format!("{:?}", p.t).to_lowercase();
            Some(p.fmt.map_or_else(|| t.clone(), |fmt| format!("{t} {}", format_name(fmt))))
        };
        self.put(Part::ParameterType, &was.name, kind(was), kind(is));
    }

    fn body(&mut self, was: Option<&Schema>, is: Option<&Schema>) {
        let [was, is] = [was, is].map(|schema| schema.map(places).unwrap_or_default());
        let all: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for place in all {
            let description = |spot: Option<&Spot>| spot.map(description);
            self.put(Part::Body, place, description(was.get(place)), description(is.get(place)));
            let length = |spot: Option<&Spot>| spot.and_then(|s| s.max_items).map(|n| n.to_string());
            self.put(Part::BodyLength, place, length(was.get(place)), length(is.get(place)));
        }
    }
}

/// Whether a place around this one is already reported as different.
fn inside(place: &str, differs: impl Fn(&str) -> bool) -> bool {
    place.match_indices('.').any(|(end, _)| differs(&place[..end]))
}

fn description(spot: &Spot) -> String {
    let fmt = spot.fmt.map(|fmt| format!(" {}", format_name(fmt))).unwrap_or_default();
    format!("{}{fmt}, {}", spot.kind, presence(spot.optional))
}

fn presence(optional: bool) -> String {
    if optional { "optional" } else { "required" }.to_owned()
}

fn format_name(format: TextFormat) -> String {
    match format {
        TextFormat::Int32 => "int32",
        TextFormat::Int64 => "int64",
        TextFormat::Double => "double",
        TextFormat::DateTime => "date-time",
        TextFormat::Date => "date",
        TextFormat::Uuid => "uuid",
    }
    .to_owned()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn list_text(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

fn seconds(ttl: Option<u64>) -> Option<String> {
    ttl.map(|ttl| ttl.to_string())
}

fn bucket(rate: &Rate) -> String {
    format!("{} {}/{}", rate.group, rate.tokens, rate.window)
}

fn rebuild_text(operation: &Operation) -> Option<String> {
    operation.cache.server_ttl.map(|ttl| format!("{ttl} s"))
}

fn pages(page: &PageParameter) -> String {
    match page {
        PageParameter::None => "none".to_owned(),
        PageParameter::XPages => "page".to_owned(),
        PageParameter::FromId { param } => param.clone(),
        PageParameter::Cursor { array } => format!("cursor over {}", array.join(" ")),
    }
}
