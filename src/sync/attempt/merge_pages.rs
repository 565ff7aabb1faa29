//! Merges the pages of a set that were read with those that did not change, key by key.
//!
//! The rows of an unchanged page are in the table and not in memory; only their keys are known. So the merge
//! works on keys: which rows make the set, which have vanished, and which page's row counts where two pages
//! have the same key. As everywhere, the later page wins. A page that lost a row to another differs from the
//! table, and a 304 could not tell: it gets no validator, and is read whole the next time.

use std::collections::{BTreeMap, BTreeSet};

use crate::esi::Set;
use crate::rows::{PageRows, pack, unpack};
use crate::store::{PageChanges, PartialSet, StoredPage};

/// The merged set.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::sync) struct Merged {
    /// Rows of the whole set, each key once.
    pub rows: usize,
    /// Records on unchanged pages.
    pub kept: usize,
    /// Keys that the stored set had and this one lacks. Only filled where pages did not change.
    pub vanished: Vec<i64>,
    /// Keys of fresh rows that a later, unchanged page also has.
    pub outdone: BTreeSet<i64>,
    /// By page, how many of its keys another page also has.
    pub shared: BTreeMap<u32, usize>,
    /// Oddities of the whole set.
    pub drift: u64,
    /// The changes for the ledger.
    pub changes: PageChanges,
}

impl Merged {
    /// What the store must know of the unchanged pages.
    pub fn part(&self) -> PartialSet<'_> {
        PartialSet { vanished: &self.vanished, outdone: &self.outdone, rows: self.rows }
    }
}

/// Merges the pages of `set` that were read, `fresh`, with the unchanged ones among `stored`.
pub(in crate::sync) fn merge(
    stored: &BTreeMap<u32, StoredPage>,
    set: &Set,
    fresh: BTreeMap<u32, PageRows>,
) -> Merged {
    let mut merged = Merged::default();
    let stayed: Vec<&StoredPage> = set.kept.iter().filter_map(|page| stored.get(page)).collect();
    let mut all = keys_of(stayed.iter().copied());
    merged.kept = all.len();
    for page in fresh.values() {
        all.extend_from_slice(&page.keys);
    }
    let held = all.len();
    all.sort_unstable();
    all.dedup();
    merged.rows = all.len();
    let mut losers = BTreeSet::new();
    if merged.rows < held {
        (losers, merged.outdone, merged.shared) = contested(&stayed, &fresh);
    }
    if !set.kept.is_empty() {
        let changed = stored.values().filter(|page| !set.kept.contains(&page.page));
        merged.vanished = without(keys_of(changed), &all);
    }
    for &page in &stayed {
        merged.drift += page.drift.unsigned_abs();
        if page.etag.is_some() && losers.contains(&page.page) {
            merged.changes.put.push(StoredPage { etag: None, ..page.clone() });
        }
    }
    for (number, page) in fresh {
        merged.drift += page.drift;
        let sound = page.rejects == 0 && !losers.contains(&number);
        let new = StoredPage {
            page: number,
            etag: set.etags.get(&number).filter(|_| sound).cloned(),
            drift: i64::try_from(page.drift).unwrap_or(i64::MAX),
            keys: pack(&page.keys),
        };
        if stored.get(&number) != Some(&new) {
            merged.changes.put.push(new);
        }
    }
    merged.changes.last = set.pages;
    merged
}

/// All keys of some pages.
fn keys_of<'a>(pages: impl Iterator<Item = &'a StoredPage>) -> Vec<i64> {
    let mut keys = Vec::new();
    for page in pages {
        // Damaged keys are found before a set is asked for; the set is then read whole.
        let _ = unpack(&page.keys, &mut keys);
    }
    keys
}

/// Pages with a key that a later page also has; those keys of fresh pages whose last page did not change; and
/// how many keys each page shares with others.
fn contested(
    stayed: &[&StoredPage],
    fresh: &BTreeMap<u32, PageRows>,
) -> (BTreeSet<u32>, BTreeSet<i64>, BTreeMap<u32, usize>) {
    let mut places: Vec<(i64, u32)> = Vec::new();
    for page in stayed {
        places.extend(keys_of(std::iter::once(*page)).into_iter().map(|key| (key, page.page)));
    }
    for (&number, page) in fresh {
        places.extend(page.keys.iter().map(|&key| (key, number)));
    }
    places.sort_unstable();
    let (mut losers, mut outdone, mut shared) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for same in places.chunk_by(|a, b| a.0 == b.0) {
        let Some((&(key, winner), others)) = same.split_last() else { continue };
        losers.extend(others.iter().map(|(_, page)| *page));
        for (_, page) in same.iter().filter(|_| !others.is_empty()) {
            *shared.entry(*page).or_default() += 1;
        }
        if !others.is_empty() && !fresh.contains_key(&winner) {
            outdone.insert(key);
        }
    }
    (losers, outdone, shared)
}

/// The keys that are not among `these`. Both are in ascending order.
fn without(mut keys: Vec<i64>, these: &[i64]) -> Vec<i64> {
    keys.sort_unstable();
    keys.dedup();
    let mut these = these.iter().copied().peekable();
    keys.retain(|key| {
        while these.next_if(|next| next < key).is_some() {}
        these.peek() != Some(key)
    });
    keys
}

