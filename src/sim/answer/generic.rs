//! Bodies from schemas: every operation gets an answer, including operations without code of their own.
//!
//! A value is a hash of its place, so the same request gives the same body in every run. Fields that are named after
//! things of the world refer to things that exist there. The rows of an array take the world's things in order, not at
//! random, so an id that is a row's key does not repeat. Optional fields are present in three of four records.

use chrono::{DateTime, SecondsFormat, TimeDelta};
use serde_json::{Map, Value, json};

use crate::sim::chance;
use crate::sim::chance::{amount, fraction, hash, index, mix, rounded};
use crate::sim::world::{FOUNDED, World, proper_name};
use crate::spec::{Schema, SchemaType, TextFormat};

/// The rows of an array without a natural size.
const ROWS: usize = 20;

/// Fills schemas with values.
#[derive(Debug)]
pub struct Generator<'a> {
    world: &'a World,
    /// Values by field name, for the outermost records only.
    fixed: Vec<(String, Value)>,
}

/// The name of the thing that an integer refers to, by the model where the name does not tell.
fn meaning<'s>(schema: &Schema, name: &'s str) -> &'s str {
    match (name, schema.model.as_deref()) {
        ("id", Some("CharacterID")) => "character_id",
        ("id", Some("CorporationID")) => "corporation_id",
        ("id", Some("SolarSystemID")) => "solar_system_id",
        _ => name,
    }
}

impl<'a> Generator<'a> {
    /// A generator for this world; `fixed` are the path parameters by field name.
    #[must_use]
    pub fn new(world: &'a World, fixed: Vec<(String, Value)>) -> Self {
        Self { world, fixed }
    }

    /// A value for the schema. `roll` is the hash of the place, `row` the number of the record within its list.
    #[must_use]
    pub fn value(&self, schema: &Schema, name: &str, roll: u64, row: usize) -> Value {
        if !schema.values.is_empty() {
            return schema.values[(index(roll, schema.values.len()) + row) % schema.values.len()].clone();
        }
        match schema.t {
            SchemaType::Object if name.is_empty() => self.with_fixed(schema, self.object(schema, roll, row)),
            SchemaType::Object => self.object(schema, roll, row),
            SchemaType::Array => Value::Array(self.rows(schema, name, roll, row)),
            SchemaType::OneOf => match schema.of.get((index(roll, 97) + row) % schema.of.len().max(1)) {
                Some(variant) => self.value(variant, name, roll, row),
                None => Value::Null,
            },
            SchemaType::Integer => self.integer(meaning(schema, name), roll, row),
            SchemaType::Number => json!(number(name, roll)),
            SchemaType::Boolean => json!(roll.is_multiple_of(2)),
            SchemaType::String => self.text(schema.fmt, name, roll, row),
            SchemaType::Any => json!({ "invented": amount(roll, 1_000) }),
        }
    }

    /// The records of an array: twenty in a whole list, fewer inside a record, and at most as many as there are things.
    #[must_use]
    pub fn rows(&self, schema: &Schema, name: &str, roll: u64, row: usize) -> Vec<Value> {
        self.at_least(0, schema, name, roll, row)
    }

    /// The records of an array inside a record: `least` or a few more.
    fn at_least(&self, least: usize, schema: &Schema, name: &str, roll: u64, row: usize) -> Vec<Value> {
        let Some(item) = schema.item() else { return Vec::new() };
        let most = if name.is_empty() { ROWS } else { least + index(roll, 5) };
        let singular = name.strip_suffix('s').unwrap_or(name);
        let fits = (item.fields.keys().map(String::as_str).chain([singular]))
            .filter_map(|field| self.pool(field))
            .map(|pool| pool.len())
            .chain((!item.values.is_empty()).then_some(item.values.len()))
            .fold(most, usize::min);
        (0..fits)
            .map(|i| {
                let place = mix(roll, i as u64);
                let place =
                    if item.t == SchemaType::Integer || !item.values.is_empty() { roll } else { place };
                self.value(item, singular, place, row + i)
            })
            .collect()
    }

    fn with_fixed(&self, schema: &Schema, mut object: Value) -> Value {
        for (name, value) in &self.fixed {
            let fits = schema
                .fields
                .get(name)
                .is_some_and(|field| (field.t == SchemaType::Integer) == value.is_i64());
            if fits {
                object[name] = value.clone();
            }
        }
        object
    }

    fn object(&self, schema: &Schema, roll: u64, row: usize) -> Value {
        if let Some(of) = &schema.map_of {
            let entry = |i: u64| (format!("key_{i}"), self.value(of, "", mix(roll, i), row));
            return Value::Object((0..3).map(entry).collect());
        }
        let alone = schema.fields.len() == 1;
        let mut object = Map::new();
        for (name, field) in &schema.fields {
            let place = mix(roll, hash(name.as_bytes()));
            if field.req || alone || !place.is_multiple_of(4) {
                let unique = if field.t == SchemaType::Integer {
                    mix(self.world.seed, hash(name.as_bytes()))
                } else {
                    place
                };
                let in_pool = self.pool(meaning(field, name)).is_some();
                let place = if in_pool || is_key(name) { unique } else { place };
                let value = match field.t {
                    // An envelope that holds only a list gets records in it, or nothing would be tested.
                    SchemaType::Array if alone => self.at_least(2, field, name, place, row).into(),
                    _ => self.value(field, name, place, row),
                };
                object.insert(name.clone(), value);
            }
        }
        Value::Object(object)
    }

