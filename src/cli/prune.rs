//! `prune`: deletes what the configuration no longer asks for, after it has said what that is.

use std::io::{BufRead as _, IsTerminal as _};

use chrono::{DateTime, TimeDelta, Utc};

use super::existing::existing;
use super::say::say;
use super::table::grouped;
use super::{Exit, Failure};
use crate::app::log;
use crate::app::supervisor::open_store;
use crate::config::Config;
use crate::datasets;
use crate::declare::Dataset;
use crate::store::{Pruned, Store};
use crate::sync::{Job, Selected, deselect, selected};

/// What there is to delete of one dataset.
struct Leftover {
    dataset: &'static Dataset,
    pruned: Pruned,
    /// Rows older than `keep`, and the day that it reaches back to.
    expired: u64,
    oldest: Option<DateTime<Utc>>,
}

impl Leftover {
    fn is_nothing(&self) -> bool {
        self.pruned == Pruned::default() && self.expired == 0
    }
}

pub(super) async fn prune(config: &Config, dry_run: bool, yes: bool) -> Result<Exit, Failure> {
    // Deleting creates nothing, and looking takes no lock.
    let reader = existing(config).await?;
    if dry_run {
        let looked = look(config, &reader, "would be deleted").await;
        reader.close().await;
        if looked? {
            say!("Nothing was deleted (--dry-run).");
        }
        return Ok(Exit::Fine);
    }
    reader.close().await;
    let store = open_store(config).await?;
    let done = ask_and_delete(config, &store, yes).await;
    let ended = store.end_instance().await;
    store.close().await;
    done?;
    ended?;
    Ok(Exit::Fine)
}

async fn ask_and_delete(config: &Config, store: &Store, yes: bool) -> Result<(), Failure> {
    if !look(config, store, "to delete").await? {
        return Ok(());
    }
    if !yes && std::io::stdin().is_terminal() && !agreed()? {
        say!("Nothing was deleted.");
        return Ok(());
    }
    delete(config, store).await
}

/// Says what there is to delete; whether there is anything.
async fn look(config: &Config, store: &Store, what: &str) -> Result<bool, Failure> {
    let (leftovers, doubtful) = leftovers(config, store).await?;
    for leftover in &leftovers {
        say_what(leftover, what);
    }
    if leftovers.is_empty() && !doubtful {
        say!("Nothing to delete: every target is selected, no row is older than `keep`.");
    }
    Ok(!leftovers.is_empty())
}

/// What there is to delete, and whether for some dataset nobody can say.
async fn leftovers(config: &Config, store: &Store) -> Result<(Vec<Leftover>, bool), Failure> {
    let (mut leftovers, mut doubtful) = (Vec::new(), false);
    for dataset in datasets::all() {
        let Some(settings) = config.datasets.get(dataset.name) else { continue };
        let job = Job::new(dataset, settings.clone(), &config.esi.language);
        let pruned = match selected(store, &job).await? {
            Selected::All => store.would_prune(dataset, None).await?,
            Selected::These(wanted) => store.would_prune(dataset, Some(&wanted)).await?,
            Selected::Unknown(why) => {
                let name = dataset.name;
                say!("{name}: {why}; cannot determine which targets are deselected; their rows stay");
                doubtful = true;
                store.would_prune(dataset, None).await?
            }
        };
        let oldest = oldest(config, dataset);
        let expired = match oldest {
            Some(oldest) => store.would_expire(dataset, oldest).await?,
            None => 0,
        };
        leftovers.push(Leftover { dataset, pruned, expired, oldest });
    }
    leftovers.retain(|leftover| !leftover.is_nothing());
    Ok((leftovers, doubtful))
}

/// Rows of a time series that were observed before are older than the operator keeps them.
fn oldest(config: &Config, dataset: &Dataset) -> Option<DateTime<Utc>> {
    let keep = config.datasets.get(dataset.name)?.max_age?;
    Utc::now().checked_sub_signed(TimeDelta::from_std(keep).ok()?)
}

fn say_what(leftover: &Leftover, what: &str) {
    let Leftover { dataset, pruned, expired, oldest } = leftover;
    if pruned.targets > 0 {
        let (targets, rows) = (grouped(pruned.targets), grouped(pruned.rows));
        say!("{}: {what}: deselected targets: {targets}, their rows: {rows}", dataset.name);
    }
    if let Some(oldest) = oldest.filter(|_| *expired > 0) {
        say!("{}: {what}: {} rows older than {}", dataset.name, grouped(*expired), oldest.format("%Y-%m-%d"));
    }
}

/// Asks on the terminal.
fn agreed() -> Result<bool, Failure> {
    log::line("Delete all of this? It cannot be undone. [y/N]");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

async fn delete(config: &Config, store: &Store) -> Result<(), Failure> {
    let mut failed = None;
    for dataset in datasets::all() {
        let Some(settings) = config.datasets.get(dataset.name) else { continue };
        let job = Job::new(dataset, settings.clone(), &config.esi.language);
        deselect(store, &job, Utc::now()).await?;
        match store.prune(dataset).await {
            Ok(pruned) if pruned.targets > 0 => {
                let (targets, rows) = (grouped(pruned.targets), grouped(pruned.rows));
                say!("{}: deselected targets: {targets}, rows deleted: {rows}", dataset.name);
            }
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
        let Some(oldest) = oldest(config, dataset) else { continue };
        match store.expire(dataset, oldest).await {
            Ok(0) => {}
            Ok(rows) => {
                let day = oldest.format("%Y-%m-%d");
                say!("{}: {} rows older than {day} deleted", dataset.name, grouped(rows));
            }
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}
