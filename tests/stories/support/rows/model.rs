//! The expected rows of tables, as maps: a model of snapshots in sixty lines.

use std::collections::BTreeMap;

use chrono::DateTime;
use esi_syncd::declare::{Retention, Source, Table};
use esi_syncd::store::{Store, Written};
use serde_json::Value;

use super::tree::expected;
use super::{Feed, dump_table, line_of, observed};

/// Rows by the text of their key.
type Rows = BTreeMap<Vec<String>, Vec<String>>;

/// The tables of one dataset.
#[derive(Clone, Debug, Default)]
pub struct Model {
    tables: BTreeMap<&'static str, Rows>,
}

/// The rows that a set makes in a table; of rows with equal keys the last one counts.
fn rows_of(feed: &Feed, table: &Table, body: &Value) -> Rows {
    let key: Vec<usize> = table.key_positions();
    expected(feed.dataset, table, body)
        .into_iter()
        .map(|cells| {
            let mut cells = cells.into_iter();
            let row: Vec<String> = table
                .columns
                .iter()
                .map(|column| match column.source {
                    Source::Param => {
                        let given = feed.params().into_iter().find(|(name, _)| *name == column.name);
                        given.expect("a parameter of the target").1.to_owned()
                    }
                    Source::LastSeen => "NULL".to_owned(),
                    Source::Observed | Source::FirstSeen => {
                        DateTime::from_timestamp_secs(observed()).expect("a time").to_rfc3339()
                    }
                    _ => cells.next().expect("a cell per column"),
                })
                .collect();
            (key.iter().map(|&k| row[k].clone()).collect(), row)
        })
        .collect()
}

impl Model {
    /// Stores a set. Returns the numbers of rows that it writes and deletes.
    pub fn put(&mut self, feed: &Feed, body: &Value) -> Written {
        let mut written = Written::default();
        for table in feed.dataset.tables {
            let new = rows_of(feed, table, body);
            let rows = self.tables.entry(table.name).or_default();
            if feed.dataset.retention == Retention::Snapshot {
                let scoped = feed.dataset.param() == Some(table.key[0]);
                let before = rows.len();
                rows.retain(|key, _| new.contains_key(key) || scoped && key[0] != feed.value);
                written.deleted += (before - rows.len()) as u64;
            }
            for (key, row) in new {
                let old = rows.get(&key);
                if old.is_none() || feed.dataset.retention != Retention::Append && old != Some(&row) {
                    written.upserted += 1;
                    rows.insert(key, row);
                }
            }
        }
        written
    }

    /// Fails unless the database holds the same rows.
    pub async fn assert_stored(&self, store: &Store, feed: &Feed, told: &str) {
        for table in feed.dataset.tables {
            let mut wanted: Vec<String> = self
                .tables
                .get(table.name)
                .into_iter()
                .flat_map(|rows| rows.values().map(|row| line_of(table, row)))
                .collect();
            let mut found = dump_table(store, table).await;
            wanted.sort();
            found.sort();
            super::assert_same((told, &wanted.join("\n")), ("database", &found.join("\n")));
        }
    }
}
