//! The walk over a page: one pass, no tree.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::dataset::{Body, Column, Dataset, Source, Table, Type};

use super::cell::CellSeed;
use super::plan::{Field, Level, Slot};
use super::{Batch, Cell};

/// How many unknown field names a page remembers; more are counted together as [`OTHER_NAMES`].
const UNKNOWN_NAMES: usize = 16;
const OTHER_NAMES: &str = "(others)";

/// Turns the pages of one dataset into rows.
#[derive(Debug)]
pub struct Decoder {
    tables: &'static [Table],
    body: Body,
    root: Level,
}

/// A record that could not be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// What was wrong with it.
    pub reason: String,
    /// The record as it came.
    pub json: String,
}

/// What a reply had that the declaration does not know, or the other way round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// Unknown fields by name, with the number of records that had them.
    pub unknown: BTreeMap<String, u64>,
    /// Required fields that were missing or null, as `table.column`, with the number of records.
    pub missing: BTreeMap<String, u64>,
}

impl Drift {
    /// Adds the counts of another page.
    pub fn add(&mut self, other: Self) {
        for (name, n) in other.unknown {
            *self.unknown.entry(name).or_default() += n;
        }
        for (name, n) in other.missing {
            *self.missing.entry(name).or_default() += n;
        }
    }

    /// The number of oddities.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.unknown.values().chain(self.missing.values()).sum()
    }
}

/// What one page held.
#[derive(Clone, Debug)]
pub struct Page {
    /// The rows, a batch per table.
    pub batches: Vec<Batch>,
    /// Records that were set aside.
    pub rejects: Vec<Reject>,
    /// The number of records, rejected ones included.
    pub records: usize,
    /// Differences between reply and declaration.
    pub drift: Drift,
}

impl Decoder {
    /// Prepares the walk for a dataset.
    #[must_use]
    pub fn new(dataset: &Dataset) -> Self {
        Self { tables: dataset.tables, body: dataset.body, root: Level::compile(dataset.tables) }
    }

    /// Reads one page.
    ///
    /// # Errors
    /// If the bytes are not JSON, or the outermost value is not of the declared shape. A bad record is no error.
    pub fn page(&self, bytes: &[u8]) -> Result<Page, serde_json::Error> {
        let mut walk = Walk {
            out: self.tables.iter().map(Batch::new).collect(),
            bad: None,
            drift: Drift::default(),
            rejected: Vec::new(),
            records: 0,
        };
        let mut json = serde_json::Deserializer::from_slice(bytes);
        match self.body {
            Body::List => Records { level: &self.root, walk: &mut walk }.deserialize(&mut json)?,
            Body::Object if bytes.trim_ascii_start().first() == Some(&b'{') => {
                walk.record(&self.root, &mut json)?;
            }
            Body::Object => return Err(serde::de::Error::custom("expected an object")),
            Body::Envelope(field) => {
                Envelope { field, level: &self.root, walk: &mut walk }.deserialize(&mut json)?;
            }
        }
        json.end()?;
        let rejects = self.rejects(bytes, &walk.rejected)?;
        Ok(Page { batches: walk.out, rejects, records: walk.records, drift: walk.drift })
    }

    /// Rejects are rare, so their text is looked up in a second pass instead of being kept for every record.
    fn rejects(&self, bytes: &[u8], rejected: &[(usize, String)]) -> Result<Vec<Reject>, serde_json::Error> {
        if rejected.is_empty() {
            return Ok(Vec::new());
        }
        let records: Vec<&RawValue> = match self.body {
            Body::List => serde_json::from_slice(bytes)?,
            Body::Object => vec![serde_json::from_slice(bytes)?],
            Body::Envelope(field) => {
                let mut envelope: BTreeMap<&str, &RawValue> = serde_json::from_slice(bytes)?;
                envelope.remove(field).map_or(Ok(Vec::new()), |list| serde_json::from_str(list.get()))?
            }
        };
        let reject = |(at, reason): &(usize, String)| Reject {
            reason: reason.clone(),
            json: records[*at].get().to_owned(),
        };
        Ok(rejected.iter().map(reject).collect())
    }
}

