//! A second decoder: slow, obvious, and written from the declarations alone.
//!
//! It walks a `serde_json::Value` where the real decoder walks bytes. So a value that the real decoder drops, doubles or
//! puts into the wrong row shows as a difference. Both outputs are rendered as text, cell by cell.

use chrono::{DateTime, NaiveDate};
use esi_syncd::datasets;
use esi_syncd::declare::{Body, Dataset, Source, Table, Type};
use esi_syncd::rows::{Batch, Cell, parse_date, parse_time};
use serde_json::Value;

use super::canonical;

/// CCP's own example replies by operation, for the routes of datasets and of id lists.
fn examples() -> serde_json::Map<String, Value> {
    let text = include_str!("../../fixtures/examples.json");
    serde_json::from_str(text).expect("the examples are a JSON object")
}

/// The datasets that have an example by CCP, each with the example.
pub fn example_sets() -> Vec<(&'static Dataset, Value)> {
    let mut examples = examples();
    datasets::all().filter_map(|d| Some((d, examples.remove(&d.operation())?))).collect()
}

/// CCP's examples of id lists.
pub fn example_lists() -> Vec<Value> {
    let mut examples = examples();
    datasets::all().filter_map(|d| examples.remove(&format!("GET {}", d.id_list()?.path))).collect()
}

/// CCP's example of a dataset's reply.
pub fn example(dataset: &Dataset) -> Option<Value> {
    examples().get(&dataset.operation()).cloned()
}

/// Whether the column's value comes from the reply; if not, it is the same for the whole set.
pub fn from_reply(source: Source) -> bool {
    !matches!(source, Source::Param | Source::Observed | Source::FirstSeen | Source::LastSeen)
}

/// The rows that the reply makes in this table, according to the declaration.
pub fn expected(dataset: &Dataset, table: &Table, reply: &Value) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    if table.log {
        return rows;
    }
    let steps: Vec<&str> = table.at.split('.').filter(|s| !s.is_empty()).collect();
    let list = |value: &'_ Value| value.as_array().expect("a list").clone();
    let records = match dataset.body {
        Body::Object => vec![reply.clone()],
        Body::List => list(reply),
        Body::Envelope(field) => list(&reply[field]),
        Body::Lists(field) => reply[field].as_object().expect("a map").values().flat_map(list).collect(),
    };
    for record in &records {
        descend(
            table,
            &steps,
            &mut Place { around: vec![record], ordinals: vec![0], keys: Vec::new() },
            &mut rows,
        );
    }
    rows
}

/// The place of a row: the records around it, their positions in their lists, and the names that stars stand for.
struct Place<'a> {
    around: Vec<&'a Value>,
    ordinals: Vec<usize>,
    keys: Vec<String>,
}

fn descend(table: &Table, steps: &[&str], place: &mut Place<'_>, rows: &mut Vec<Vec<String>>) {
    let here = place.around[place.around.len() - 1];
    let Some((step, rest)) = steps.split_first() else {
        rows.push(row(table, place));
        return;
    };
    let mut found: Vec<(&Value, Vec<String>)> = vec![(here, Vec::new())];
    for name in step.split('/') {
        found = found
            .into_iter()
            .flat_map(|(value, keys)| match (name, value.as_object()) {
                ("*", Some(object)) => object
                    .iter()
                    .map(|(key, value)| (value, keys.iter().chain([key]).cloned().collect()))
                    .collect::<Vec<_>>(),
                _ => vec![(&value[name], keys)],
            })
            .collect();
    }
    for (list, keys) in found {
        let known = place.keys.len();
        place.keys.extend(keys);
        for (ordinal, element) in list.as_array().into_iter().flatten().enumerate() {
            place.around.push(element);
            place.ordinals.push(ordinal);
            descend(table, rest, place, rows);
            place.around.pop();
            place.ordinals.pop();
        }
        place.keys.truncate(known);
    }
}

fn row(table: &Table, Place { around, ordinals, keys }: &Place<'_>) -> Vec<String> {
    let field = |from: &Value, path: &str| path.split('.').fold(from.clone(), |v, step| v[step].clone());
    let here = around[around.len() - 1];
    let columns = table.columns.iter().filter(|c| from_reply(c.source));
    columns
        .map(|column| {
            let value = match column.source {
                Source::Field(path) => field(here, path),
                Source::Above(levels, path) => field(around[around.len() - 1 - levels], path),
                Source::Ordinal(levels) => ordinals[ordinals.len() - 1 - levels].into(),
                Source::Key(star) => keys[star].clone().into(),
                Source::Element => here.clone(),
                Source::Tag(path) => match field(here, path) {
                    Value::Object(shape) => shape.keys().cloned().collect::<Vec<_>>().join("+").into(),
                    _ => Value::Null,
                },
                Source::Param | Source::Observed | Source::FirstSeen | Source::LastSeen => {
                    unreachable!("filtered")
                }
            };
            shown(column.ty, &value)
        })
        .collect()
}

fn shown(ty: Type, value: &Value) -> String {
    let text = || value.as_str().expect("a text");
    match ty {
        _ if value.is_null() => "NULL".to_owned(),
        Type::Int => value.as_i64().expect("an integer").to_string(),
        Type::Real => format!("{:?}", value.as_f64().expect("a number") + 0.0),
        Type::Bool => value.as_bool().expect("a boolean").to_string(),
        Type::Text => format!("{:?}", text()),
        Type::Time => cell(&Cell::Time(parse_time(text()).expect("a time"))),
        Type::Date => cell(&Cell::Date(parse_date(text()).expect("a date"))),
        Type::Json => canonical(value),
    }
}

/// The rows that the decoder made.
pub fn decoded(batch: &Batch) -> Vec<Vec<String>> {
    let columns: Vec<_> =
        batch.table.columns.iter().zip(&batch.columns).filter(|(c, _)| from_reply(c.source)).collect();
    for (column, data) in &columns {
        assert_eq!(data.len(), batch.rows(), "{}.{} has a value in every row", batch.table.name, column.name);
    }
    (0..batch.rows()).map(|row| columns.iter().map(|(_, data)| cell(&data.get(row))).collect()).collect()
}

/// One decoded value as text.
pub fn cell(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Int(v) => v.to_string(),
        Cell::Time(v) => DateTime::from_timestamp_secs(*v).expect("a storable time").to_rfc3339(),
        Cell::Real(v) => format!("{v:?}"),
        Cell::Bool(v) => v.to_string(),
        Cell::Text(v) => format!("{v:?}"),
        Cell::Date(v) => NaiveDate::from_epoch_days(*v).expect("a storable day").to_string(),
        Cell::Json(v) => canonical(&serde_json::from_str(v).unwrap_or_else(|e| panic!("{v}: {e}"))),
        Cell::Bad(why) => panic!("a bad value got into a batch: {why}"),
    }
}
