//! Doubt: sets that came whole and are still not believed at once.
//!
//! Deleting is the one thing that cannot be taken back, and ESI has been seen to answer with half a list. So a set
//! that shrank drastically is held: the old rows stay until the *next version* of the set agrees.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::store::{Target, TargetState};

/// Sets from this size on are expected not to halve.
const LARGE: i64 = 1_000;
/// Sets above this size are expected not to vanish.
const SOME: i64 = 20;
/// At most one record in so many may be unreadable.
const REJECT_SHARE: usize = 10;

/// Whether a set of `rows` records is suspiciously small after one of `before`.
pub(in crate::sync) fn shrank(before: i64, rows: i64) -> bool {
    (before >= LARGE && rows < before / 2) || (before > SOME && rows == 0)
}

/// Whether so many records of a set were unreadable that none of it is believed.
pub(in crate::sync) fn unreadable(records: usize, rejects: usize) -> bool {
    rejects > 0 && rejects * REJECT_SHARE > records
}

/// Judges a set by its size. `Some` says why it is held; `entry` then remembers which version was held.
///
/// `version` is the set's `Last-Modified`, or its time of receipt if it has none.
pub(in crate::sync) fn hold(entry: &mut Target, rows: i64, version: DateTime<Utc>) -> Option<String> {
    let version = version.to_rfc3339_opts(SecondsFormat::Secs, true);
    let small = entry.last_success_at.is_some() && shrank(entry.rows, rows);
    let seconded = entry.quarantined_version.as_ref().is_some_and(|held| *held != version);
    if small && !seconded {
        let why = format!("held: {rows} records after {}; waiting for the next version to agree", entry.rows);
        entry.state = TargetState::Shrunk;
        entry.quarantined_version = Some(version);
        return Some(why);
    }
    if entry.state == TargetState::Shrunk {
        entry.state = TargetState::Active;
    }
    entry.quarantined_version = None;
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declare::TargetKey;

    fn entry(rows: i64) -> Target {
        let now = DateTime::UNIX_EPOCH;
        Target { rows, last_success_at: Some(now), ..Target::new("market_orders", TargetKey::empty(), now) }
    }

    fn version(n: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_secs(n).expect("a time")
    }

    #[test]
    fn a_halved_set_is_accepted_when_the_next_version_agrees() {
        let mut target = entry(1000);
        assert!(hold(&mut target, 499, version(1)).is_some());
        assert_eq!(target.state, TargetState::Shrunk);
        assert!(hold(&mut target, 499, version(1)).is_some(), "the same version proves nothing");
        assert!(hold(&mut target, 480, version(2)).is_none());
        assert_eq!((target.state, target.quarantined_version), (TargetState::Active, None));
    }

    #[test]
    fn a_set_that_recovers_is_accepted_at_once() {
        let mut target = entry(1000);
        assert!(hold(&mut target, 0, version(1)).is_some());
        assert!(hold(&mut target, 990, version(2)).is_none());
    }

    #[test]
    fn small_sets_and_first_sets_are_believed() {
        assert!(hold(&mut entry(999), 1, version(1)).is_none());
        assert!(hold(&mut entry(20), 0, version(1)).is_none());
        assert!(hold(&mut entry(21), 0, version(1)).is_some());
        let mut first = Target { last_success_at: None, ..entry(0) };
        assert!(hold(&mut first, 0, version(1)).is_none());
    }

    #[test]
    fn one_bad_record_in_ten_is_set_aside_and_more_refuse_the_set() {
        assert!(!unreadable(10, 1));
        assert!(unreadable(10, 2));
        assert!(unreadable(1, 1));
        assert!(!unreadable(0, 0));
    }
}
