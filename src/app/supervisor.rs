//! Builds the shared client and the database pool once, hands both to the scheduled fetch jobs, and closes them in order.
//! No other module decides the order of starting and stopping.
//!
//! Start: open the database (waiting for it if needed) -> open the client -> restore spent budgets -> plan -> start the
//! drivers -> start the cron scheduler -> READY.
//! Stop: begin no new targets -> stop the scheduler -> close the client (it sends nothing more, and waits two seconds for
//! replies under way) -> store those replies and finish transactions, within the grace time -> write budgets and the clean
//! end -> close the pool. A second signal ends the process at once, in its handler.
//!
//! The order protects no data, because rows and ledger commit together. It saves spent tokens for ESI's limits,
//! checkpoints the write-ahead log for readers, and shows the operator each step in the journal.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use super::systemd;
use super::upkeep;
use crate::clock::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::datasets;
use crate::declare::{Class, Dataset};
use crate::describe::catalog;
use crate::esi;
use crate::esi::Client;
use crate::plan;
use crate::plan::{Rules, Wanted};
use crate::store::{DatasetRow, Location, MigrationStep, Secret, Store, StoreError};
use crate::sync;
use crate::sync::schedule::bells::Bells;
use crate::sync::schedule::driver;
use crate::sync::watch::compatibility;
use crate::sync::watch_esi;
use crate::sync::{Context, Job, Planner};

/// The largest reply accepted, after decompression.
const MAX_BODY: usize = 32 * 1024 * 1024;
/// How often the database is tried while it is out of reach.
const DATABASE_RETRY: Duration = Duration::from_secs(5);
/// Where private data lies on `PostgreSQL`.
const PRIVATE_SCHEMA: &str = "private";
/// The extra start time that each progress report of a migration asks systemd for; a report comes every few seconds.
const MIGRATION_PATIENCE: Duration = Duration::from_mins(1);
/// How often the instance lock is verified.
const LOCK_CHECK: Duration = Duration::from_secs(10);
/// Backfills begin after the live datasets have asked for their first pages.
const BACKFILL_DELAY: Duration = Duration::from_secs(3);

/// Why the daemon ended although nobody told it to stop.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The database cannot be used, and waiting does not help.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The client cannot be set up.
    #[error(transparent)]
    Client(#[from] esi::FetchError),
    /// The scheduler cannot be set up.
    #[error("the cron scheduler failed: {0}")]
    Scheduler(#[from] tokio_cron_scheduler::JobSchedulerError),
}

/// Where the configured database is.
#[must_use]
pub fn location(config: &Config) -> Location {
    match &config.database.url {
        DatabaseUrl::Sqlite(path) => Location::Sqlite(path.clone()),
        DatabaseUrl::Postgres(url) => Location::Postgres(Secret(url.expose().to_owned())),
    }
}

/// Opens the one ESI client.
///
/// # Errors
/// If a setting cannot be sent as a header, or TLS cannot be set up.
pub fn open_client(config: &Config, clock: &Clock) -> Result<Client, esi::FetchError> {
    let settings = esi::ClientSettings {
        tenant: config.esi.tenant.clone(),
        language: config.esi.language.clone(),
        timeout: config.esi.timeout,
        max_concurrency: usize::try_from(config.esi.max_concurrency).unwrap_or(usize::MAX),
        max_rate: config.esi.max_rate,
        backfill_rate: config.esi.backfill_rate,
        budget_share: config.esi.budget_share,
        max_body: MAX_BODY,
        ..esi::ClientSettings::new(config.esi.base_url.clone(), user_agent(config.esi.contact.as_deref()))
    };
    Client::open(&settings, clock.clone())
}

fn user_agent(contact: Option<&str>) -> String {
    let product = concat!("esi-syncd/", env!("CARGO_PKG_VERSION"));
    let contact = contact.map(|c| format!("{c}; ")).unwrap_or_default();
    format!("{product} ({contact}+{})", env!("CARGO_PKG_REPOSITORY"))
}

/// The enabled datasets, each with its settings.
#[must_use]
pub fn jobs(config: &Config) -> Vec<Arc<Job>> {
    let job = |w: Wanted| Arc::new(Job::new(w.dataset, w.settings, &config.esi.language));
    plan::wanted(config).into_iter().map(job).collect()
}

/// The declarations of the enabled datasets.
#[must_use]
pub fn enabled(config: &Config) -> Vec<&'static Dataset> {
    let is_on = |dataset: &&Dataset| config.datasets.get(dataset.name).is_some_and(|s| s.enabled);
    datasets::all().filter(is_on).collect()
}

