//! The records of a map of lists, in the order of the text.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The lists of a map of lists, in the order of the text, because the walk counts records in that order.
pub(in crate::rows) struct ListsAsTheyCome<'a>(pub(in crate::rows) Vec<Vec<&'a RawValue>>);

impl<'de: 'a, 'a> Deserialize<'de> for ListsAsTheyCome<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = Vec<Vec<&'de RawValue>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of lists")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut lists = Vec::new();
                while let Some((IgnoredAny, list)) = map.next_entry()? {
                    lists.push(list);
                }
                Ok(lists)
            }
        }
        json.deserialize_map(Values).map(Self)
    }
}
