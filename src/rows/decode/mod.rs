//! A dataset's decoder: turns pages into rows.

mod lists;
mod object;
mod plan;
mod walk;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::{DeserializeSeed as _, Error as _};
use serde_json::value::RawValue;

use crate::declare::{Body, Dataset, Pages, Table};

use super::{Batch, Cell, RecordKey};
use lists::ListsAsTheyCome;
use plan::Level;
use walk::{Envelope, Records, Walk};

/// Turns the pages of one dataset into rows.
#[derive(Debug)]
pub struct Decoder {
    tables: &'static [Table],
    body: Body,
    /// The field with the tokens, in a reply that is read along a cursor.
    beside: Option<&'static str>,
    root: Level,
    key: Option<RecordKey>,
}

/// A record that could not be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Reject {
    /// What was wrong with it.
    pub reason: String,
    /// The record as ESI sent it.
    pub json: String,
}

type Rejected = (Vec<Reject>, Vec<Option<Vec<Cell<'static>>>>);

/// Differences between a reply and its declaration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// Unknown fields by name, with the number of records that had them. A field that an object had twice is
    /// noted with ` (twice)`, and its first value counts.
    pub unknown: BTreeMap<String, u64>,
    /// Required fields that were missing or null, as `table.column`, with the number of records; required lists as
    /// `table.list[]`.
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

/// The contents of one page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The rows, a batch per table.
    pub batches: Vec<Batch>,
    /// Records that were set aside.
    pub rejects: Vec<Reject>,
    /// Their keys, `None` for an unreadable key: the stored rows of such records are not taken for gone.
    pub reject_keys: Vec<Option<Vec<Cell<'static>>>>,
    /// The number of records, rejected ones included.
    pub records: usize,
    /// Differences between reply and declaration.
    pub drift: Drift,
}

impl Decoder {
    /// Prepares the walk for a dataset.
    #[must_use]
    pub fn new(dataset: &Dataset) -> Self {
        let beside = (dataset.pages == Pages::Cursor).then_some("cursor");
        let (root, key) = (Level::compile(dataset.tables), RecordKey::of(dataset.tables));
        Self { tables: dataset.tables, body: dataset.body, beside, root, key }
    }

    /// Reads one page.
    ///
    /// # Errors
    /// If the bytes are not JSON, or the outermost value is not of the declared shape. A bad record is not an
    /// error, even if its JSON cannot become a value: an unpaired surrogate, an oversized number.
    pub fn page(&self, bytes: &[u8]) -> Result<Page, serde_json::Error> {
        let mut walk = self.walk();
        if let Err(error) = self.whole(bytes, &mut walk) {
            // Such a value ends the walk. If the rest of the page is sound, each record is walked on its own.
            let Ok(records) = self.records(bytes) else { return Err(error) };
            walk = self.walk();
            for record in records {
                walk.doubtful_record(&self.root, record);
            }
        }
        let (rejects, reject_keys) = self.rejects(bytes, &walk.rejected)?;
        Ok(Page { batches: walk.out, rejects, reject_keys, records: walk.records, drift: walk.drift })
    }

    fn walk(&self) -> Walk {
        Walk {
            out: self.tables.iter().map(Batch::new).collect(),
            bad: None,
            drift: Drift::default(),
            rejected: Vec::new(),
            records: 0,
        }
    }

    /// Walks the whole page once.
    fn whole(&self, bytes: &[u8], walk: &mut Walk) -> Result<(), serde_json::Error> {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        match self.body {
            Body::List => Records { level: &self.root, walk }.deserialize(&mut json)?,
            Body::Object => {
                require_object(bytes)?;
                walk.record(&self.root, &mut json)?;
            }
            Body::Envelope(field) | Body::Lists(field) => {
                let (beside, level) = (self.beside, &self.root);
                let lists = matches!(self.body, Body::Lists(_));
                Envelope { field, beside, lists, level, walk }.deserialize(&mut json)?;
            }
        }
        json.end()
    }

    /// The texts of the page's records.
    fn records<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a RawValue>, serde_json::Error> {
        let field_of = |field| {
            let mut envelope: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(bytes)?;
            envelope.remove(field).ok_or_else(|| serde_json::Error::missing_field(field))
        };
        match self.body {
            Body::List => serde_json::from_slice(bytes),
            Body::Object => {
                require_object(bytes)?;
                serde_json::from_slice(bytes).map(|record| vec![record])
            }
            Body::Envelope(field) => serde_json::from_str(field_of(field)?.get()),
            Body::Lists(field) => {
                let ListsAsTheyCome(lists) = serde_json::from_str(field_of(field)?.get())?;
                Ok(lists.into_iter().flatten().collect())
            }
        }
    }

    /// Rejects are rare, so a second pass looks up their text and keys, instead of keeping them for every
    /// record.
    fn rejects(&self, bytes: &[u8], rejected: &[(usize, String)]) -> Result<Rejected, serde_json::Error> {
        if rejected.is_empty() {
            return Ok(Rejected::default());
        }
        let records = self.records(bytes)?;
        let reject = |(at, reason): &(usize, String)| {
            let key = self.key.as_ref().and_then(|key| key.read(records[*at]));
            (Reject { reason: reason.clone(), json: records[*at].get().to_owned() }, key)
        };
        Ok(rejected.iter().map(reject).unzip())
    }
}

fn require_object(bytes: &[u8]) -> Result<(), serde_json::Error> {
    if bytes.trim_ascii_start().first() == Some(&b'{') {
        return Ok(());
    }
    Err(serde_json::Error::custom("expected an object"))
}

/// Reads the reply of an id list route.
///
/// # Errors
/// If the bytes are not a JSON list of integers.
pub fn id_list(bytes: &[u8]) -> Result<Vec<i64>, serde_json::Error> {
    serde_json::from_slice(bytes)
}
