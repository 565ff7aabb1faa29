//! `sync`: one pass, then the end.

mod report;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::progress::Display;
use super::{Exit, Failure, daemon};
use crate::app::signals::Signals;
use crate::app::supervisor::{open_client, open_store, restore_budgets};
use crate::clock::Clock;
use crate::config::Config;
use crate::datasets;
use crate::declare::{Class, Dataset};
use crate::store::{Store, StoreError};
use crate::suggest;
use crate::sync::pass;
use crate::sync::{Context, Job, Planned, Turn, sources};
use report::Report;

/// How long a commit waits for a database that is busy or away.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn sync(
    config: &Config,
    names: &[String],
    all: bool,
    as_json: bool,
) -> Result<Exit, Failure> {
    let plan = plan(config, names, all)?;
    let stop = CancellationToken::new();
    let listening = tokio::spawn(daemon::listen(Signals::listen()?, stop.clone()));
    let report = run(config, plan, names, stop).await;
    listening.abort();
    // Only now, with the database closed, may a reader take its time.
    let report = report?;
    if as_json {
        report.print_json();
    } else {
        report.print();
    }
    Ok(report.exit())
}

/// From opening the database to closing it.
async fn run(
    config: &Config,
    plan: Vec<Planned>,
    names: &[String],
    stop: CancellationToken,
) -> Result<Report, Failure> {
    let details = plan.iter().all(|p| p.details);
    let opened = tokio::select! {
        opened = tokio::time::timeout(PATIENCE, open_store(config)) => opened,
        () = stop.cancelled() => {
            return Err(Failure::new(Exit::Failed, "told to stop before the database was open; nothing was asked"));
        }
    };
    let store =
        opened.map_err(|_| Failure::new(Exit::Failed, "the database did not answer within 10 s"))??;
    let ctx = context(config, store, stop).await?;
    let report = match go(config, &ctx, plan).await {
        Ok(totals) => Report::of(&ctx, &totals, names, details).await,
        Err(failure) => Err(failure),
    };
    let closed = close(&ctx).await;
    let report = report?;
    closed?;
    Ok(report)
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
    let is_named = !names.is_empty();
    let planned = |dataset| Some(Planned { named: is_named, ..planned(config, dataset, details)? });
    Ok(wanted.into_iter().filter_map(planned).collect())
}

fn planned(config: &Config, dataset: &'static Dataset, details: bool) -> Option<Planned> {
    let settings = config.datasets.get(dataset.name)?.clone();
    let job = Arc::new(Job::new(dataset, settings, &config.esi.language));
    Some(Planned { job, details, named: false })
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
        let Planned { job, details, .. } = plan[at].clone();
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
