//! The walk over a page: one pass, no tree. Lists and their elements are here; `object` has what is inside.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::object::{Open, fields};
use super::plan::{Heirloom, Level, Slot};
use crate::rows::cell::CellSeed;
use crate::rows::{Batch, Cell, Drift};

/// How many unknown field names a page keeps; all further names are counted as [`OTHER_NAMES`].
const UNKNOWN_NAMES: usize = 16;
const OTHER_NAMES: &str = "(others)";

pub(in crate::rows) struct Walk {
    pub(in crate::rows) out: Vec<Batch>,
    /// Why the current record must be rejected.
    pub(in crate::rows) bad: Option<String>,
    pub(in crate::rows) drift: Drift,
    pub(in crate::rows) rejected: Vec<(usize, String)>,
    pub(in crate::rows) records: usize,
}

impl Walk {
    /// Reads one record with everything nested in it, and keeps it or takes it back.
    pub(in crate::rows) fn record<'de, D: Deserializer<'de>>(
        &mut self,
        level: &Level,
        json: D,
    ) -> Result<(), D::Error> {
        let marks = self.marks();
        Element { level, walk: self, ordinal: 0 }.deserialize(json)?;
        if let Some(reason) = self.bad.take() {
            self.set_aside(&marks, reason);
        }
        self.records += 1;
        Ok(())
    }

    /// The same for a record of a page that has something undecodable in it. If it is in this record, the
    /// record is set aside.
    pub(in crate::rows) fn doubtful_record(&mut self, level: &Level, json: &RawValue) {
        let marks = self.marks();
        if let Err(error) = self.record(level, json) {
            self.bad = None;
            self.set_aside(&marks, format!("undecodable: {error}"));
            self.records += 1;
        }
    }

    /// How many rows each table has.
    fn marks(&self) -> Vec<usize> {
        self.out.iter().map(Batch::rows).collect()
    }

    /// Takes the current record back.
    fn set_aside(&mut self, marks: &[usize], reason: String) {
        self.rejected.push((self.records, reason));
        for (batch, &rows) in self.out.iter_mut().zip(marks) {
            batch.truncate(rows);
        }
    }

    pub(in crate::rows) fn reject(&mut self, reason: impl FnOnce() -> String) {
        if self.bad.is_none() {
            self.bad = Some(reason());
        }
    }

    fn name_of(&self, slot: Slot) -> String {
        let table = self.out[slot.table].table;
        format!("{}.{}", table.name, table.columns[slot.column].name)
    }

    pub(in crate::rows) fn store(&mut self, slot: Slot, cell: &Cell<'_>) {
        match cell {
            Cell::Bad(why) => {
                let name = self.name_of(slot);
                self.reject(|| format!("{name}: {why}"));
            }
            Cell::Null => self.missing(slot),
            _ => {}
        }
        self.out[slot.table].columns[slot.column].push(cell);
    }

    fn missing(&mut self, slot: Slot) {
        if slot.key {
            let name = self.name_of(slot);
            self.reject(|| format!("{name}: the key is missing"));
        } else if slot.required {
            *self.drift.missing.entry(self.name_of(slot)).or_default() += 1;
        }
    }

    pub(in crate::rows) fn unknown(&mut self, name: &str) {
        if let Some(n) = self.drift.unknown.get_mut(name) {
            *n += 1;
        } else {
            let name = if self.drift.unknown.len() < UNKNOWN_NAMES { name } else { OTHER_NAMES };
            *self.drift.unknown.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Notes that an object has a field twice.
    pub(in crate::rows) fn twice(&mut self, name: &str) {
        self.unknown(&format!("{name} (twice)"));
    }

    /// Counts the lists that a record must have and lacks.
    fn lists(&mut self, level: &Level, found: u128) {
        for (bit, name) in &level.needed {
            if found & (1 << bit) == 0 {
                *self.drift.missing.entry(name.clone()).or_default() += 1;
            }
        }
    }

    /// Completes the level's rows: fields that the record lacks become NULL.
    fn finish(&mut self, level: &Level, filled: u128, ordinal: i64) {
        for &slot in &level.slots {
            if filled & (1 << slot.bit) == 0 {
                self.missing(slot);
                self.out[slot.table].columns[slot.column].push(&Cell::Null);
            }
        }
        for &slot in &level.ordinal {
            self.out[slot.table].columns[slot.column].push(&Cell::Int(ordinal));
        }
        for &table in &level.tables {
            self.out[table].row_done();
        }
    }
}

/// An object around the list of records.
pub(in crate::rows) struct Envelope<'a> {
    pub(in crate::rows) field: &'static str,
    /// A field beside the list that other code reads.
    pub(in crate::rows) beside: Option<&'static str>,
    /// Whether the field holds a map of such lists.
    pub(in crate::rows) lists: bool,
    pub(in crate::rows) level: &'a Level,
    pub(in crate::rows) walk: &'a mut Walk,
}

impl<'de> DeserializeSeed<'de> for Envelope<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Envelope<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the list {}", self.field)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == self.field && !found {
                found = true;
                if self.lists {
                    map.next_value_seed(Lists { level: self.level, walk: self.walk })?;
                } else {
                    map.next_value_seed(Records { level: self.level, walk: self.walk })?;
                }
            } else {
                if self.beside != Some(&*name) {
                    self.walk.unknown(&name);
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(serde::de::Error::missing_field(self.field)) }
    }
}

