//! One value on its way from JSON into a column.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike as _, NaiveDate};
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::declare::Type;

/// A value of the vocabulary's types.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Absent, or an explicit `null`.
    Null,
    /// An integer.
    Int(i64),
    /// A double.
    Real(f64),
    /// A boolean.
    Bool(bool),
    /// Text.
    Text(Cow<'a, str>),
    /// Seconds since 1970, UTC.
    Time(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// A nested value as JSON text.
    Json(Cow<'a, str>),
    /// Why the column cannot hold the value; the record is rejected.
    Bad(String),
}

impl Cell<'_> {
    /// The same value without the borrow.
    #[must_use]
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Cell::Null => Cell::Null,
            Cell::Int(v) => Cell::Int(v),
            Cell::Real(v) => Cell::Real(v),
            Cell::Bool(v) => Cell::Bool(v),
            Cell::Text(v) => Cell::Text(Cow::Owned(v.into_owned())),
            Cell::Time(v) => Cell::Time(v),
            Cell::Date(v) => Cell::Date(v),
            Cell::Json(v) => Cell::Json(Cow::Owned(v.into_owned())),
            Cell::Bad(v) => Cell::Bad(v),
        }
    }
}

/// The years 1 to 9999, in seconds since 1970. Outside them SQLite's texts do not sort, and other programs
/// read year 0 as 1 BC.
const STORABLE_TIMES: RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Why an integer column cannot hold an integer exactly.
const BEYOND: &str = "which 64 bits do not hold";

/// Seconds since 1970 of an ESI `date-time`; fractions are cut off.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() == 20 && bytes[10] == b'T' && bytes[13] == b':' && bytes[16] == b':' && bytes[19] == b'Z' {
        let days = parse_date(&text[..10])?;
        let (h, m, s) = (two(bytes, 11)?, two(bytes, 14)?, two(bytes, 17)?);
        if h < 24 && m < 60 && s < 60 {
            return Some(i64::from(days) * 86_400 + i64::from(h * 3600 + m * 60 + s));
        }
    }
    DateTime::parse_from_rfc3339(text).ok().map(|t| t.timestamp()).filter(|t| STORABLE_TIMES.contains(t))
}

/// Days since 1970-01-01 of an ESI `date`.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    let b = text.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let year = Some(two(b, 0)? * 100 + two(b, 2)?).filter(|year| *year > 0)?;
    let day = NaiveDate::from_ymd_opt(year, two(b, 5)?.try_into().ok()?, two(b, 8)?.try_into().ok()?)?;
    Some(day.num_days_from_ce() - 719_163)
}

fn two(bytes: &[u8], at: usize) -> Option<i32> {
    let digit = |b: u8| b.is_ascii_digit().then(|| i32::from(b - b'0'));
    Some(digit(bytes[at])? * 10 + digit(bytes[at + 1])?)
}

/// `PostgreSQL` cannot store U+0000 in text. Both databases get U+FFFD instead, so that they stay equal.
fn storable(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { text }
}

/// Reads one value as the given type. A value of another type becomes [`Cell::Bad`] and not an error, so the
/// walk goes on.
#[derive(Clone, Copy)]
pub(super) struct CellSeed(pub Type);

impl<'de> DeserializeSeed<'de> for CellSeed {
    type Value = Cell<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cell<'de>, D::Error> {
        if self.0 == Type::Json {
            return <&RawValue>::deserialize(deserializer).map(|raw| json_cell(raw.get()));
        }
        deserializer.deserialize_any(self)
    }
}

/// Keeps a nested value, but not its spelling, so that other white space or another order of fields is no
/// change on SQLite either. It also finds what JSONB would later refuse together with the whole set: U+0000,
/// unpaired surrogates, oversized numbers, too deep nesting.
fn json_cell(raw: &str) -> Cell<'_> {
    match serde_json::from_str(raw) {
        Ok(Value::Null) => Cell::Null,
        Ok(value) => Cell::Json(Cow::Owned(storable_json(value).to_string())),
        Err(error) => Cell::Bad(format!("unreadable nested value: {error}")),
    }
}

fn storable_json(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(storable(text.into()).into_owned()),
        Value::Array(all) => all.into_iter().map(storable_json).collect(),
        Value::Object(all) => all
            .into_iter()
            .map(|(name, value)| (storable(name.into()).into_owned(), storable_json(value)))
            .collect(),
        other => other,
    }
}

impl CellSeed {
    fn bad<'a>(self, found: impl fmt::Display) -> Cell<'a> {
        Cell::Bad(format!("expected {:?}, found {found}", self.0))
    }
}

impl<'de> Visitor<'de> for CellSeed {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of type {:?}", self.0)
    }

    fn visit_unit<E>(self) -> Result<Cell<'de>, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Cell<'de>, E> {
        Ok(if self.0 == Type::Bool { Cell::Bool(v) } else { self.bad(v) })
    }

    #[expect(clippy::cast_precision_loss, reason = "a double column holds what a double can hold")]
    fn visit_i64<E>(self, v: i64) -> Result<Cell<'de>, E> {
        Ok(match self.0 {
            Type::Int => Cell::Int(v),
            Type::Real => Cell::Real(v as f64),
            _ => self.bad(v),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a double column holds what a double can hold")]
    fn visit_u64<E>(self, v: u64) -> Result<Cell<'de>, E> {
        Ok(match (self.0, i64::try_from(v)) {
            (Type::Int, Ok(v)) => Cell::Int(v),
            (Type::Real, _) => Cell::Real(v as f64),
            (Type::Int, Err(_)) => self.bad(format_args!("{v}, {BEYOND}")),
            _ => self.bad(v),
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "checked: the number is whole and in range")]
    fn visit_f64<E>(self, v: f64) -> Result<Cell<'de>, E> {
        Ok(match self.0 {
            // SQLite drops the sign of zero, and neither database sees a change of it.
            Type::Real => Cell::Real(v + 0.0),
            Type::Int if v.fract() == 0.0 && v.abs() < 9.0e15 => Cell::Int(v as i64),
            Type::Int if v.fract() == 0.0 => self.bad(format_args!("{v:e}, {BEYOND}")),
            _ => self.bad(v),
        })
    }

    fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Cell<'de>, E> {
        Ok(self.word(Cow::Borrowed(v)))
    }

    fn visit_str<E>(self, v: &str) -> Result<Cell<'de>, E> {
        Ok(self.word(Cow::Owned(v.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Cell<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.bad("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(self.bad("an object"))
    }
}

impl CellSeed {
    fn word(self, v: Cow<'_, str>) -> Cell<'_> {
        match self.0 {
            Type::Text => Cell::Text(storable(v)),
            Type::Time => parse_time(&v).map_or_else(|| self.bad(format_args!("{v:?}")), Cell::Time),
            Type::Date => parse_date(&v).map_or_else(|| self.bad(format_args!("{v:?}")), Cell::Date),
            _ => self.bad(format_args!("{v:?}")),
        }
    }
}
