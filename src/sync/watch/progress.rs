//! Counters of the work done, for people who watch.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The work done for one dataset since the process started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Attempts found due: targets, or batches of them.
    pub targets: u64,
    /// Attempts that ended.
    pub done: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Pages read.
    pub pages: u64,
    /// Records read.
    pub rows: u64,
    /// Rows that were written because they differed.
    pub written: u64,
}

/// Counts by dataset.
#[derive(Debug, Default)]
pub struct Progress(Mutex<BTreeMap<&'static str, Counts>>);

impl Progress {
    /// Changes a dataset's counts.
    pub fn count(&self, dataset: &'static str, change: impl FnOnce(&mut Counts)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(dataset).or_default());
    }

    /// All counts, by dataset.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<&'static str, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