/// How many different keys the pages have together; `None` if the keys cannot be read.
pub(in crate::sync) fn distinct<'a>(pages: impl Iterator<Item = &'a StoredPage>) -> Option<usize> {
    let mut keys = Vec::new();
    for page in pages {
        unpack(&page.keys, &mut keys).then_some(())?;
    }
    keys.sort_unstable();
    keys.dedup();
    Some(keys.len())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn stored(page: u32, keys: &[i64]) -> (u32, StoredPage) {
        (page, StoredPage { page, etag: Some(format!("\"old{page}\"")), drift: 0, keys: pack(keys) })
    }

    fn read(page: u32, keys: &[i64]) -> (u32, PageRows) {
        (page, PageRows { keys: keys.to_vec(), ..PageRows::default() })
    }

    fn set(pages: u32, kept: &[u32]) -> Set {
        let now = DateTime::UNIX_EPOCH;
        Set {
            last_modified: Some(now),
            received_at: now,
            expires_at: now,
            etag: None,
            pages,
            kept: kept.iter().copied().collect(),
            etags: (1..=pages)
                .filter(|page| !kept.contains(page))
                .map(|n| (n, format!("\"new{n}\"")))
                .collect(),
            requests: pages,
            not_modified: false,
            request_id: None,
            clock_skew: None,
        }
    }

    /// Page numbers with their validators.
    fn validators(merged: &Merged) -> Vec<(u32, Option<&str>)> {
        merged.changes.put.iter().map(|page| (page.page, page.etag.as_deref())).collect()
    }

    #[test]
    fn what_only_changed_pages_had_has_vanished() {
        let before = BTreeMap::from([stored(1, &[1, 2, 3]), stored(2, &[4, 5, 6]), stored(3, &[7, 8])]);
        let merged = merge(&before, &set(3, &[1]), BTreeMap::from([read(2, &[5, 7]), read(3, &[8, 9])]));
        assert_eq!((merged.rows, merged.kept, &merged.vanished[..]), (7, 3, &[4, 6][..]));
        assert_eq!(validators(&merged), [(2, Some("\"new2\"")), (3, Some("\"new3\""))]);
        assert_eq!((merged.changes.last, merged.outdone.len()), (3, 0));
    }

    #[test]
    fn pages_past_the_new_end_are_gone_with_their_rows() {
        let before = BTreeMap::from([stored(1, &[1, 2]), stored(2, &[3, 4]), stored(3, &[5])]);
        let merged = merge(&before, &set(2, &[1, 2]), BTreeMap::new());
        assert_eq!((merged.rows, &merged.vanished[..], merged.changes.last), (4, &[5][..], 2));
        assert_eq!(validators(&merged), []);
    }

    #[test]
    fn a_key_that_a_kept_page_has_does_not_vanish() {
        let before = BTreeMap::from([stored(1, &[1, 2]), stored(2, &[2, 3])]);
        let merged = merge(&before, &set(2, &[2]), BTreeMap::from([read(1, &[1])]));
        assert_eq!((merged.rows, &merged.vanished[..]), (3, &[][..]));
        let merged = merge(&before, &set(2, &[1]), BTreeMap::from([read(2, &[4])]));
        assert_eq!((merged.rows, &merged.vanished[..]), (3, &[3][..]));
    }

    #[test]
    fn the_later_page_wins_and_the_loser_is_read_again() {
        let before = BTreeMap::from([stored(1, &[1, 2]), stored(2, &[3, 4])]);
        let merged = merge(&before, &set(2, &[2]), BTreeMap::from([read(1, &[1, 3])]));
        assert_eq!(merged.outdone, BTreeSet::from([3]), "the row of page 2 is in the table");
        assert_eq!((merged.rows, validators(&merged)), (3, vec![(1, None)]));
        let merged = merge(&before, &set(2, &[1]), BTreeMap::from([read(2, &[2, 4])]));
        assert!(merged.outdone.is_empty(), "the row of page 2 is written over that of page 1");
        assert_eq!(validators(&merged), [(1, None), (2, Some("\"new2\""))]);
        let whole = BTreeMap::from([read(1, &[1, 2]), read(2, &[2, 3]), read(3, &[4])]);
        let merged = merge(&BTreeMap::new(), &set(3, &[]), whole);
        assert_eq!((merged.rows, merged.outdone.len()), (4, 0));
        assert_eq!(validators(&merged), [(1, None), (2, Some("\"new2\"")), (3, Some("\"new3\""))]);
    }

    #[test]
    fn a_page_with_rejects_is_read_again_and_oddities_add_up() {
        let mut before = BTreeMap::from([stored(1, &[1]), stored(2, &[2])]);
        before.get_mut(&1).expect("there").drift = 3;
        let odd = PageRows { keys: vec![2], rejects: 1, drift: 4, ..PageRows::default() };
        let merged = merge(&before, &set(2, &[1]), BTreeMap::from([(2, odd)]));
        assert_eq!((merged.drift, validators(&merged)), (7, vec![(2, None)]));
    }

    #[test]
    fn a_page_that_is_known_as_it_is_needs_no_writing() {
        let before = BTreeMap::from([stored(1, &[1]), stored(2, &[2])]);
        let mut again = set(2, &[]);
        again.etags = BTreeMap::from([(1, "\"old1\"".to_owned()), (2, "\"new2\"".to_owned())]);
        let merged = merge(&before, &again, BTreeMap::from([read(1, &[1]), read(2, &[2])]));
        assert_eq!(validators(&merged), [(2, Some("\"new2\""))]);
    }
}
