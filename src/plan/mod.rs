//! Calculates what the configuration will ask of ESI before anything is asked.
//!
//! The idea: *demand and supply are both known beforehand*. A dataset needs a number of pages in a number of seconds, a
//! page costs two tokens, and a bucket gives a number of tokens in its window. So a division shows whether a
//! configuration fits, before ESI refuses anything. Everything here is arithmetic on values: no I/O, no clock. The command
//! `plan` prints the plan, `check` warns by it, and the daemon stretches cadences by it, so all three agree.
//!
//! If a limit does not suffice, urgency decides first: live data, then id lists, then backfills. A tenth is reserved for
//! less urgent datasets so that they never stop. Equally urgent datasets get *equal parts, but never more than they need*.
//! So one huge dataset cannot slow down its small neighbours: they keep their cadence, and the huge one is stretched to
//! what they leave. The alternative was to stretch all in proportion. Then copying all regions' orders would have made a
//! list of one page late too, and gained nothing.
//!
//! What a reader could still get wrong:
//! - Every page is planned as a 200. A 304 costs half, but which pages will be unchanged is unknown beforehand.
//! - The ledger's counts override the declarations' estimates, and the configuration overrides both: regions that were
//!   selected yesterday do not count.
//! - Static content has no cadence. It is planned as a fill: the first time, and after a new build of the game.

mod cadence;
mod demand;
mod fill;
mod limit;
mod space;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::{Config, DatasetSettings};
use crate::datasets;
use crate::declare::{Class, Dataset, Group};

pub use cadence::period;
pub use demand::{Demand, LedgerCounts, demand};
pub use fill::{Fill, fills, together};
pub use limit::{LimitKind, LimitPlan};
pub use space::{Space, space};

use cadence::interval;
use limit::{Claim, share_out};

/// The cost of a page in tokens.
pub const PAGE: f64 = 2.0;
/// The window that everything is reckoned in.
pub const WINDOW: Duration = Group::WINDOW;
/// Seconds of a day.
pub(crate) const DAY: f64 = 86_400.0;

/// A dataset to copy, with its settings.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The declaration.
    pub dataset: &'static Dataset,
    /// What the configuration says.
    pub settings: DatasetSettings,
}

/// The datasets that a configuration enables.
#[must_use]
pub fn wanted(config: &Config) -> Vec<Wanted> {
    let enabled = |dataset: &'static Dataset| {
        let settings = config.datasets.get(dataset.name).filter(|s| s.enabled)?.clone();
        Some(Wanted { dataset, settings })
    };
    datasets::all().filter_map(enabled).collect()
}

/// The limits that the configuration sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// The part of every bucket that we use, up to 1.
    pub budget_share: f64,
    /// Requests a second to routes without a bucket.
    pub max_rate: f64,
    /// The part of `max_rate` that backfills may use, in requests a second.
    pub backfill_rate: f64,
}

/// What the database knows before the first request; empty without a database.
#[derive(Clone, Debug, Default)]
pub struct PlanInput {
    /// The ledger's counts, by dataset.
    pub counts: BTreeMap<String, LedgerCounts>,
    /// The limits that ESI announced last, by bucket: tokens, and their window.
    pub limits: BTreeMap<String, (u32, Duration)>,
}

/// The plan for one dataset.
#[derive(Clone, Debug)]
pub struct DatasetPlan {
    /// The dataset and its settings.
    pub wanted: Wanted,
    /// The size of a full copy.
    pub demand: Demand,
    /// The configured time between two requests of a target; `None` for content without a cadence.
    pub interval: Option<Duration>,
    /// The shortest such time that fits if the rest of the plan stays: never before ESI's expiry.
    pub fastest: Option<Duration>,
    /// The time between two requests of a target with which the whole plan fits.
    pub planned: Option<Duration>,
    /// The positions of its limits in [`Plan::limits`].
    pub limits: Vec<usize>,
    /// For a stretched dataset, the datasets that use the rest of the limit, largest use first. Empty if this dataset
    /// alone exceeds the limit.
    pub starved_by: Vec<&'static str>,
}

impl DatasetPlan {
    /// The factor by which the configured cadence is stretched, 1 or more.
    #[must_use]
    pub fn stretch(&self) -> f64 {
        match (self.interval, self.planned) {
            (Some(interval), Some(planned)) if planned > interval => {
                planned.as_secs_f64() / interval.as_secs_f64()
            }
            _ => 1.0,
        }
    }

    /// Requests a day after the first fill.
    #[must_use]
    pub fn requests_a_day(&self) -> f64 {
        let details = self.planned.map_or(0.0, |every| self.demand.requests * DAY / every.as_secs_f64());
        details + self.lists_a_day()
    }

    /// Requests a day to the list of its ids.
    fn lists_a_day(&self) -> f64 {
        self.demand.list * DAY / cadence::of_list(&self.wanted).as_secs_f64()
    }

    fn is_backfill(&self) -> bool {
        self.wanted.dataset.class == Class::Detail
    }
}

/// The plan for all enabled datasets.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The limits that the configuration sets.
    pub rules: Rules,
    /// Every limit in use.
    pub limits: Vec<LimitPlan>,
    /// Every enabled dataset.
    pub datasets: Vec<DatasetPlan>,
}

impl Plan {
    /// Plans for these datasets.
    #[must_use]
    pub fn new(wanted: Vec<Wanted>, known: &PlanInput, rules: Rules) -> Self {
        let mut plan = Self { rules, limits: Vec::new(), datasets: Vec::new() };
        for wanted in wanted {
            let demand = demand(wanted.dataset, &wanted.settings, known);
            let interval = interval(&wanted);
            let limits = plan.limits_of(wanted.dataset, known);
            plan.datasets.push(DatasetPlan {
                fastest: interval,
                planned: interval,
                starved_by: Vec::new(),
                wanted,
                demand,
                interval,
                limits,
            });
        }
        for at in 0..plan.limits.len() {
            plan.fit(at);
        }
        for at in 0..plan.datasets.len() {
            plan.datasets[at].fastest = plan.fastest(at);
        }
        plan
    }

