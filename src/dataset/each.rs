//! Where a dataset's targets come from.

use super::Pages;

/// Where a dataset's targets come from. A target is one parameterisation of a dataset.
#[derive(Clone, Copy, Debug)]
pub enum Each {
    /// The route has no parameter: one target, named by the empty text.
    Once,
    /// One target per market region that the configuration selects.
    Regions,
    /// One target per id of a list operation.
    Listed(List),
    /// One target per id that stands in these columns (`table`, `column`), learnt as the tables fill.
    Column(&'static [(&'static str, &'static str)]),
    /// One target per id in any column that is declared as named; ids are sent many at a time.
    Named {
        /// Most ids in one request.
        batch: usize,
    },
}

/// A list operation whose ids become the targets of its detail route.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// The path as the specification writes it.
    pub path: &'static str,
    /// How the list is paged.
    pub pages: Pages,
}

impl List {
    /// A list in one reply.
    #[must_use]
    pub const fn new(path: &'static str) -> Self {
        Self { path, pages: Pages::One }
    }

    /// A list in numbered pages.
    #[must_use]
    pub const fn paged(path: &'static str) -> Self {
        Self { path, pages: Pages::Numbered }
    }
}
