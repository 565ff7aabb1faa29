//! The declarations: what esi-syncd copies, one file per ESI tag, one array each.
//!
//! To add a route, add one array element here and its tables to each dialect's migrations. `./test sql::schema` prints
//! the migrations, and `./test specification::spec::` compares the declaration with the specification.

use crate::config::SupportedDataset;
use crate::declare::{Choice, Dataset, Table, Targets};

pub mod public;
pub mod well_known;

/// Every declared dataset.
pub fn all() -> impl Iterator<Item = &'static Dataset> {
    public::ALL.iter().flat_map(|tags| tags.iter()).flat_map(|tag| tag.iter())
}

/// Every declared table, once, with the dataset it belongs to.
pub fn tables() -> impl Iterator<Item = (&'static Dataset, &'static Table)> {
    all().filter(|d| d.completes.is_none()).flat_map(|d| d.tables.iter().map(move |t| (d, t)))
}

/// The dataset of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Dataset> {
    all().find(|d| d.name == name)
}

/// The dataset that a table belongs to, with the table.
#[must_use]
pub fn filling(table: &str) -> Option<(&'static Dataset, &'static Table)> {
    tables().find(|(_, t)| t.name == table)
}

/// What the configuration may say about each dataset.
#[must_use]
pub fn supported() -> Vec<SupportedDataset> {
    all()
        .map(|d| SupportedDataset {
            name: d.name,
            enabled: d.enabled,
            params: d.params(),
            regions: d.pairs().map_or(&[], |p| p.regions),
            all_regions: matches!(d.targets, Targets::Regions(Choice::Space)),
            parts: d.path_params().count(),
            max_pairs: d.pairs().map(|p| p.most),
        })
        .collect()
}
