//! The limits of ESI and our own, and how they are shared out.

use std::time::Duration;

use super::{PAGE, PlanInput, Rules, WINDOW};
use crate::declare::{Class, Dataset};

/// The part of a limit that is reserved for less urgent datasets.
const RESERVE: f64 = 0.1;
/// Above this used part of a bucket, sets are spread over the window instead of bursting.
const SPREAD_ABOVE: f64 = 0.5;
/// The smallest bucket that is planned for, in tokens: the most that one request can cost.
const SMALLEST: f64 = 5.0;

/// What kind of limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// A token bucket that ESI announces.
    Bucket,
    /// Our own rate for routes without a bucket.
    Rate,
    /// The part of our own rate that backfills may use.
    Backfill,
    /// A limit of the game servers on one route, which ESI does not announce.
    Hidden,
}

/// A limit, and the plan's use of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitPlan {
    /// What kind it is.
    pub kind: LimitKind,
    /// The bucket's name or the route's; for our own rates, a readable name.
    pub name: String,
    /// The time that the figures are for.
    pub window: Duration,
    /// The whole limit: tokens of a bucket, else requests, per window.
    pub limit: f64,
    /// The part of the limit that we may use, in the same unit.
    pub available: f64,
    /// What the configuration needs, in the same unit.
    pub needed: f64,
}

impl LimitPlan {
    /// The limits that bound a dataset.
    pub(super) fn of(dataset: &Dataset, known: &PlanInput, rules: Rules) -> Vec<Self> {
        let mut limits = Vec::new();
        let new = |kind, name: &str, window, limit: f64, available| Self {
            kind,
            name: name.to_owned(),
            window,
            limit,
            available,
            needed: 0.0,
        };
        let seconds = WINDOW.as_secs_f64();
        if let Some(group) = dataset.group {
            let announced = known.limits.get(group.name).copied();
            let (tokens, window) = announced.unwrap_or((group.tokens, WINDOW));
            let ours = (f64::from(tokens) * rules.budget_share).floor().max(SMALLEST);
            limits.push(new(LimitKind::Bucket, group.name, window, tokens.into(), ours));
        } else {
            let all = rules.max_rate * seconds;
            limits.push(new(LimitKind::Rate, "without bucket", WINDOW, all, all));
            if dataset.class == Class::Detail {
                let ours = rules.backfill_rate * seconds;
                limits.push(new(LimitKind::Backfill, "backfills without bucket", WINDOW, ours, ours));
            }
        }
        if let Some(most) = dataset.per_minute {
            limits.push(new(
                LimitKind::Hidden,
                dataset.path,
                Duration::from_mins(1),
                most.into(),
                most.into(),
            ));
        }
        limits
    }

    /// Whether the limit suffices.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.needed <= self.available * (1.0 + f64::EPSILON)
    }

    /// The needed part of what is available; above 1 if the limit does not suffice.
    #[must_use]
    pub fn used(&self) -> f64 {
        self.needed / self.available
    }

    /// Whether the sets of this bucket are spread over the window.
    #[must_use]
    pub fn is_spread(&self) -> bool {
        self.kind == LimitKind::Bucket && self.used() > SPREAD_ABOVE
    }

    /// The cost of a request: tokens of a bucket, else 1.
    pub(super) fn cost(&self) -> f64 {
        if self.kind == LimitKind::Bucket { PAGE } else { 1.0 }
    }

    /// How often a window contains something that happens once in `every`.
    pub(super) fn per(&self, every: Duration) -> f64 {
        self.window.as_secs_f64() / every.as_secs_f64()
    }
}

/// A dataset's claim on a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Claim {
    /// The dataset's position in the plan.
    pub dataset: usize,
    /// 0 live, 1 an id list, 2 a backfill.
    pub urgency: u8,
    /// The amount, in the limit's unit.
    pub need: f64,
}

/// The amount granted to each claim. Urgent claims go first; equally urgent claims get equal parts, but never more than
/// they need.
pub(super) fn share_out(available: f64, claims: &[Claim]) -> Vec<f64> {
    let mut granted = vec![0.0; claims.len()];
    let mut left = available;
    for urgency in 0..=2 {
        let later: f64 = claims.iter().filter(|c| c.urgency > urgency).map(|c| c.need).sum();
        let mut room = left - later.min(available * RESERVE);
        left -= room;
        let mut open: Vec<usize> = (0..claims.len()).filter(|at| claims[*at].urgency == urgency).collect();
        // The smallest claim goes first, so that the rest of its equal part goes to the others.
        open.sort_by(|a, b| claims[*a].need.total_cmp(&claims[*b].need));
        let mut waiting = u32::try_from(open.len()).unwrap_or(u32::MAX);
        for at in open {
            granted[at] = claims[at].need.min(room / f64::from(waiting));
            room -= granted[at];
            waiting -= 1;
        }
        left += room;
    }
    granted
}
