//! What requests wait for, for people who watch.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Client, lock};

/// Shorter waits are not worth a word.
const SHORT: TimeDelta = TimeDelta::seconds(2);

/// Something that requests wait for right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// In words, as they follow "waiting for".
    pub what: String,
    /// When it is over.
    pub until: DateTime<Utc>,
}

/// A set that waits for its next version, while it does.
pub(super) struct SetWaits<'a> {
    client: &'a Client,
    path: String,
}

impl Drop for SetWaits<'_> {
    fn drop(&mut self) {
        lock(&self.client.0.sets_waiting).remove(&self.path);
    }
}

impl Client {
    /// What requests wait for and until when, the shortest wait first. Waits of a moment are not among them.
    #[must_use]
    pub fn waits(&self) -> Vec<Wait> {
        let now = self.0.clock.now();
        let mut all: BTreeMap<String, DateTime<Utc>> = self.0.limits.waits();
        let sets = lock(&self.0.sets_waiting).clone();
        all.extend(sets.into_iter().map(|(path, until)| (format!("the next version of {path}"), until)));
        let long = all.into_iter().filter(|(_, until)| *until - now >= SHORT);
        let mut waits: Vec<Wait> = long.map(|(what, until)| Wait { what, until }).collect();
        waits.sort_by_key(|wait| wait.until);
        waits
    }

    pub(super) fn set_waits(&self, path: &str, until: DateTime<Utc>) -> SetWaits<'_> {
        lock(&self.0.sets_waiting).insert(path.to_owned(), until);
        SetWaits { client: self, path: path.to_owned() }
    }
}
