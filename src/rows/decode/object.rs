//! The fields of one object, and of the objects inside it that belong to the same row.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::plan::{ANY, Field, Slot};
use super::walk::{Nested, Walk, scalars_are_wrong};
use crate::rows::Cell;
use crate::rows::cell::CellSeed;

/// The state of the current object.
pub(in crate::rows) struct Open<'de> {
    pub(in crate::rows) captures: Vec<Cell<'de>>,
    pub(in crate::rows) filled: u128,
    /// The fields that were read, by their bits.
    pub(in crate::rows) read: u128,
    /// Those of them that were lists, and not null.
    pub(in crate::rows) lists: u128,
}

impl Open<'_> {
    /// Stores a value in its slots. If two values claim one slot, the first counts.
    fn store(&mut self, slots: &[Slot], cell: &Cell<'_>, walk: &mut Walk) {
        for &slot in slots {
            if self.filled & (1 << slot.bit) == 0 {
                walk.store(slot, cell);
                self.filled |= 1 << slot.bit;
            }
        }
    }
}

/// Reads an object that takes one of several shapes, told by the name of its one field. Stores the name, the
/// whole object, and the fields of the declared shapes. An undeclared shape is stored by name and as a whole.
fn shapes<'de>(
    field: &Field,
    raw: &'de RawValue,
    record: &mut Open<'de>,
    walk: &mut Walk,
) -> Result<(), serde_json::Error> {
    let text = raw.get();
    if text == "null" {
        return Ok(());
    }
    let Ok(names) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) else {
        walk.reject(|| format!("{}: expected an object", field.name));
        return Ok(());
    };
    let is_read = names.keys().any(|name| field.object.iter().any(|inner| inner.name == name));
    let name = names.into_keys().collect::<Vec<_>>().join("+");
    record.store(&field.tags, &Cell::Text(name.into()), walk);
    if let Some(ty) = field.ty {
        let whole = CellSeed(ty).deserialize(raw)?;
        record.store(&field.slots, &whole, walk);
    }
    if !is_read {
        // No column wants more of this shape than its name.
        return Ok(());
    }
    let mut inner = serde_json::Deserializer::from_str(text);
    Inner { plan: &field.object, record, walk, name: field.name }.deserialize(&mut inner)
}

pub(in crate::rows) fn fields<'de, A: MapAccess<'de>>(
    plan: &[Field],
    record: &mut Open<'de>,
    walk: &mut Walk,
    mut map: A,
) -> Result<(), A::Error> {
    let mut hint = 0;
    while let Some(found) = map.next_key_seed(FieldName { plan, hint, walk })? {
        let Some((at, name)) = found else {
            map.next_value::<IgnoredAny>()?;
            continue;
        };
        hint = at + 1;
        let field = &plan[at];
        let bit = 1_u128 << field.bit;
        if name.is_none() && record.read & bit != 0 {
            // JSON does not define which of two equally named fields counts. We take the first, whatever it
            // holds.
            walk.twice(field.name);
            map.next_value::<IgnoredAny>()?;
            continue;
        }
        record.read |= bit;
        if let Some(level) = &field.list {
            if map.next_value_seed(Nested { level, walk, name: field.name })? {
                record.lists |= bit;
            }
        } else if !field.tags.is_empty() {
            let raw = map.next_value::<&RawValue>()?;
            shapes(field, raw, record, walk).map_err(serde::de::Error::custom)?;
        } else if !field.object.is_empty() {
            map.next_value_seed(Inner { plan: &field.object, record, walk, name: field.name })?;
        } else if let Some(ty) = field.ty {
            let cell = map.next_value_seed(CellSeed(ty))?;
            record.store(&field.slots, &cell, walk);
            if let Some(capture) = field.capture {
                record.captures[capture] = cell;
            }
        }
        if let Some(name) = name {
            let name = Cell::Text(name.into());
            field.keyed.iter().for_each(|&(table, column)| walk.out[table].fill(column, &name));
        }
    }
    Ok(())
}

/// Finds a field by name. First guesses that fields come in the same order as last time.
struct FieldName<'a> {
    plan: &'a [Field],
    hint: usize,
    walk: &'a mut Walk,
}

/// The position of a field in the plan, and its name if the plan takes any name.
type Found = Option<(usize, Option<String>)>;

impl<'de> DeserializeSeed<'de> for FieldName<'_> {
    type Value = Found;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Found, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldName<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Found, E> {
        if self.plan.get(self.hint).is_some_and(|f| f.name == name) {
            return Ok(Some((self.hint, None)));
        }
        if let Some(at) = self.plan.iter().position(|f| f.name == name) {
            return Ok(Some((at, None)));
        }
        let any = self.plan.iter().position(|f| f.name == ANY).map(|at| (at, Some(name.to_owned())));
        if any.is_none() {
            self.walk.unknown(name);
        }
        Ok(any)
    }
}

/// A nested object whose fields belong to the row around it.
struct Inner<'a, 'de> {
    plan: &'a [Field],
    record: &'a mut Open<'de>,
    walk: &'a mut Walk,
    name: &'static str,
}

impl Inner<'_, '_> {
    #[expect(clippy::unnecessary_wraps, reason = "the shape of a visitor method")]
    fn wrong<E>(self, expected: &str, found: &str) -> Result<(), E> {
        let name = self.name;
        self.walk.reject(|| format!("{name}: expected {expected}, found {found}"));
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Inner<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inner<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the object {}", self.name)
    }

    scalars_are_wrong!("an object");

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong("an object", "a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        fields(self.plan, self.record, self.walk, map)
    }
}
