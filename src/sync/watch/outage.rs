//! An outage of the database: its disk is full, its server is away, or somebody holds its lock.
//!
//! Fetched work waits with its rows in memory until it can be stored. While any work waits, nothing new is
//! fetched, because it could not be stored. The number of waiting pieces is the whole state: a piece that
//! stops waiting, for any reason, lowers it, so no "all clear" can be forgotten.

use tokio::sync::watch;
use tracing::{info, warn};

use crate::store::StoreError;

/// Whether the database takes no writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outage {
    /// Pieces of work that wait with rows in memory; 0: the database takes writes.
    pub waiting: usize,
    /// The first error of the database.
    pub why: String,
}

/// One piece of work that waits.
#[derive(Debug)]
pub(in crate::sync) struct Waiting<'a>(&'a watch::Sender<Outage>);

impl<'a> Waiting<'a> {
    /// Begins to wait, because of this error.
    pub fn begin(outage: &'a watch::Sender<Outage>, error: &StoreError) -> Self {
        outage.send_modify(|outage| {
            if outage.waiting == 0 {
                warn!(%error, "the database does not take writes; fetching pauses, fetched data is kept and stored later");
                outage.why = error.to_string();
            }
            outage.waiting += 1;
        });
        Self(outage)
    }

    /// Ends the wait: the rows are stored.
    pub fn succeeded(self) {
        if self.0.borrow().waiting == 1 {
            info!("the database takes writes again");
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|outage| outage.waiting -= 1);
    }
}
