//! The shape of a JSON value, as a tree.

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// One node of a schema.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Schema {
    /// The kind of value.
    pub t: SchemaType,
    /// A closer description of integers, numbers and strings.
    #[serde(default)]
    pub fmt: Option<TextFormat>,
    /// Fields of an object, in the order of the specification.
    #[serde(default, rename = "f")]
    pub fields: IndexMap<String, Schema>,
    /// The element of an array (one), or the variants of a `oneOf` (several).
    #[serde(default, deserialize_with = "one_or_many")]
    pub of: Vec<Schema>,
    /// Whether the surrounding object always has this field.
    #[serde(default)]
    pub req: bool,
    /// Whether `null` is allowed.
    #[serde(default)]
    pub null: bool,
    /// The value type of an object that is used as a map.
    #[serde(default)]
    pub map_of: Option<Box<Schema>>,
    /// The listed values of an enumeration; ESI may add others without a new compatibility date.
    #[serde(default, rename = "enum")]
    pub values: Vec<Value>,
    /// Whether the elements of an array are distinct.
    #[serde(default)]
    pub unique: bool,
    /// The most elements an array may have.
    #[serde(default)]
    pub max_items: Option<usize>,
    /// The name of the shared model, such as `SolarSystemID`.
    #[serde(default)]
    pub model: Option<String>,
}

impl Schema {
    /// The element schema of an array; `None` for everything else.
    #[must_use]
    pub fn item(&self) -> Option<&Schema> {
        if self.t == SchemaType::Array { self.of.first() } else { None }
    }
}

/// The kinds of JSON values.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum SchemaType {
    /// A list of [`Schema::of`].
    Array,
    /// [`Schema::fields`], or a map of [`Schema::map_of`].
    Object,
    /// A whole number.
    Integer,
    /// A double.
    Number,
    /// Text, see [`Schema::fmt`].
    String,
    /// `true` or `false`.
    Boolean,
    /// Exactly one of [`Schema::of`], told apart by its single key.
    OneOf,
    /// Not described.
    #[default]
    Any,
}

/// Closer descriptions of scalars.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TextFormat {
    /// 32-bit integer; only page numbers.
    Int32,
    /// 64-bit integer.
    Int64,
    /// Double precision.
    Double,
    /// `YYYY-MM-DDTHH:MM:SSZ`.
    DateTime,
    /// `YYYY-MM-DD`.
    Date,
    /// A hyphenated UUID.
    Uuid,
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Schema>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(Box<Schema>),
        Many(Vec<Schema>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(schema) => vec![*schema],
        OneOrMany::Many(schemas) => schemas,
    })
}