    fn integer(&self, name: &str, roll: u64, row: usize) -> Value {
        if let Some(pool) = self.pool(name).filter(|pool| !pool.is_empty()) {
            return json!(pool[(index(roll, pool.len()) + row) % pool.len()]);
        }
        let small = i64::try_from(row).unwrap_or(0);
        json!(match name {
            "page" => 1,
            _ if is_key(name) => 1_000_000 + amount(roll, 1_000_000) + small,
            _ if name.contains("level") || name.contains("tier") => 1 + amount(roll, 5),
            _ => amount(roll, 10_000),
        })
    }

    /// The ids that a field of this name refers to, if they exist in the world.
    fn pool(&self, name: &str) -> Option<Vec<i64>> {
        let (map, people) = (&self.world.map, &self.world.people);
        let kind = name.strip_suffix("_id").or_else(|| name.strip_suffix("_ids")).unwrap_or(name);
        let last = |word: &str| kind == word || kind.ends_with(&format!("_{word}"));
        Some(if last("type") && name.contains("_id") {
            self.world.items.traded.clone()
        } else if last("system") || kind == "systems" {
            map.systems.iter().map(|s| s.id).collect()
        } else if last("constellation") {
            map.constellations.iter().map(|c| c.id).collect()
        } else if last("region") {
            map.regions.iter().map(|r| r.id).collect()
        } else if last("planet") {
            map.systems.iter().flat_map(|s| s.planets.iter().map(|p| p.0)).take(5_000).collect()
        } else if last("station") {
            let mut stations: Vec<_> = map.stations.keys().copied().collect();
            stations.sort_unstable();
            stations
        } else if ["created_by", "character", "creator", "ceo", "issuer", "seller", "executor"]
            .iter()
            .any(|word| last(word))
        {
            people.characters()
        } else if last("corporation") || kind == "recorded_corporation" {
            people.corporations()
        } else if last("alliance") {
            people.alliances()
        } else if last("faction") || kind == "against" {
            people.factions().iter().take(4).map(|f| f.0).collect()
        } else if last("bloodline") || last("race") {
            vec![1, 2, 4, 8]
        } else {
            return None;
        })
    }

    fn text(&self, format: Option<TextFormat>, name: &str, roll: u64, row: usize) -> Value {
        let seconds = FOUNDED - amount(roll, 300 * 86_400);
        let time = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        json!(match format {
            Some(TextFormat::DateTime) => {
                let ends =
                    ["end", "expires", "finish", "valid", "until"].iter().any(|word| name.contains(word));
                let time = if ends { time + TimeDelta::days(400) } else { time };
                time.to_rfc3339_opts(SecondsFormat::Secs, true)
            }
            Some(TextFormat::Date) => time.format("%Y-%m-%d").to_string(),
            Some(TextFormat::Uuid) => uuid(mix(roll, row as u64)),
            _ if name.ends_with("hash") =>
                format!("{:016x}{:016x}{:08x}", mix(roll, 1), mix(roll, 2), roll >> 32),
            _ if name.starts_with("px") => {
                format!(
                    "https://images.example/{:x}?size={}",
                    roll >> 40,
                    name.split('x').nth(2).unwrap_or("64")
                )
            }
            _ if name.contains("description") || name == "body" || name == "text" => {
                format!(
                    "About {} \u{2014} \"so they say\",\nin \u{c4}lmaz\u{131} & <b>beyond</b>.",
                    proper_name(roll, row)
                )
            }
            _ if name == "id" || name.ends_with("_id") => format!("{roll:016x}"),
            _ if name == "ticker" => format!("{:.4}", proper_name(roll, row).to_uppercase()),
            _ if name.ends_with("name") || name == "title" =>
                proper_name(self.world.seed, index(roll, 9_000) + row),
            _ => format!("{name} {}", proper_name(roll, row)),
        })
    }
}

/// Whether a field of this name is an id, by which records differ.
fn is_key(name: &str) -> bool {
    name == "id" || name.ends_with("_id") || name.is_empty()
}

/// A UUID made from a hash.
#[must_use]
pub fn uuid(roll: u64) -> String {
    let (a, b) = (mix(roll, 11), mix(roll, 12));
    let (tail, variant) = (b & 0xFFFF_FFFF_FFFF, (b >> 52) & 0x0FFF | 0x8000);
    format!("{:08x}-{:04x}-4{:03x}-{variant:04x}-{tail:012x}", a >> 32, (a >> 16) & 0xFFFF, a & 0x0FFF)
}

fn number(name: &str, roll: u64) -> f64 {
    let unit = fraction(roll);
    match name {
        "x" | "y" | "z" => rounded((unit - 0.5) * 1e13, 0),
        "security_status" | "standing" => rounded((unit - 0.5) * 10.0, 3),
        "influence" | "tax" | "cost_index" | "tax_rate" | "loyalty_point" => rounded(unit, 4),
        _ => rounded(chance::fraction(roll) * 10_f64.powf(unit * 9.0), 2),
    }
}