/// The pages of one set, until it is complete.
#[derive(Debug, Default)]
pub struct Rows {
    pages: BTreeMap<u32, Page>,
}

impl Rows {
    /// Adds a page, or replaces it by a newer one.
    pub fn put(&mut self, number: u32, page: Page) {
        self.pages.insert(number, page);
    }

    /// Forgets a page that belongs to an older version of the set.
    pub fn forget(&mut self, number: u32) {
        self.pages.remove(&number);
    }

    /// Puts the pages together, in page order, and fills the columns that are the same in every row.
    ///
    /// `params` are the target's parameters by name, `observed` the time (seconds since 1970) the set was built.
    #[must_use]
    pub fn finish(self, tables: &'static [Table], params: &[(&str, &str)], observed: i64) -> Page {
        let mut whole = Page {
            batches: tables.iter().map(Batch::new).collect(),
            rejects: Vec::new(),
            records: 0,
            drift: Drift::default(),
        };
        for (_, page) in self.pages {
            for (all, batch) in whole.batches.iter_mut().zip(&page.batches) {
                all.append(batch);
            }
            whole.rejects.extend(page.rejects);
            whole.records += page.records;
            whole.drift.add(page.drift);
        }
        for batch in &mut whole.batches {
            for (c, column) in batch.table.columns.iter().enumerate() {
                match column.source {
                    Source::Param => batch.fill(c, &param(column, params)),
                    Source::Observed | Source::FirstSeen => batch.fill(c, &Cell::Time(observed)),
                    Source::LastSeen => batch.fill(c, &Cell::Null),
                    _ => {}
                }
            }
        }
        whole
    }
}

struct Walk {
    out: Vec<Batch>,
    /// Why the record at hand must be rejected.
    bad: Option<String>,
    drift: Drift,
    rejected: Vec<(usize, String)>,
    records: usize,
}

impl Walk {
    /// Reads one whole record with all that nests in it; keeps it or takes it back.
    fn record<'de, D: Deserializer<'de>>(&mut self, level: &Level, json: D) -> Result<(), D::Error> {
        let marks: Vec<usize> = self.out.iter().map(Batch::rows).collect();
        Element { level, walk: self, ordinal: 0 }.deserialize(json)?;
        if let Some(reason) = self.bad.take() {
            self.rejected.push((self.records, reason));
            for (batch, rows) in self.out.iter_mut().zip(marks) {
                batch.truncate(rows);
            }
        }
        self.records += 1;
        Ok(())
    }

    fn reject(&mut self, reason: impl FnOnce() -> String) {
        if self.bad.is_none() {
            self.bad = Some(reason());
        }
    }

    fn name_of(&self, slot: Slot) -> String {
        let table = self.out[slot.table].table;
        format!("{}.{}", table.name, table.columns[slot.column].name)
    }

    fn store(&mut self, slot: Slot, cell: &Cell<'_>) {
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

    fn unknown(&mut self, name: &str) {
        if let Some(n) = self.drift.unknown.get_mut(name) {
            *n += 1;
        } else {
            let name = if self.drift.unknown.len() < UNKNOWN_NAMES { name } else { OTHER_NAMES };
            *self.drift.unknown.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Closes the level's rows: what the record did not have is NULL.
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
struct Envelope<'a> {
    field: &'static str,
    level: &'a Level,
    walk: &'a mut Walk,
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
                map.next_value_seed(Records { level: self.level, walk: self.walk })?;
            } else {
                self.walk.unknown(&name);
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(serde::de::Error::missing_field(self.field)) }
    }
}

/// A list of records: the reply's own.
struct Records<'a> {
    level: &'a Level,
    walk: &'a mut Walk,
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
struct Nested<'a> {
    level: &'a Level,
    walk: &'a mut Walk,
    name: &'static str,
}

impl<'de> DeserializeSeed<'de> for Nested<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

/// Visitor methods for scalars that make no sense where a list or an object belongs.
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

impl Nested<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "the shape of a visitor method")]
    fn wrong<E>(self, expected: &str, found: &str) -> Result<(), E> {
        let name = self.name;
        self.walk.reject(|| format!("{name}: expected {expected}, found {found}"));
        Ok(())
    }
}

