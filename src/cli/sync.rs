//! `sync`: one pass, then the end.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio_util::sync::CancellationToken;

use super::say::say;
use super::table::{grouped, numbers, table};
use super::{Exit, Failure, daemon};
use crate::clock::Clock;
use crate::config::Config;
use crate::dataset::{Class, Dataset};
use crate::datasets;
use crate::log;
use crate::signals::Signals;
use crate::store::{Store, StoreError};
use crate::supervisor::{Stop, open_client, open_store, restore_budgets};
use crate::sync::{Context, Counts, Job, Planned, Turn, pass, sources};

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

/// Runs a pass, with a progress display where somebody can see it.
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
    let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
    log::share(bars.clone());
    let shower = bars.clone().map(|bars| tokio::spawn(show(Arc::clone(ctx), bars)));
    let result = pass(ctx, &plan).await;
    if let Some(shower) = shower {
        shower.abort();
    }
    log::share(None);
    if let Some(bars) = bars {
        bars.clear()?;
    }
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
    let closest = datasets::all()
        .map(|d| d.name)
        .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let hint = closest.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
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
        if job.dataset.class == Class::Backfill && !details {
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

/// A line per dataset that moves, as long as it does: what is done makes room for the others.
async fn show(ctx: Arc<Context>, all: MultiProgress) {
    let mut bars: BTreeMap<&'static str, ProgressBar> = BTreeMap::new();
    let mut last: BTreeMap<&'static str, Counts> = BTreeMap::new();
    let style = ProgressStyle::with_template("{prefix:28} [{bar:28}] {pos}/{len} targets  {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    loop {
        for (name, counts) in ctx.progress.snapshot() {
            if last.insert(name, counts) == Some(counts) && counts.done >= counts.targets {
                if let Some(bar) = bars.remove(name) {
                    bar.finish_and_clear();
                    all.remove(&bar);
                }
                continue;
            }
            let bar = bars.entry(name).or_insert_with(|| {
                let bar = all.add(ProgressBar::new(0));
                bar.set_style(style.clone());
                bar.set_prefix(name);
                bar
            });
            bar.set_length(counts.targets.max(counts.done));
            bar.set_position(counts.done);
            let failed =
                if counts.failed > 0 { format!(", {} failed", counts.failed) } else { String::new() };
            bar.set_message(format!(
                "{} pages, {} rows{failed}",
                grouped(counts.pages),
                grouped(counts.rows)
            ));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
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
    let left = totals.iter().any(|(d, _)| d.class == Class::Backfill) && names.is_empty() && !details;
    if left && attempts > 0 {
        say!("Details (regions, systems, ..) are filled by the daemon, or now with `sync --all`.");
    }
    if failed == 0 {
        return Ok(Exit::Fine);
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
