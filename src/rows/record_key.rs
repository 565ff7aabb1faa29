//! A record's key, read from the record's own JSON.
//!
//! A record that cannot be stored makes no row, and yet its stored row must not be taken for gone. So its key
//! is looked up in its text, apart from the walk. That is rare, and works also where the walk broke off
//! halfway.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed as _, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::declare::{Source, Table, Type};

use super::Cell;
use super::cell::CellSeed;

/// The parts of a dataset's records that make their key.
#[derive(Clone, Debug)]
pub struct RecordKey(Vec<(Place, Type)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The record is a bare value.
    Whole,
    /// A field; dots step into objects.
    Field(&'static str),
}

impl RecordKey {
    /// The key of a dataset's records: those columns of the main table's key that each record has once.
    /// `None` if no column qualifies, so that records cannot be told apart.
    #[must_use]
    pub fn of(tables: &[Table]) -> Option<Self> {
        let main = tables.first()?;
        let key = main.columns.iter().filter(|column| main.is_key(column));
        let places: Vec<_> = key.filter_map(|c| Some((place(main, c.source)?, c.ty))).collect();
        (!places.is_empty()).then_some(Self(places))
    }

    /// The key of a record; `None` if it cannot be read.
    #[must_use]
    pub fn read(&self, record: &RawValue) -> Option<Vec<Cell<'static>>> {
        self.0.iter().map(|&(place, ty)| cell(record, place, ty)).collect()
    }

    /// The columns of a table that hold the key of the record; `None` if the table lacks one.
    #[must_use]
    pub fn columns(&self, table: &Table) -> Option<Vec<&'static str>> {
        let of = |wanted: Place| table.columns.iter().find(|c| place(table, c.source) == Some(wanted));
        self.0.iter().map(|&(place, _)| of(place).map(|column| column.name)).collect()
    }
}

/// The place of a column's value in a record; `None` if the value is in a list inside the record.
fn place(table: &Table, source: Source) -> Option<Place> {
    let depth = table.at.split('.').filter(|step| !step.is_empty()).count();
    match source {
        Source::Field(path) if depth == 0 => Some(Place::Field(path)),
        Source::Above(levels, path) if levels == depth => Some(Place::Field(path)),
        Source::Element if depth == 0 => Some(Place::Whole),
        _ => None,
    }
}

fn cell(record: &RawValue, place: Place, ty: Type) -> Option<Cell<'static>> {
    let found = match place {
        Place::Whole => record,
        Place::Field(path) => path.split('.').try_fold(record, field)?,
    };
    match CellSeed(ty).deserialize(found).ok()? {
        Cell::Null | Cell::Bad(_) => None,
        cell => Some(cell.into_owned()),
    }
}

/// The first field of this name, which is also the one that the walk takes.
fn field<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let Fields(fields) = serde_json::from_str(object.get()).ok()?;
    fields.into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(fields)
            }
        }
        json.deserialize_map(All).map(Self)
    }
}
