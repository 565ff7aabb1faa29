//! The guard: holds complete sets that are doubtful.
//!
//! A deletion cannot be undone, and ESI has been seen to answer with half a list. So a doubtful set is held:
//! the old rows stay until the *next version* of the set raises the same doubts and no others. Accepted
//! doubts are stored as long as they last, so that a set which really is odd is not held every other time.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::store::{Target, TargetState};

use super::doubts::Doubts;

/// Sets of at least this size are not expected to halve.
const LARGE: i64 = 1_000;
/// Sets above this size are expected not to vanish.
const SOME: i64 = 20;
/// At most one record in so many may be unreadable.
const REJECT_SHARE: usize = 10;

/// Whether a set of `rows` records is suspiciously small after one of `before`.
pub(in crate::sync) fn shrank(before: i64, rows: i64) -> bool {
    (before >= LARGE && rows < before / 2) || (before > SOME && rows == 0)
}

/// Whether so many records of a set were unreadable that the whole set is refused.
pub(in crate::sync) fn unreadable(records: usize, rejects: usize) -> bool {
    rejects > 0 && rejects * REJECT_SHARE > records
}

/// The doubts stored in the ledger: the version that raised them, and their codes.
struct Held<'a> {
    version: &'a str,
    codes: BTreeSet<&'a str>,
}

impl<'a> Held<'a> {
    fn parse(text: &'a str) -> Self {
        let mut words = text.split(' ');
        Self { version: words.next().unwrap_or_default(), codes: words.collect() }
    }
}

fn remembered(version: &str, codes: &BTreeSet<&str>) -> String {
    codes.iter().fold(version.to_owned(), |text, code| format!("{text} {code}"))
}

/// Judges a set by its size.
pub(in crate::sync) fn size(entry: &Target, rows: i64) -> Doubts {
    let mut doubts = Doubts::default();
    if entry.last_success_at.is_some() && shrank(entry.rows, rows) {
        doubts.add_size(rows, entry.rows);
    }
    doubts
}

/// Whether the ledger already has these doubts.
pub(in crate::sync) fn remembers(entry: &Target, doubts: &Doubts) -> bool {
    entry
        .quarantined_version
        .as_deref()
        .is_some_and(|held| doubts.codes().is_subset(&Held::parse(held).codes))
}

/// Stores the doubts about a set that was stored, beside the accepted ones.
pub(in crate::sync) fn remember(entry: &mut Target, doubts: &Doubts, version: DateTime<Utc>) {
    let version = version.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut codes = doubts.codes();
    let held = entry.quarantined_version.take().unwrap_or_default();
    codes.extend(Held::parse(&held).codes);
    entry.quarantined_version = Some(remembered(&version, &codes));
}

/// Holds a doubtful set, or lets it pass. `Some` says why it is held; `entry` then stores which version was
/// held, and for which doubts.
///
/// `version` is the set's `Last-Modified`, or its time of receipt if it has none.
pub(in crate::sync) fn hold(entry: &mut Target, doubts: &Doubts, version: DateTime<Utc>) -> Option<String> {
    let version = version.to_rfc3339_opts(SecondsFormat::Secs, true);
    let is_held = entry.state == TargetState::Shrunk;
    let newer =
        entry.quarantined_version.as_deref().is_some_and(|held| *version > *Held::parse(held).version);
    if doubts.is_empty() || remembers(entry, doubts) && (newer || !is_held) {
        if is_held {
            entry.state = TargetState::Active;
        }
        let lasting = doubts.lasting();
        entry.quarantined_version = (!lasting.is_empty()).then(|| remembered(&version, &lasting));
        return None;
    }
    entry.state = TargetState::Shrunk;
    entry.quarantined_version = Some(remembered(&version, &doubts.codes()));
    Some(format!("held: {}; the old rows stay until the next version agrees", doubts.words()))
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

    fn judge(entry: &mut Target, rows: i64, at: i64) -> Option<String> {
        let doubts = size(entry, rows);
        hold(entry, &doubts, version(at))
    }

    fn about(codes: &[&str]) -> Doubts {
        let mut doubts = Doubts::default();
        for code in codes {
            doubts.add(*code, "is odd");
        }
        doubts
    }

    #[test]
    fn a_halved_set_is_accepted_when_the_next_version_agrees() {
        let mut target = entry(1000);
        assert!(judge(&mut target, 499, 1).is_some());
        assert_eq!(target.state, TargetState::Shrunk);
        assert!(judge(&mut target, 499, 1).is_some(), "the same version proves nothing");
        assert!(judge(&mut target, 480, 0).is_some(), "nor does an older one");
        assert!(judge(&mut target, 480, 2).is_none());
        assert_eq!((target.state, target.quarantined_version), (TargetState::Active, None));
    }

    #[test]
    fn a_set_that_recovers_is_accepted_at_once() {
        let mut target = entry(1000);
        assert!(judge(&mut target, 0, 1).is_some());
        assert!(judge(&mut target, 990, 2).is_none());
        assert_eq!((target.state, target.quarantined_version), (TargetState::Active, None));
    }

    #[test]
    fn another_doubt_does_not_agree() {
        let mut target = entry(1000);
        assert!(hold(&mut target, &about(&["2:empty"]), version(1)).is_some());
        assert!(hold(&mut target, &about(&["3:empty"]), version(2)).is_some());
        assert!(hold(&mut target, &about(&["3:empty", "4:short"]), version(3)).is_some());
        assert!(hold(&mut target, &about(&["4:short"]), version(4)).is_none(), "half of it agrees");
    }

    #[test]
    fn what_was_agreed_to_is_no_doubt_while_it_lasts() {
        let mut target = entry(1000);
        let odd = about(&["2:empty"]);
        assert!(hold(&mut target, &odd, version(1)).is_some());
        assert!(hold(&mut target, &odd, version(2)).is_none());
        assert!(hold(&mut target, &odd, version(3)).is_none());
        assert!(hold(&mut target, &Doubts::default(), version(4)).is_none());
        assert!(hold(&mut target, &odd, version(5)).is_some(), "it is a doubt again");
        let mut halved = entry(4000);
        assert!(judge(&mut halved, 1900, 1).is_some());
        assert!(judge(&mut halved, 1900, 2).is_none());
        halved.rows = 1900;
        assert!(judge(&mut halved, 900, 3).is_some(), "another half is another doubt");
    }

    #[test]
    fn small_sets_and_first_sets_are_believed() {
        assert!(judge(&mut entry(999), 1, 1).is_none());
        assert!(judge(&mut entry(20), 0, 1).is_none());
        assert!(judge(&mut entry(21), 0, 1).is_some());
        let mut first = Target { last_success_at: None, ..entry(0) };
        assert!(judge(&mut first, 0, 1).is_none());
    }

    #[test]
    fn one_bad_record_in_ten_is_set_aside_and_more_refuse_the_set() {
        assert!(!unreadable(10, 1));
        assert!(unreadable(10, 2));
        assert!(unreadable(1, 1));
        assert!(!unreadable(0, 0));
    }
}
