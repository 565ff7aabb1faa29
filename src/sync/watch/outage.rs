//! What happens while the database takes no writes: its disk is full, its server is away, somebody holds its lock.
//!
//! Work that has been fetched waits with its rows in hand until it can be stored. As long as any waits, nothing new is
//! fetched: ESI would be asked for what cannot be kept. The count of those who wait is the whole state, so whoever stops
//! waiting, for whatever reason, lets the others go on, and nobody can forget to say that all is well again.

use tokio::sync::watch;
use tracing::{info, warn};

use crate::store::StoreError;

/// Whether the database is out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outage {
    /// Pieces of work that wait with rows in hand; none: all is well.
    pub waiting: usize,
    /// What the database said first.
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
                warn!(%error, "the database does not take writes; fetching pauses, what was fetched is kept and tried again");
                outage.why = error.to_string();
            }
            outage.waiting += 1;
        });
        Self(outage)
    }

    /// What waited is stored.
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