impl<'de> Visitor<'de> for Nested<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the list {}", self.name)
    }

    scalars_are_wrong!("a list");

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.wrong("a list", "an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut ordinal = 0;
        while seq.next_element_seed(Element { level: self.level, walk: self.walk, ordinal })?.is_some() {
            ordinal += 1;
        }
        Ok(())
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
        let mut record = Open { captures: vec![Cell::Null; level.captures], filled: 0 };
        fields(&level.fields, &mut record, walk, map)?;
        walk.finish(level, record.filled, ordinal);
        for (inherit, before) in level.inherits.iter().zip(before) {
            let value = &record.captures[inherit.capture];
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

/// What is known of the object at hand.
struct Open<'de> {
    captures: Vec<Cell<'de>>,
    filled: u128,
}

impl Open<'_> {
    /// Stores a value in its slots; the second of two fields of one name is ignored.
    fn store(&mut self, slots: &[Slot], cell: &Cell<'_>, walk: &mut Walk) {
        for &slot in slots {
            if self.filled & (1 << slot.bit) == 0 {
                walk.store(slot, cell);
                self.filled |= 1 << slot.bit;
            }
        }
    }
}

/// An object that takes one of several shapes, told by the name of its one field: the name, the whole, and the fields
/// of the shapes we know. A shape that we do not know is stored by name and whole.
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
    let name = names.into_keys().collect::<Vec<_>>().join("+");
    record.store(&field.tags, &Cell::Text(name.into()), walk);
    if let Some(ty) = field.ty {
        let whole = CellSeed(ty).deserialize(raw)?;
        record.store(&field.slots, &whole, walk);
    }
    let mut inner = serde_json::Deserializer::from_str(text);
    Inner { plan: &field.object, record, walk, name: field.name }.deserialize(&mut inner)
}

fn fields<'de, A: MapAccess<'de>>(
    plan: &[Field],
    record: &mut Open<'de>,
    walk: &mut Walk,
    mut map: A,
) -> Result<(), A::Error> {
    let mut hint = 0;
    while let Some(found) = map.next_key_seed(FieldName { plan, hint, walk })? {
        let Some(at) = found else {
            map.next_value::<IgnoredAny>()?;
            continue;
        };
        hint = at + 1;
        let field = &plan[at];
        if let Some(level) = &field.list {
            map.next_value_seed(Nested { level, walk, name: field.name })?;
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
    }
    Ok(())
}

/// Finds a field by name, guessing that fields come in the order they came in last time.
struct FieldName<'a> {
    plan: &'a [Field],
    hint: usize,
    walk: &'a mut Walk,
}

impl<'de> DeserializeSeed<'de> for FieldName<'_> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<usize>, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldName<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        if self.plan.get(self.hint).is_some_and(|f| f.name == name) {
            return Ok(Some(self.hint));
        }
        let found = self.plan.iter().position(|f| f.name == name);
        if found.is_none() {
            self.walk.unknown(name);
        }
        Ok(found)
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

/// Reads a list of ids: an id list route's reply.
///
/// # Errors
/// If the bytes are not a JSON list of integers.
pub fn id_list(bytes: &[u8]) -> Result<Vec<i64>, serde_json::Error> {
    serde_json::from_slice(bytes)
}

/// The value that a column of this type gets from a target's parameter.
fn typed(ty: Type, value: &str) -> Cell<'_> {
    match ty {
        Type::Int => value.parse().map_or(Cell::Null, Cell::Int),
        _ => Cell::Text(value.into()),
    }
}

/// The value of a column that is a parameter of the target.
fn param<'a>(column: &Column, params: &[(&str, &'a str)]) -> Cell<'a> {
    let found = params.iter().find(|(name, _)| *name == column.name);
    found.map_or(Cell::Null, |(_, value)| typed(column.ty, value))
}

/// The value that all rows of a target share in the first column of the main table's key.
#[must_use]
pub fn scope_cell<'a>(tables: &[Table], value: &'a str) -> Cell<'a> {
    let key = tables.first().and_then(|t| t.columns.iter().find(|c| Some(&c.name) == t.key.first()));
    typed(key.map_or(Type::Text, |c| c.ty), value)
}
