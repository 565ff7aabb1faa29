//! Keeps the daemon's cadences within ESI's limits: makes a plan at the start, and again as more is known.
//!
//! At a first start, sizes are the declarations' estimates and limits are the specification's. Minutes later
//! the ledger has the real pages, and replies may have announced other limits. So the plan is made again
//! every few minutes, and at once when a limit changes. It decides a factor for each job's cadence, and which
//! buckets are spread. A wrong plan does no harm: the client's own accounting keeps the limits in any case,
//! and requests that were planned too tightly wait.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use tracing::{debug, info};

use crate::plan::{LimitKind, LimitPlan, Plan, Rules, Wanted};
use crate::store::StoreError;

use super::plan_input::plan_input;
use crate::sync::{Context, Job};

/// How often the plan is made again.
const AGAIN: TimeDelta = TimeDelta::minutes(5);
/// A cadence that would change by less is left as it is.
const WORTH_IT: f64 = 0.05;

/// Makes plans for the running jobs.
#[derive(Debug)]
pub struct Planner {
    jobs: Vec<Arc<Job>>,
    rules: Rules,
}

impl Planner {
    /// A planner for these jobs, under these rules.
    #[must_use]
    pub fn new(jobs: Vec<Arc<Job>>, rules: Rules) -> Self {
        Self { jobs, rules }
    }

    /// Makes the plan and applies it.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn plan(&self, ctx: &Context) -> Result<Plan, StoreError> {
        let jobs = self.jobs.iter().map(|job| (job.dataset, &job.settings));
        let mut known = plan_input(&ctx.store, jobs).await?;
        known.limits.extend(ctx.client.limits().announced());
        let wanted = self.jobs.iter().map(|j| Wanted { dataset: j.dataset, settings: j.settings.clone() });
        let plan = Plan::new(wanted.collect(), &known, self.rules);
        let rates = plan
            .limits
            .iter()
            .filter(|limit| limit.is_spread())
            .map(|limit| (limit.name.clone(), limit.available / limit.window.as_secs_f64()));
        ctx.spread.only(&rates.collect());
        self.stretch(ctx, &plan).await?;
        Ok(plan)
    }

    /// Hands each job its factor. Where one changed, updates the log, the ledger and the view of freshness.
    async fn stretch(&self, ctx: &Context, plan: &Plan) -> Result<(), StoreError> {
        let mut moved: Vec<(&'static str, Duration)> = Vec::new();
        let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (job, planned) in self.jobs.iter().zip(&plan.datasets) {
            let (before, factor) = (job.stretch(), planned.stretch());
            if (factor - before).abs() <= before * WORTH_IT && (factor > 1.0) == (before > 1.0) {
                continue;
            }
            job.set_stretch(factor);
            moved.push((job.dataset.name, job.stretched_period()));
            let used = |at: &usize| plan.limits[*at].used();
            if let Some(tightest) = planned.limits.iter().copied().max_by(|a, b| used(a).total_cmp(&used(b)))
            {
                told.entry(tightest).or_default().push(cadence(job));
            }
        }
        if moved.is_empty() {
            return Ok(());
        }
        for (limit, cadences) in told {
            info!("{}: {}", use_of(&plan.limits[limit]), cadences.join(", "));
        }
        let now = ctx.clock.now();
        ctx.patiently(|| ctx.store.put_periods(&moved, now).boxed()).await
    }

    /// Makes the plan again for as long as the context runs.
    pub async fn keep(self, ctx: Arc<Context>) {
        loop {
            tokio::select! {
                () = ctx.clock.sleep_until(ctx.clock.now() + AGAIN) => {}
                () = ctx.client.limits().announced_other() => {}
                () = ctx.stop.cancelled() => return,
            }
            if let Err(error) = self.plan(&ctx).await {
                debug!(%error, "cannot make the plan; trying again later");
            }
        }
    }
}

/// `market-order: 13,400 of 9,600 tokens`.
fn use_of(limit: &LimitPlan) -> String {
    let unit = if limit.kind == LimitKind::Bucket { "tokens" } else { "requests" };
    let seconds = limit.window.as_secs();
    format!("{}: {:.0} of {:.0} {unit} per {seconds} s", limit.name, limit.needed.ceil(), limit.available)
}

fn cadence(job: &Job) -> String {
    let (configured, now) = (job.period().as_secs(), job.stretched_period().as_secs());
    let name = job.dataset.name;
    if now > configured {
        format!("{name}'s cadence stretched from {configured} s to {now} s")
    } else {
        format!("{name}'s cadence is {configured} s again, as configured")
    }
}
