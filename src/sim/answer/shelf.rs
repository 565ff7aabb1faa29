//! A cache of rendered bodies by URL and version, bounded in bytes.

use std::collections::{HashMap, VecDeque};
use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::sim::chance::{hash, mix};
use crate::sim::exchange::ask::Answer;

/// A body with its validator and number of pages.
#[derive(Debug)]
pub struct Sheet {
    /// JSON, uncompressed.
    pub body: Bytes,
    /// A strong validator; equal bodies have equal validators.
    pub etag: String,
    /// `X-Pages`.
    pub pages: Option<usize>,
    compressed: OnceLock<Bytes>,
}

impl Sheet {
    /// The body, compressed at the fastest level, once.
    pub fn compressed(&self) -> Bytes {
        self.compressed.get_or_init(|| gzip(&[&self.body])).clone()
    }
}

impl From<Answer> for Sheet {
    fn from(answer: Answer) -> Self {
        let roll = hash(&answer.body);
        let etag = format!("\"{roll:016x}{:016x}\"", mix(roll, answer.body.len() as u64));
        Self { body: Bytes::from(answer.body), etag, pages: answer.pages, compressed: OnceLock::new() }
    }
}

/// The concatenated parts, compressed.
#[must_use]
pub fn gzip(parts: &[&[u8]]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = parts.iter().try_for_each(|part| encoder.write_all(part)).and_then(|()| encoder.finish());
    Bytes::from(written.unwrap_or_default())
}

/// Bodies by (URL, version), oldest dropped first.
#[derive(Debug)]
pub struct Shelf {
    sheets: HashMap<(String, i64), Arc<Sheet>>,
    order: VecDeque<(String, i64)>,
    bytes: usize,
    most: usize,
}

impl Shelf {
    /// An empty shelf for `most` bytes.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { sheets: HashMap::new(), order: VecDeque::new(), bytes: 0, most }
    }

    /// The cached body of this URL and version.
    #[must_use]
    pub fn get(&self, key: &(String, i64)) -> Option<Arc<Sheet>> {
        self.sheets.get(key).cloned()
    }

    /// Adds a body, and drops the oldest ones if there are too many bytes.
    pub fn put(&mut self, key: (String, i64), sheet: Arc<Sheet>) {
        self.bytes += sheet.body.len();
        if let Some(before) = self.sheets.insert(key.clone(), sheet) {
            self.bytes -= before.body.len();
        } else {
            self.order.push_back(key);
        }
        while self.bytes > self.most {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= self.sheets.remove(&oldest).map_or(0, |sheet| sheet.body.len());
        }
    }
}
