//! What must survive a restart, because ESI remembers what we spent.

use chrono::{DateTime, TimeDelta, Utc};

/// The state of the limits, as plain values for the caller to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetSnapshot {
    /// When the snapshot was taken.
    pub saved_at: DateTime<Utc>,
    /// Tokens spent, per bucket and slot of 15 seconds.
    pub slots: Vec<SpentSlot>,
    /// The pauses that ran at that time.
    pub pauses: Vec<StoredPause>,
}

/// The tokens that one bucket spent within one slot of 15 seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpentSlot {
    /// ESI's name of the bucket.
    pub group: String,
    /// The bucket's owner: a character's id, empty for public requests.
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
    /// `bucket NAME`, `route PATH` or `everything`: shown in status lines, and never parsed.
    pub what: String,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// The longest time from the last save to a crash, in seconds.
const UNSAVED_S: i64 = 5;
/// The stretch of the past that the rate of spending is taken from.
const RECENT: TimeDelta = TimeDelta::seconds(60);

impl BudgetSnapshot {
    /// For each recently used bucket: the tokens of five more seconds at its recent rate. A process that was killed may
    /// have spent them after its last save.
    pub(super) fn unsaved(&self) -> Vec<SpentSlot> {
        let mut sums: Vec<SpentSlot> = Vec::new();
        for slot in self.slots.iter().filter(|slot| self.saved_at - RECENT < slot.slot_start) {
            match sums.iter_mut().find(|sum| sum.group == slot.group && sum.owner == slot.owner) {
                Some(sum) => sum.tokens += slot.tokens,
                None => sums.push(SpentSlot { slot_start: self.saved_at, ..slot.clone() }),
            }
        }
        for sum in &mut sums {
            let tokens = (i64::from(sum.tokens) * UNSAVED_S)
                .unsigned_abs()
                .div_ceil(RECENT.num_seconds().unsigned_abs());
            sum.tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        }
        sums
    }
}