/// Opens the database, and writes the configured datasets and the documentation of the tables to it.
///
/// # Errors
/// See [`StoreError`].
pub async fn open_store(config: &Config) -> Result<Store, StoreError> {
    let store = Store::open_telling(&location(config), &config.esi.tenant, report_migration).await?;
    let rows: Vec<DatasetRow> = datasets::all()
        .filter_map(|dataset| {
            let settings = config.datasets.get(dataset.name)?.clone();
            let (enabled, every) = (settings.enabled, settings.every.to_string());
            let period = Job::new(dataset, settings, &config.esi.language).period();
            Some(DatasetRow { dataset, enabled, period, every })
        })
        .collect();
    let prepared = async {
        if config.sso.client_id.is_some() || store.has_private(PRIVATE_SCHEMA).await? {
            store.migrate_private(PRIVATE_SCHEMA, report_migration).await?;
        }
        describe(&store, &rows).await
    };
    if let Err(error) = prepared.await {
        store.close().await;
        return Err(error);
    }
    Ok(store)
}

/// Keeps the service manager waiting during a migration, and shows the migration's step in its status line.
fn report_migration(step: MigrationStep<'_>) {
    systemd::extend_start(MIGRATION_PATIENCE);
    systemd::watchdog_ping();
    systemd::status(&format!("changing the database's schema: {}, {} s", step.what, step.elapsed.as_secs()));
}

/// Writes the datasets and the documentation of the tables. Missing documentation does not stop the daemon: if the login
/// may not set comments, or a view was dropped, this only warns.
async fn describe(store: &Store, rows: &[DatasetRow]) -> Result<(), StoreError> {
    store.put_datasets(rows).await?;
    match store.describe(&catalog::all()).await {
        Err(error @ (StoreError::Refused(_) | StoreError::Denied(_))) => {
            warn!(%error, "could not write what tables and columns mean; the data is not affected");
            Ok(())
        }
        other => other.map(drop),
    }
}

/// Runs the daemon until `stop`.
///
/// # Errors
/// Only failures that waiting cannot cure: see [`RunError`].
pub async fn run(config: &Config, clock: Clock, stop: CancellationToken) -> Result<(), RunError> {
    info!("opening the database");
    let Some(store) = wait_for_store(config, &stop).await? else { return Ok(()) };
    let client = open_client(config, &clock)?;
    if config.esi.daily_downtime {
        client.expect_downtime();
    }
    restore_budgets(&client, &store).await;
    let ctx = Arc::new(Context::new(client, store, clock, CancellationToken::new(), None));
    let jobs = jobs(config);
    info!(
        database = ?ctx.store.dialect(),
        datasets = jobs.len(),
        version = env!("CARGO_PKG_VERSION"),
        "esi-syncd is running"
    );

    if let Err(error) = sync::adopt(&ctx, &jobs).await {
        warn!(%error, "due times do not follow the changed configuration or program yet; the next start tries again");
    }
    let planner = Planner::new(jobs.clone(), Rules::of(config));
    tokio::select! {
        made = planner.plan(&ctx) => if let Err(error) = made {
            warn!(%error, "could not make a plan yet; datasets run at their configured cadence, within all limits");
        },
        () = stop.cancelled() => {}
    }
    let tasks = TaskTracker::new();
    let drivers: Vec<(Arc<Job>, Arc<Notify>)> =
        jobs.into_iter().map(|job| (job, Arc::new(Notify::new()))).collect();
    for (job, bell) in &drivers {
        tasks.spawn(begin(Arc::clone(&ctx), Arc::clone(job), Arc::clone(bell)));
    }
    let enabled = drivers.iter().map(|(job, _)| job.dataset).collect();
    tasks.spawn(compatibility::watch(Arc::clone(&ctx), enabled));
    tasks.spawn(planner.keep(Arc::clone(&ctx)));
    tasks.spawn(upkeep::keep_budgets(Arc::clone(&ctx)));
    tasks.spawn(upkeep::keep_statistics(Arc::clone(&ctx)));
    tasks.spawn(watch_esi(Arc::clone(&ctx)));
    tasks.spawn(upkeep::watchdog(Arc::clone(&ctx)));
    let bells = Bells::start(&drivers).await?;
    systemd::ready();
    tasks.spawn(upkeep::tell_of_outages(Arc::clone(&ctx), drivers.len()));

    let ended = tokio::select! {
        () = stop.cancelled() => Ok(()),
        error = watch_lock(&ctx) => Err(error),
    };
    shut_down(&ctx, bells, tasks, config.shutdown_grace).await;
    ended.map_err(RunError::from)
}

