//! The settings as written: a tree in which every key and value knows its place.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Problem};
use super::find::{ConfigSource, FILE_VARIABLE};
use super::service_links::is_service_link;

/// What the name of an environment variable that overrides a key begins with.
pub(super) const PREFIX: &str = "ESI_SYNCD_";

/// What separates the levels of a key in the name of a variable; single underscores belong to the keys.
pub(super) const LEVEL: &str = "__";

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConfigPlace {
    /// Bytes of the file's text.
    File(Range<usize>),
    /// An environment variable, with its whole value.
    Variable { name: String, text: String },
}

/// The entries of a section.
pub(super) type Table = BTreeMap<String, Entry>;

/// A key and what was assigned to it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key_place: ConfigPlace,
    pub(super) node: Node,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: ConfigPlace,
}

/// A TOML value, as far as settings need it.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Array(Vec<Node>),
    Table(Table),
    /// Something no setting wants; says what.
    Other(&'static str),
}

impl Node {
    /// The value as text: a TOML string, or whatever a variable holds.
    ///
    /// A variable has no quotes to say that `1234` is meant as text, so there the setting's own type decides.
    pub(super) fn text(&self) -> Option<&str> {
        match (&self.value, &self.place) {
            (Value::Text(text), _) | (_, ConfigPlace::Variable { text, .. }) => Some(text),
            (_, ConfigPlace::File(_)) => None,
        }
    }

    /// What kind of value this is, with its article.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Bool(_) => "a boolean",
            Value::Array(_) => "a list",
            Value::Table(_) => "a section",
            Value::Other(kind) => kind,
        }
    }
}

/// Parses the file.
///
/// Only the first syntax error is reported: what follows one is usually its echo.
pub(super) fn parse(source: &ConfigSource) -> Result<Table, ConfigError> {
    let table = DeTable::parse(&source.text).map_err(|error| {
        let place = ConfigPlace::File(error.span().unwrap_or(0..0));
        ConfigError::Invalid { problems: vec![Problem::new(source, &place, error.message(), None)], more: 0 }
    })?;
    Ok(table_of(table.into_inner(), &ConfigPlace::File))
}

/// Puts what the `ESI_SYNCD_*` variables say in the place of what the file says. Returns the names of those that are not
/// meant for us.
pub(super) fn apply_overrides(tree: &mut Table, env: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut ignored = Vec::new();
    let ours = env.filter(|(name, _)| name.starts_with(PREFIX) && name != FILE_VARIABLE);
    for (name, text) in ours.collect::<BTreeMap<_, _>>() {
        let path = name[PREFIX.len()..].to_ascii_lowercase();
        if is_service_link(&path, &text) {
            ignored.push(name);
            continue;
        }
        let value = match DeValue::parse(&text).map(Spanned::into_inner) {
            // A section is overridden key by key, so that each message names one key.
            Err(_) | Ok(DeValue::Table(_)) => Value::Text(text.clone()),
            Ok(value) => {
                value_of(value, &|_| ConfigPlace::Variable { name: name.clone(), text: text.clone() })
            }
        };
        let place = ConfigPlace::Variable { name, text };
        put(tree, &path, Node { value, place });
    }
    ignored
}

fn put(table: &mut Table, path: &str, node: Node) {
    let key_place = node.place.clone();
    let Some((section, rest)) = path.split_once(LEVEL) else {
        table.insert(path.to_owned(), Entry { key_place, node });
        return;
    };
    let entry = table.entry(section.to_owned()).or_insert_with(|| Entry {
        node: Node { value: Value::Table(Table::new()), place: key_place.clone() },
        key_place,
    });
    // Where a plain value stands in a section's place, that mistake is reported instead.
    if let Value::Table(inner) = &mut entry.node.value {
        put(inner, rest, node);
    }
}

fn table_of(table: DeTable<'_>, place: &dyn Fn(Range<usize>) -> ConfigPlace) -> Table {
    let entry = |(key, value): (Spanned<_>, Spanned<_>)| {
        let key_place = place(key.span());
        let key: std::borrow::Cow<'_, str> = key.into_inner();
        (key.into_owned(), Entry { key_place, node: node_of(value, place) })
    };
    table.into_iter().map(entry).collect()
}

fn node_of(value: Spanned<DeValue<'_>>, place: &dyn Fn(Range<usize>) -> ConfigPlace) -> Node {
    let span = value.span();
    Node { value: value_of(value.into_inner(), place), place: place(span) }
}

fn value_of(value: DeValue<'_>, place: &dyn Fn(Range<usize>) -> ConfigPlace) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
            .map_or(Value::Other("an integer beyond 64 bits"), Value::Integer),
        DeValue::Float(digits) => {
            digits.as_str().parse().map_or(Value::Other("a number out of range"), Value::Float)
        }
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => Value::Array(items.into_iter().map(|item| node_of(item, place)).collect()),
        DeValue::Table(table) => Value::Table(table_of(table, place)),
    }
}
