//! Long fills: details and history, fetched the first time and after a new build of the game.

use std::time::Duration;

use super::{LimitKind, Plan};
use crate::declare::{Class, Complete, Dataset, Retention, Targets};

/// A fill of one dataset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// The dataset's name.
    pub dataset: &'static str,
    /// The requests that the fill takes.
    pub requests: f64,
    /// The requests a second that its limits allow, if it runs alone.
    pub rate: f64,
    /// Whether it is repeated after a new build of the game.
    pub with_build: bool,
    /// When it is repeated, in words.
    pub again: &'static str,
    /// Whether it shares the rate of backfills without a bucket.
    pub shares: bool,
}

impl Fill {
    /// How long the fill takes if it runs alone.
    #[must_use]
    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.requests / self.rate)
    }
}

/// All fills of a plan, the longest first.
#[must_use]
pub fn fills(plan: &Plan) -> Vec<Fill> {
    let is_fill = |targets: &Targets, class: Class, retention: Retention| {
        class == Class::Detail
            || (matches!(targets, Targets::Named { .. } | Targets::Batched { .. } | Targets::FromTables(_))
                && retention != Retention::Append)
    };
    let mut fills: Vec<Fill> = plan
        .datasets
        .iter()
        .filter(|d| is_fill(&d.wanted.dataset.targets, d.wanted.dataset.class, d.wanted.dataset.retention))
        .map(|d| {
            let limits = d.limits.iter().map(|at| &plan.limits[*at]);
            let rates = limits.map(|l| l.available / l.cost() / l.window.as_secs_f64());
            Fill {
                dataset: d.wanted.dataset.name,
                requests: d.demand.requests + d.demand.list,
                rate: rates.fold(f64::INFINITY, f64::min),
                with_build: d.wanted.dataset.with_build,
                again: again(d.wanted.dataset),
                shares: d.limits.iter().any(|at| plan.limits[*at].kind == LimitKind::Backfill),
            }
        })
        .collect();
    fills.sort_by(|a, b| b.time().cmp(&a.time()).then(a.dataset.cmp(b.dataset)));
    fills
}

fn again(dataset: &Dataset) -> &'static str {
    match dataset.complete {
        _ if dataset.with_build => "after a new build of the game",
        Complete::Once => "never, except for new ids",
        Complete::Never if dataset.is_asked_when_moved() => "those that changed",
        Complete::When(_) => "unfinished ones, at its cadence",
        Complete::Never => "at its cadence",
    }
}

/// How long several fills take together: fills that share a rate run one after the other, all others in parallel.
#[must_use]
pub fn together(plan: &Plan, fills: &[Fill]) -> Duration {
    let sharing: f64 = fills.iter().filter(|f| f.shares).map(|f| f.requests).sum();
    let shared = Duration::from_secs_f64(sharing / plan.rules.backfill_rate);
    fills.iter().map(Fill::time).fold(shared, Duration::max)
}