/// A map of lists of records; its names are ignored, because the records repeat them.
struct Lists<'a> {
    level: &'a Level,
    walk: &'a mut Walk,
}

impl<'de> DeserializeSeed<'de> for Lists<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Lists<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of lists of records")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Records { level: self.level, walk: self.walk })?;
        }
        Ok(())
    }
}

/// The reply's own list of records.
pub(in crate::rows) struct Records<'a> {
    pub(in crate::rows) level: &'a Level,
    pub(in crate::rows) walk: &'a mut Walk,
}

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Record { level: self.level, walk: self.walk })?.is_some() {}
        Ok(())
    }
}

struct Record<'a> {
    level: &'a Level,
    walk: &'a mut Walk,
}

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        self.walk.record(self.level, json)
    }
}

/// A nested list, whose elements are rows of child tables.
pub(in crate::rows) struct Nested<'a> {
    pub(in crate::rows) level: &'a Level,
    pub(in crate::rows) walk: &'a mut Walk,
    pub(in crate::rows) name: &'static str,
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

/// Visitor methods that reject scalars where a list or an object belongs.
macro_rules! scalars_are_wrong {
    ($expected:literal) => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            self.wrong($expected, "a boolean")
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            self.wrong($expected, "a number")
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            self.wrong($expected, "a number")
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            self.wrong($expected, "a number")
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            self.wrong($expected, "a text")
        }
    };
}

pub(in crate::rows) use scalars_are_wrong;

impl Nested<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "the shape of a visitor method")]
    fn wrong<E>(self, expected: &str, found: &str) -> Result<bool, E> {
        let name = self.name;
        self.walk.reject(|| format!("{name}: expected {expected}, found {found}"));
        Ok(false)
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    /// Whether it was a list.
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the list {}", self.name)
    }

    scalars_are_wrong!("a list");

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong("a list", "an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        let mut ordinal = 0;
        while seq.next_element_seed(Element { level: self.level, walk: self.walk, ordinal })?.is_some() {
            ordinal += 1;
        }
        Ok(true)
    }
}

/// One element of a list, at any depth.
struct Element<'a> {
    level: &'a Level,
    walk: &'a mut Walk,
    ordinal: i64,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        let Some(&(first, ty)) = self.level.element.first() else { return json.deserialize_any(self) };
        let cell = CellSeed(ty).deserialize(json)?;
        let mut filled = 0;
        for &(slot, _) in &self.level.element {
            self.walk.store(slot, &cell);
            filled |= 1 << slot.bit;
        }
        debug_assert_ne!(filled & (1 << first.bit), 0, "the element fills its slot");
        self.walk.finish(self.level, filled, self.ordinal);
        Ok(())
    }
}

impl Element<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "the shape of a visitor method")]
    fn wrong<E>(self, expected: &str, found: &str) -> Result<(), E> {
        self.walk.reject(|| format!("expected {expected}, found {found}"));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    scalars_are_wrong!("an object");

    fn visit_unit<E>(self) -> Result<(), E> {
        self.wrong("an object", "null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong("an object", "a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { level, walk, ordinal } = self;
        let before: Vec<usize> = level.inherits.iter().map(|i| walk.out[i.table].rows()).collect();
        let mut record = Open { captures: vec![Cell::Null; level.captures], filled: 0, read: 0, lists: 0 };
        fields(&level.fields, &mut record, walk, map)?;
        walk.lists(level, record.lists);
        walk.finish(level, record.filled, ordinal);
        for (inherit, before) in level.inherits.iter().zip(before) {
            let value = match inherit.from {
                Heirloom::Capture(capture) => &record.captures[capture],
                Heirloom::Ordinal => &Cell::Int(ordinal),
            };
            let table = walk.out[inherit.table].table;
            let column = &table.columns[inherit.column];
            let inherited = walk.out[inherit.table].rows() > before;
            match value {
                Cell::Bad(why) => walk.reject(|| format!("{}.{}: {why}", table.name, column.name)),
                Cell::Null if table.is_key(column) && inherited => {
                    walk.reject(|| format!("{}.{}: the key is missing", table.name, column.name));
                }
                _ => {}
            }
            walk.out[inherit.table].fill(inherit.column, value);
        }
        Ok(())
    }
}
