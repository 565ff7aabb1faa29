//! `sync`: one pass, then the end.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::progress::Display;
use super::say::say;
use super::table::{grouped, numbers, table};
use super::{Exit, Failure, daemon};
use crate::app::signals::Signals;
use crate::app::supervisor::{Stop, open_client, open_store, restore_budgets};
use crate::clock::Clock;
use crate::config::Config;
use crate::datasets;
use crate::declare::{Class, Dataset};
use crate::store::{Store, StoreError, TargetState};
use crate::suggest;
use crate::sync::pass;
use crate::sync::{Context, Job, Planned, Turn, sources};

/// How long a commit waits for a database that is busy or away.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn sync(config: &Config, names: &[String], all: bool) -> Result<Exit, Failure> {
    let plan = plan(config, names, all)?;
    let store = tokio::time::timeout(PATIENCE, open_store(config))
        .await
        .map_err(|_| Failure::new(Exit::Failed, "the database did not answer within 10 s"))??;
    let stop = Stop::default();
    let listening = tokio::spawn(daemon::listen(Signals::listen()?, stop.clone()));
    let done = tokio::select! {
        done = run(config, store, plan, names, stop.gently.clone()) => done,
        () = stop.now.cancelled() => Err(Failure::new(Exit::Failed, "told to stop at once")),
    };
    listening.abort();
    done
}

/// From the opened database to the closed one.
async fn run(
    config: &Config,
    store: Store,
    plan: Vec<Planned>,
    names: &[String],
    stop: CancellationToken,
) -> Result<Exit, Failure> {
    let details = plan.iter().all(|p| p.details);
    let ctx = context(config, store, stop).await?;
    let result = go(config, &ctx, plan).await;
    let exit = match &result {
        Ok(totals) => summarise(&ctx, totals, names, details).await?,
        Err(_) => Exit::Failed,
    };
    close(&ctx).await?;
    result?;
    Ok(exit)
}

/// Client and database for one pass.
pub(super) async fn context(
    config: &Config,
    store: Store,
    stop: CancellationToken,
) -> Result<Arc<Context>, Failure> {
    let clock = Clock::system();
    let client = open_client(config, &clock)?;
    restore_budgets(&client, &store).await;
    Ok(Arc::new(Context::new(client, store, clock, stop, Some(PATIENCE))))
}

/// Runs a pass, and shows how it goes.
pub(super) async fn go(
    config: &Config,
    ctx: &Arc<Context>,
    mut plan: Vec<Planned>,
) -> Result<Vec<(&'static Dataset, Turn)>, Failure> {
    bring_along(config, ctx, &mut plan).await?;
    let closer = {
        let ctx = Arc::clone(ctx);
        tokio::spawn(async move {
            ctx.stop.cancelled().await;
            ctx.client.close();
        })
    };
    let display = Display::begin(ctx);
    let result = pass(ctx, &plan).await;
    display.end()?;
    closer.abort();
    Ok(result?)
}

/// Closes client and database, in this order.
pub(super) async fn close(ctx: &Context) -> Result<(), Failure> {
    ctx.client.close();
    ctx.save_budgets().await?;
    ctx.store.put_esi(&ctx.client.condition()).await?;
    ctx.store.end_instance().await?;
    ctx.store.close().await;
    Ok(())
}

/// What a pass over the named datasets, or all enabled ones, works on.
pub(super) fn plan(config: &Config, names: &[String], all: bool) -> Result<Vec<Planned>, Failure> {
    let mut wanted: Vec<&'static Dataset> = Vec::new();
    for name in names {
        wanted.push(datasets::find(name).ok_or_else(|| unknown(name))?);
    }
    let details = all || !names.is_empty();
    if names.is_empty() {
        wanted = datasets::all().filter(|d| config.datasets.get(d.name).is_some_and(|s| s.enabled)).collect();
    }
    Ok(wanted.into_iter().filter_map(|dataset| planned(config, dataset, details)).collect())
}

fn planned(config: &Config, dataset: &'static Dataset, details: bool) -> Option<Planned> {
    let settings = config.datasets.get(dataset.name)?.clone();
    Some(Planned { job: Arc::new(Job::new(dataset, settings, &config.esi.language)), details })
}

