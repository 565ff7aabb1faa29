//! The outcome of an attempt, and its line in the log.

use tokio::time::Instant;
use tracing::{debug, info, warn};

use crate::declare::Class;
use crate::store::Target;
use crate::sync::Job;

/// The outcome of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A complete set was stored.
    Stored {
        /// Records in the set.
        rows: u64,
        /// Rows that had to be written or deleted.
        written: u64,
    },
    /// ESI confirmed the stored set.
    Unchanged,
    /// The set is complete but suspicious; the old rows stay.
    Quarantined(String),
    /// ESI does not know this id.
    Absent,
    /// It failed, for this reason; the old rows stay.
    Failed(String),
    /// ESI is out of reach or asked for a pause, so nothing was sent or the request was lost. The client has
    /// already logged it.
    Waiting(String),
    /// The database did not take the result, for this reason; nothing is recorded, not even that ESI was
    /// asked.
    Unrecorded(String),
    /// The process is stopping; nothing was changed.
    Cancelled,
}

/// One line in the log.
pub(in crate::sync) fn report(job: &Job, target: &Target, outcome: &Outcome, began: Instant) {
    let dataset = job.dataset.name;
    // A route without parameters has an empty target, which the log leaves out.
    let target = Some(target.target.as_str()).filter(|target| !target.is_empty());
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Outcome::Stored { rows, written } if job.dataset.class == Class::Live => {
            info!(dataset, target, rows, written, duration_ms, "stored");
        }
        Outcome::Stored { rows, written } => {
            debug!(dataset, target, rows, written, duration_ms, "stored");
        }
        Outcome::Unchanged => debug!(dataset, target, duration_ms, "unchanged"),
        Outcome::Quarantined(why) => warn!(dataset, target, why, "held"),
        Outcome::Absent => debug!(dataset, target, "ESI does not know this id"),
        Outcome::Failed(error) | Outcome::Unrecorded(error) => {
            warn!(dataset, target, error, duration_ms, "failed");
        }
        Outcome::Waiting(why) => debug!(dataset, target, why, "waiting"),
        Outcome::Cancelled => debug!(dataset, target, "cancelled"),
    }
}
