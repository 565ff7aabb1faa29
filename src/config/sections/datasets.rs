//! `[datasets.NAME]`: what is copied, how often, and each dataset's own parameters.

use std::collections::BTreeMap;
use std::time::Duration;

use super::section::Section;
use crate::config::values::every::Every;
use crate::config::values::ids::Ids;
use crate::config::values::regions::Regions;
use crate::config::values::value;

/// `keep`, in seconds: from an hour to a century.
const KEEP: std::ops::RangeInclusive<u64> = 3600..=100 * 366 * 24 * 3600;

/// What the caller knows about a dataset. The declarations are not imported here: configuration comes before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SupportedDataset {
    /// The name, as in `[datasets.NAME]`.
    pub name: &'static str,
    /// Whether it runs unless told otherwise.
    pub enabled: bool,
    /// The parameters it takes besides `enabled` and `every`: any of `regions`, `keep`, `max_pairs`, `ids`, `backfill`.
    pub params: &'static [&'static str],
    /// The regions it is kept for unless told otherwise; empty for the trade hubs.
    pub regions: &'static [i64],
    /// Whether it is kept for all regions unless told otherwise.
    pub all_regions: bool,
    /// How many parameters its route has.
    pub parts: usize,
    /// The number of pairs unless told otherwise.
    pub max_pairs: Option<u32>,
}

/// The settings of one dataset, defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetSettings {
    /// Whether the daemon copies it.
    pub enabled: bool,
    /// When it is looked at again.
    pub every: Every,
    /// The regions it is kept for; `None` if it is not kept by region.
    pub regions: Option<Regions>,
    /// How long rows are kept; `None` is for ever.
    pub max_age: Option<Duration>,
    /// How many (region, type) pairs are asked for at most; `None` if the dataset has no such limit.
    pub max_pairs: Option<u32>,
    /// Which things it is kept for, where its targets come from other tables.
    pub ids: Ids,
    /// Whether a list that is walked backwards is read to its very beginning.
    pub backfill: bool,
}

pub(in crate::config) fn read(
    section: &Section<'_>,
    known: &[SupportedDataset],
) -> BTreeMap<String, DatasetSettings> {
    let names: Vec<&str> = known.iter().map(|dataset| dataset.name).collect();
    section.refuse_unknown(&names, |name| format!("there is no dataset `{name}`"));
    known
        .iter()
        .map(|dataset| (dataset.name.to_owned(), DatasetSettings::read(section.child(dataset.name), dataset)))
        .collect()
}

impl DatasetSettings {
    fn read(mut section: Section<'_>, dataset: &SupportedDataset) -> Self {
        let takes = |param| dataset.params.contains(&param);
        let settings = Self {
            enabled: section.read("enabled", value::boolean).unwrap_or(dataset.enabled),
            every: section.read("every", Every::parse).unwrap_or(Every::Expires),
            regions: takes("regions").then(|| {
                section
                    .read("regions", Regions::parse)
                    .unwrap_or_else(|| Regions::default_for(dataset.regions, dataset.all_regions))
            }),
            max_age: takes("keep").then(|| section.read("keep", keep).flatten()).flatten(),
            max_pairs: takes("max_pairs")
                .then(|| section.read("max_pairs", |node| value::integer(node, 1..=10_000_000)))
                .flatten()
                .or(dataset.max_pairs),
            ids: takes("ids")
                .then(|| section.read("ids", |node| Ids::parse(node, dataset.parts)))
                .flatten()
                .unwrap_or_default(),
            backfill: takes("backfill").then(|| section.read("backfill", value::boolean)).flatten()
                == Some(true),
        };
        section.finish();
        settings
    }
}

fn keep(node: &crate::config::document::Node) -> Result<Option<Duration>, super::section::Mistake> {
    if node.text() == Some("forever") {
        return Ok(None);
    }
    let keep = value::duration(node, KEEP);
    keep.map(Some)
        .map_err(|fault| fault.hint("a duration of an hour or more such as \"90d\", or \"forever\""))
}