fn unknown(name: &str) -> Failure {
    let hint = suggest::hint(name, &datasets::all().map(|d| d.name).collect::<Vec<_>>());
    let list = "`esi-syncd datasets` lists them";
    Failure::new(Exit::Failed, format!("there is no dataset `{name}`{hint} ({list})"))
}

/// Adds the datasets that the wanted ones take their targets from, where those were never synced.
async fn bring_along(config: &Config, ctx: &Context, plan: &mut Vec<Planned>) -> Result<(), StoreError> {
    let mut at = 0;
    while at < plan.len() {
        let Planned { job, details } = plan[at].clone();
        at += 1;
        // Where only the id list is read nothing needs to be known of others.
        if job.dataset.class == Class::Detail && !details {
            continue;
        }
        for source in sources(job.dataset, job.settings.regions.as_ref()) {
            if ctx.store.targets(source.name).await?.iter().any(|t| t.last_success_at.is_some()) {
                continue;
            }
            match plan.iter_mut().find(|p| p.job.dataset.name == source.name) {
                Some(there) => there.details = true,
                None => plan.extend(planned(config, source, true)),
            }
        }
    }
    Ok(())
}

async fn summarise(
    ctx: &Context,
    totals: &[(&'static Dataset, Turn)],
    names: &[String],
    details: bool,
) -> Result<Exit, Failure> {
    let counts = ctx.progress.snapshot();
    let mut out = table(&["dataset", "attempts", "failed", "pages", "records", "rows written"]);
    let (mut attempts, mut failed) = (0, 0);
    for (dataset, turn) in totals.iter().filter(|(_, turn)| turn.attempts > 0) {
        let c = counts.get(dataset.name).copied().unwrap_or_default();
        attempts += turn.attempts;
        failed += turn.failed;
        out.add_row([
            dataset.name.to_owned(),
            grouped(turn.attempts),
            grouped(turn.failed),
            grouped(c.pages),
            grouped(c.rows),
            grouped(c.written),
        ]);
    }
    numbers(&mut out, &[1, 2, 3, 4, 5]);
    if attempts > 0 {
        say!("{out}");
    }
    if ctx.stop.is_cancelled() {
        eprintln!("esi-syncd: stopped before the end; the next pass does the rest");
        return Ok(Exit::Failed);
    }
    for (dataset, _) in totals.iter().filter(|(_, turn)| turn.attempts == 0) {
        fresh(ctx, dataset).await?;
    }
    let left = totals.iter().any(|(d, _)| d.class == Class::Detail) && names.is_empty() && !details;
    if left && attempts > 0 {
        say!("Details (regions, systems, ..) are filled by the daemon, or now with `sync --all`.");
    }
    let mut exit = Exit::Fine;
    for (dataset, turn) in totals.iter().filter(|(_, turn)| turn.held > 0) {
        exit = Exit::Failed;
        let targets = ctx.store.targets(dataset.name).await?;
        let held = targets.into_iter().find(|target| target.state == TargetState::Shrunk);
        let why = held.and_then(|target| target.last_error).unwrap_or_else(|| "see the log".to_owned());
        eprintln!("esi-syncd: {}: {} of {} sets not stored: {why}", dataset.name, turn.held, turn.attempts);
    }
    if failed == 0 {
        return Ok(exit);
    }
    for (dataset, turn) in totals.iter().filter(|(_, turn)| turn.failed > 0) {
        let targets = ctx.store.targets(dataset.name).await?;
        let why = targets.into_iter().find_map(|t| t.last_error);
        let condition = ctx.client.condition();
        let why = match why {
            Some(why) => why,
            None if condition.reason.is_empty() => "see the log".to_owned(),
            None => condition.reason,
        };
        eprintln!("esi-syncd: {}: {} of {} attempts failed: {why}", dataset.name, turn.failed, turn.attempts);
    }
    Ok(Exit::Failed)
}

async fn fresh(ctx: &Context, dataset: &Dataset) -> Result<(), StoreError> {
    let targets = ctx.store.targets(dataset.name).await?;
    match targets.iter().filter_map(|t| t.expires_at.max(t.due_at.filter(|_| t.last_error.is_some()))).min() {
        Some(until) => {
            say!("{}: nothing to do before {}", dataset.name, until.format("%Y-%m-%d %H:%M:%S UTC"));
        }
        None => say!("{}: nothing to do", dataset.name),
    }
    Ok(())
}