/// Starts a driver: at once for live datasets, three seconds later for details.
async fn begin(ctx: Arc<Context>, job: Arc<Job>, bell: Arc<Notify>) {
    if job.dataset.class == Class::Detail {
        tokio::select! {
            () = ctx.clock.sleep(BACKFILL_DELAY) => {}
            () = ctx.stop.cancelled() => return,
        }
    }
    driver::drive(ctx, job, bell).await;
}

/// Opens the database, and keeps trying while it is out of reach. `None` if `stop` came first.
async fn wait_for_store(config: &Config, stop: &CancellationToken) -> Result<Option<Store>, StoreError> {
    let mut logged = false;
    loop {
        let opened = tokio::select! {
            opened = open_store(config) => opened,
            // Opening may wait for another process's lock; an unfinished migration rolls back.
            () = stop.cancelled() => return Ok(None),
        };
        match opened {
            Ok(store) => return Ok(Some(store)),
            Err(error) if error.is_transient() => {
                if !logged {
                    warn!(%error, "waiting for the database; trying every {DATABASE_RETRY:?}");
                    systemd::ready();
                    systemd::status(&format!("waiting for the database: {error}"));
                    logged = true;
                }
                systemd::watchdog_ping();
                tokio::select! {
                    () = tokio::time::sleep(DATABASE_RETRY) => {}
                    () = stop.cancelled() => return Ok(None),
                }
            }
            Err(error) => return Err(error),
        }
    }
}

/// Restores the tokens that the previous run spent into the client's limits.
pub async fn restore_budgets(client: &Client, store: &Store) {
    match store.budgets().await {
        Ok(Some(budgets)) => client.limits().restore(&budgets, store.was_clean()),
        Ok(None) => {}
        Err(error) => {
            warn!(%error, "could not read the spent rate-limit tokens; the limits start as if none were spent");
        }
    }
}

/// Verifies the instance lock every ten seconds. Returns only if another instance has taken the database.
async fn watch_lock(ctx: &Context) -> StoreError {
    loop {
        tokio::time::sleep(LOCK_CHECK).await;
        match ctx.store.verify_lock().await {
            Ok(()) => {}
            Err(error) if error.is_transient() => {
                warn!(%error, "could not verify the instance lock; trying again in {LOCK_CHECK:?}");
            }
            Err(error) => return error,
        }
    }
}

/// Stops everything in order. Each log line reports a finished step.
async fn shut_down(ctx: &Context, bells: Bells, tasks: TaskTracker, grace: Duration) {
    let began = Utc::now();
    systemd::stopping();
    info!("stopping: no new work");
    ctx.stop.cancel();
    if let Err(error) = bells.stop().await {
        debug!(%error, "the cron scheduler did not stop cleanly");
    }
    info!("scheduler stopped");
    ctx.client.close();
    tasks.close();
    tokio::select! {
        () = tasks.wait() => info!("work in hand finished"),
        () = tokio::time::sleep(grace) => warn!(?grace, "work in hand did not finish in time; open transactions roll back"),
    }
    tokio::select! {
        () = sign_off(ctx) => info!("database closed"),
        () = tokio::time::sleep(grace) => warn!(?grace, "the last writes to the database did not finish in time"),
    }
    let duration_ms = (Utc::now() - began).num_milliseconds();
    info!(duration_ms, "stopped");
}

/// Writes the spent budgets and the clean end for the next start, and closes the database.
async fn sign_off(ctx: &Context) {
    for (what, result) in [
        ("the spent budgets", ctx.save_budgets().await),
        ("the end of the run", ctx.store.end_instance().await),
    ] {
        if let Err(error) = result {
            warn!(%error, "could not write {what}");
        }
    }
    ctx.store.close().await;
}
