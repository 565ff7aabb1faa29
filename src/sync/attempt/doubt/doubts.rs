//! Doubts about a complete set: its size, the shape of its pages, missing values.
//!
//! Each doubt has a code, which the ledger stores with the version that raised it, and a sentence for people.
//! A later version is believed if it raises only doubts that are already stored: a later version that is odd
//! in another place does not confirm the first.

use std::collections::{BTreeMap, BTreeSet};

/// More than one record in this many is a mass: of unreadable records of a page, or of missing values.
const SHARE: usize = 10;
/// Pages shorter than this vary widely, so they are doubtful only below half of their siblings' length.
const LONG_PAGE: usize = 100;
/// Most codes that the ledger stores. More doubtful places than that become [`EVERYWHERE`].
const CODES: usize = 40;
/// The code for more places than [`CODES`].
const EVERYWHERE: &str = "everywhere";
/// Most sentences in one message.
const SENTENCES: usize = 3;
/// The code of a set that shrank. It compares a set with its predecessor, so it is never accepted for later
/// sets.
const SIZE: &str = "size";

/// The doubts about a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::sync) struct Doubts {
    by_code: BTreeMap<String, String>,
}

/// The counts of one page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::sync) struct PageShape {
    /// Its records, unreadable ones included.
    pub records: usize,
    /// Records that cannot be read.
    pub rejects: usize,
    /// Records whose key another record of the set also has, on this page or another.
    pub repeated: usize,
}

/// Whether the share is too large for chance: over a tenth, and more than one record unless it is the only one.
pub(in crate::sync) fn is_mass(some: usize, all: usize) -> bool {
    some * SHARE > all && (some > 1 || all == 1)
}

impl Doubts {
    /// Whether there are no doubts.
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    /// Adds a doubt.
    pub fn add(&mut self, code: impl Into<String>, sentence: impl Into<String>) {
        self.by_code.insert(code.into(), sentence.into());
    }

    /// The set is much smaller than the one before.
    pub fn add_size(&mut self, rows: i64, before: i64) {
        self.add(SIZE, format!("{rows} records after {before}"));
    }

    /// Adds all doubts of another.
    pub fn extend(&mut self, other: Self) {
        self.by_code.extend(other.by_code);
    }

    /// Judges the pages of a set. A set of one page is judged elsewhere, as a whole.
    pub fn of_pages(pages: &BTreeMap<u32, PageShape>) -> Self {
        let mut doubts = Self::default();
        let (Some((&last, _)), true) = (pages.last_key_value(), pages.len() > 1) else { return doubts };
        let longest = pages.values().map(|page| page.records).max().unwrap_or(0);
        for (&number, page) in pages {
            if let Some((code, what)) = page.doubt(longest, number == last) {
                doubts.add(format!("{number}:{code}"), format!("page {number} of {last} {what}"));
            }
        }
        doubts
    }

    /// The codes, as the ledger stores them.
    pub fn codes(&self) -> BTreeSet<&str> {
        if self.by_code.len() > CODES {
            return BTreeSet::from([EVERYWHERE]);
        }
        self.by_code.keys().map(String::as_str).collect()
    }

    /// The codes that stay true if the set stays as it is.
    pub fn lasting(&self) -> BTreeSet<&str> {
        self.codes().into_iter().filter(|code| *code != SIZE).collect()
    }

    /// The sentences, as one text.
    pub fn words(&self) -> String {
        let some: Vec<&str> = self.by_code.values().take(SENTENCES).map(String::as_str).collect();
        match self.by_code.len() - some.len() {
            0 => some.join("; "),
            more => format!("{}; and {more} more", some.join("; ")),
        }
    }
}

impl PageShape {
    /// What makes the page doubtful beside its siblings, the longest of which has `longest` records: a code,
    /// and a sentence.
    fn doubt(&self, longest: usize, is_last: bool) -> Option<(&'static str, String)> {
        let &Self { records, rejects, repeated } = self;
        let readable = records - rejects.min(records);
        let is_much = |some: usize| match longest {
            0..LONG_PAGE => some * 2 >= longest,
            _ => some * SHARE > longest,
        };
        if records == 0 {
            Some(("empty", "is empty".to_owned()))
        } else if rejects * SHARE > records {
            Some(("unreadable", format!("has {rejects} of {records} records that cannot be read")))
        } else if repeated > 0 && (repeated >= readable || is_much(repeated)) {
            Some((
                "repeats",
                format!("has {repeated} of {records} records that are elsewhere in the set too"),
            ))
        } else if !is_last && is_much(longest - records) {
            Some(("short", format!("has {records} records, another page {longest}")))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(pages: &[(usize, usize, usize)]) -> Vec<String> {
        let shape = |&(records, rejects, repeated)| PageShape { records, rejects, repeated };
        let doubts = Doubts::of_pages(&(1..).zip(pages.iter().map(shape)).collect());
        doubts.codes().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_page_is_judged_beside_its_siblings() {
        assert!(codes(&[(0, 0, 0)]).is_empty(), "the only page is the set");
        assert!(codes(&[(1000, 0, 0), (1000, 0, 0), (3, 0, 0)]).is_empty());
        assert!(codes(&[(1000, 0, 0), (940, 0, 0), (3, 0, 0)]).is_empty(), "a few less are no reason");
        assert_eq!(codes(&[(1000, 0, 0), (0, 0, 0), (3, 0, 0)]), ["2:empty"]);
        assert_eq!(codes(&[(1000, 0, 0), (1000, 0, 0), (0, 0, 0)]), ["3:empty"], "also the last");
        assert_eq!(codes(&[(500, 0, 0), (1000, 0, 0), (3, 0, 0)]), ["1:short"]);
        assert!(codes(&[(6, 0, 0), (10, 0, 4), (3, 0, 0)]).is_empty(), "pages of tests, not of ESI");
        assert_eq!(codes(&[(5, 0, 0), (10, 0, 5), (3, 0, 0)]), ["1:short", "2:repeats"]);
        assert_eq!(codes(&[(1, 0, 0), (1, 1, 0), (1000, 0, 0)]), ["1:short", "2:unreadable"]);
        assert_eq!(codes(&[(1000, 0, 0), (1000, 101, 0), (3, 0, 0)]), ["2:unreadable"]);
        assert!(codes(&[(1000, 0, 0), (1000, 100, 0), (3, 0, 0)]).is_empty());
        assert_eq!(codes(&[(1000, 0, 1000), (1000, 0, 1000)]), ["1:repeats", "2:repeats"]);
        assert!(codes(&[(1000, 0, 10), (15, 0, 10)]).is_empty(), "a set that moved by ten records");
        assert_eq!(codes(&[(1000, 0, 10), (10, 0, 10)]), ["2:repeats"], "a page without a record of its own");
    }

    #[test]
    fn many_doubtful_pages_are_one_code_and_one_line() {
        let pages: BTreeMap<u32, PageShape> = (1..=2_000).map(|page| (page, PageShape::default())).collect();
        let doubts = Doubts::of_pages(&pages);
        assert_eq!(doubts.codes(), BTreeSet::from([EVERYWHERE]));
        let words = doubts.words();
        assert!(words.ends_with("is empty; and 1997 more") && words.len() < 100, "{words}");
    }

    #[test]
    fn one_among_others_is_no_mass() {
        assert!(is_mass(1, 1) && is_mass(2, 3) && is_mass(2, 19) && is_mass(101, 1000));
        assert!(!is_mass(0, 0) && !is_mass(0, 1) && !is_mass(1, 3) && !is_mass(2, 20) && !is_mass(100, 1000));
    }
}
