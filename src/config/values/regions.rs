//! `regions`: which parts of the market are copied.

use super::redact::quoted;
use crate::config::document::{Node, Value};
use crate::config::sections::section::Mistake;

/// Regions of the five trade hubs, and the PLEX market: The Forge, Domain, Sinq Laison, Heimatar, Metropolis, PLEX.
const HUBS: [i64; 6] = [10_000_002, 10_000_043, 10_000_032, 10_000_030, 10_000_042, 19_000_001];

/// More than New Eden has, or ever had.
const MOST: usize = 1_000;

/// The regions a dataset is kept for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regions {
    /// Every region ESI lists, and the PLEX market.
    All,
    /// These, without repetitions; never empty.
    List(Vec<RegionRef>),
}

/// A region as the operator calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionRef {
    /// ESI's `region_id`.
    Id(i64),
    /// The name, in any case of letters; only the stored regions can say whether it exists.
    Name(String),
}

impl RegionRef {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Id(a), Self::Id(b)) => a == b,
            (Self::Name(a), Self::Name(b)) => a.to_lowercase() == b.to_lowercase(),
            _ => false,
        }
    }
}

impl Default for Regions {
    fn default() -> Self {
        Self::List(HUBS.map(RegionRef::Id).to_vec())
    }
}

impl Regions {
    /// These regions, or where a dataset names none, all or the trade hubs.
    pub(in crate::config) fn default_for(ids: &[i64], all: bool) -> Self {
        if all {
            Self::All
        } else if ids.is_empty() {
            Self::default()
        } else {
            Self::List(ids.iter().copied().map(RegionRef::Id).collect())
        }
    }

    pub(in crate::config) fn parse(node: &Node) -> Result<Self, Mistake> {
        const FORM: &str = "\"all\" or a list such as [10000002, \"Domain\"]";
        let Value::Array(items) = &node.value else {
            return match node.text() {
                Some("all") => Ok(Self::All),
                Some(name) => Err(Mistake::new(format!("{} is not a list", quoted(name))).hint(FORM)),
                None => Err(Mistake::new(format!("expected a list, not {}", node.kind())).hint(FORM)),
            };
        };
        if items.len() > MOST {
            let fault = Mistake::new(format!("{} regions are more than there are", items.len()));
            return Err(fault.hint("write \"all\" for all of them"));
        }
        let mut regions: Vec<RegionRef> = Vec::new();
        for item in items {
            let region = region(item)?;
            if !regions.iter().any(|known| known.is_same(&region)) {
                regions.push(region);
            }
        }
        if regions.is_empty() {
            return Err(Mistake::new("an empty list copies nothing").hint("write `enabled = false` instead"));
        }
        Ok(Self::List(regions))
    }
}

fn region(item: &Node) -> Result<RegionRef, Mistake> {
    match &item.value {
        Value::Integer(id) if *id > 0 => Ok(RegionRef::Id(*id)),
        Value::Integer(id) => Err(Mistake::new(format!("{id} is not a region's id")).at(&item.place)),
        Value::Text(name) if name == "all" => {
            Err(Mistake::new("`all` stands alone").hint("write regions = \"all\"").at(&item.place))
        }
        Value::Text(name) if !name.trim().is_empty() => Ok(RegionRef::Name(name.trim().to_owned())),
        _ => {
            Err(Mistake::new(format!("expected a region's id or name, not {}", item.kind())).at(&item.place))
        }
    }
}
