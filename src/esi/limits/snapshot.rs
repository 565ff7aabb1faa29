//! What must survive a restart: ESI does not forget what we spent because we did.

use chrono::{DateTime, TimeDelta, Utc};

/// The state of the limits, as plain values for the caller to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetSnapshot {
    /// When it was taken.
    pub saved_at: DateTime<Utc>,
    /// Tokens spent, per bucket and slot of 15 seconds.
    pub slots: Vec<SpentSlot>,
    /// Pauses that still ran.
    pub pauses: Vec<StoredPause>,
}

/// Tokens of one bucket spent within one slot of 15 seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentSlot {
    /// ESI's name of the bucket.
    pub group: String,
    /// Whose bucket; empty for public requests.
    pub owner: String,
    /// When the slot began.
    pub slot_start: DateTime<Utc>,
    /// Tokens spent in it.
    pub tokens: u32,
    /// The bucket's limit, as ESI announced it last.
    pub limit: u32,
}

/// A pause that ESI asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPause {
    /// Which bucket, which route or everything: a name to store and hand back unread, and fit for a status line.
    pub what: String,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// How long a crash may lie after the last save.
const UNSAVED: i64 = 5;
/// Over how much of the past the rate of spending is taken.
const RECENT: TimeDelta = TimeDelta::seconds(60);

impl BudgetSnapshot {
    /// For each bucket that was in use: what five seconds more at its recent rate cost. Those spends may have happened
    /// after the last save of a process that was killed.
    pub(super) fn unsaved(&self) -> Vec<SpentSlot> {
        let mut sums: Vec<SpentSlot> = Vec::new();
        for slot in self.slots.iter().filter(|slot| self.saved_at - RECENT < slot.slot_start) {
            match sums.iter_mut().find(|sum| sum.group == slot.group && sum.owner == slot.owner) {
                Some(sum) => sum.tokens += slot.tokens,
                None => sums.push(SpentSlot { slot_start: self.saved_at, ..slot.clone() }),
            }
        }
        for sum in &mut sums {
            let tokens = (i64::from(sum.tokens) * UNSAVED)
                .unsigned_abs()
                .div_ceil(RECENT.num_seconds().unsigned_abs());
            sum.tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        }
        sums
    }
}