    /// Plans for the datasets that a configuration enables.
    #[must_use]
    pub fn of(config: &Config, known: &PlanInput) -> Self {
        Self::new(wanted(config), known, Rules::of(config))
    }

    /// Whether every limit suffices for the configuration.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.limits.iter().all(LimitPlan::fits)
    }

    /// Requests a day after the first fill.
    #[must_use]
    pub fn requests_a_day(&self) -> f64 {
        self.datasets.iter().map(DatasetPlan::requests_a_day).sum()
    }

    /// The datasets that a limit bounds, largest need first.
    pub fn users(&self, limit: usize) -> impl Iterator<Item = &DatasetPlan> {
        let mut users: Vec<usize> = self.users_at(limit);
        users.sort_by(|a, b| self.need(*b, limit).total_cmp(&self.need(*a, limit)));
        users.into_iter().map(|at| &self.datasets[at])
    }

    fn users_at(&self, limit: usize) -> Vec<usize> {
        (0..self.datasets.len()).filter(|at| self.datasets[*at].limits.contains(&limit)).collect()
    }

    /// The positions of a dataset's limits; adds limits that are new.
    fn limits_of(&mut self, dataset: &'static Dataset, known: &PlanInput) -> Vec<usize> {
        let mut limits = Vec::new();
        for limit in LimitPlan::of(dataset, known, self.rules) {
            let at = self.limits.iter().position(|l| (l.kind, &l.name) == (limit.kind, &limit.name));
            limits.push(at.unwrap_or(self.limits.len()));
            if at.is_none() {
                self.limits.push(limit);
            }
        }
        limits
    }

    /// What a dataset's targets need of a limit in its window, if each is asked once in `every`.
    fn details(&self, dataset: usize, limit: usize, every: Option<Duration>) -> f64 {
        let (it, limit) = (&self.datasets[dataset], &self.limits[limit]);
        every.map_or(0.0, |every| limit.cost() * it.demand.requests * limit.per(every))
    }

    /// What a dataset's id list needs of a limit in its window. A hidden limit bounds only the details' route.
    fn lists(&self, dataset: usize, limit: usize) -> f64 {
        let (it, limit) = (&self.datasets[dataset], &self.limits[limit]);
        if limit.kind == LimitKind::Hidden {
            return 0.0;
        }
        limit.cost() * it.demand.list * limit.per(cadence::of_list(&it.wanted))
    }

    fn need(&self, dataset: usize, limit: usize) -> f64 {
        self.details(dataset, limit, self.datasets[dataset].interval) + self.lists(dataset, limit)
    }

    /// Shares a limit out, and stretches the cadence of datasets that do not fit.
    fn fit(&mut self, limit: usize) {
        let mut claims = Vec::new();
        for at in self.users_at(limit) {
            let urgency = if self.datasets[at].is_backfill() { 2 } else { 0 };
            let details = self.details(at, limit, self.datasets[at].interval);
            claims.push(Claim { dataset: at, urgency, need: details });
            claims.push(Claim { dataset: at, urgency: 1, need: self.lists(at, limit) });
        }
        self.limits[limit].needed = claims.iter().map(|c| c.need).sum();
        if self.limits[limit].fits() {
            return;
        }
        let granted = share_out(self.limits[limit].available, &claims);
        for (claim, granted) in claims.iter().zip(granted) {
            let Some(interval) = self.datasets[claim.dataset].interval.filter(|_| claim.urgency != 1) else {
                continue;
            };
            if granted >= claim.need {
                continue;
            }
            let planned = cadence::round_up(interval.mul_f64(claim.need / granted));
            let mut others: Vec<&Claim> = claims
                .iter()
                .filter(|c| c.dataset != claim.dataset && c.need > 0.0 && c.urgency <= claim.urgency)
                .collect();
            others.sort_by(|a, b| b.need.total_cmp(&a.need));
            let others = others.iter().map(|c| self.datasets[c.dataset].wanted.dataset.name).collect();
            let stretched = &mut self.datasets[claim.dataset];
            if stretched.planned < Some(planned) {
                stretched.planned = Some(planned);
                stretched.starved_by = others;
            }
        }
    }

    /// The fastest cadence of one dataset that fits beside the planned cadences of all others.
    fn fastest(&self, at: usize) -> Option<Duration> {
        let it = &self.datasets[at];
        let planned = it.planned?;
        if it.stretch() > 1.0 {
            return Some(planned);
        }
        let mut fastest = cadence::shortest(it.wanted.dataset);
        for &limit in &it.limits {
            let others: f64 =
                self.users_at(limit).into_iter().filter(|other| *other != at).fold(0.0, |sum, other| {
                    sum + self.details(other, limit, self.datasets[other].planned) + self.lists(other, limit)
                });
            let room = self.limits[limit].available - others - self.lists(at, limit);
            let need = self.details(at, limit, Some(planned));
            if need <= 0.0 {
                continue;
            }
            fastest = if room > 0.0 { fastest.max(planned.mul_f64((need / room).min(1.0))) } else { planned };
        }
        Some(cadence::round_up(fastest).min(planned))
    }
}

impl Rules {
    /// The rules of a configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            budget_share: config.esi.budget_share,
            max_rate: config.esi.max_rate,
            backfill_rate: config.esi.backfill_rate,
        }
    }
}
