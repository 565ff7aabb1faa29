//! `prune`: deletes what the configuration no longer asks for.

use super::existing::existing;
use super::say::say;
use super::table::grouped;
use super::{Exit, Failure};
use crate::app::supervisor::open_store;
use crate::config::Config;
use crate::datasets;
use crate::store::Pruned;
use crate::sync::{Job, deselect};

pub(super) async fn prune(config: &Config) -> Result<Exit, Failure> {
    // Deleting creates nothing.
    existing(config).await?.close().await;
    let store = open_store(config).await?;
    let mut doubtful = false;
    for dataset in datasets::all() {
        let Some(settings) = config.datasets.get(dataset.name) else { continue };
        let job = Job::new(dataset, settings.clone(), &config.esi.language);
        if let Some(why) = deselect(&store, &job, chrono::Utc::now()).await? {
            say!("{}: {why}; what it no longer selects cannot be told, and stays", dataset.name);
            doubtful = true;
        }
    }
    let mut all = Pruned::default();
    let mut failed = None;
    for dataset in datasets::all() {
        match store.prune(dataset).await {
            Ok(pruned) => {
                if pruned.targets > 0 {
                    let (targets, rows) = (grouped(pruned.targets), grouped(pruned.rows));
                    say!("{}: deselected targets: {targets}, rows deleted: {rows}", dataset.name);
                }
                all.targets += pruned.targets;
                all.rows += pruned.rows;
            }
            Err(error) => failed = Some(error),
        }
        let keep = config.datasets.get(dataset.name).and_then(|s| s.max_age);
        if let Some(oldest) = keep
            .and_then(|keep| chrono::Utc::now().checked_sub_signed(chrono::TimeDelta::from_std(keep).ok()?))
        {
            match store.expire(dataset, oldest).await {
                Ok(0) => {}
                Ok(rows) => {
                    say!(
                        "{}: {} rows older than {} deleted",
                        dataset.name,
                        grouped(rows),
                        oldest.format("%Y-%m-%d")
                    );
                    all.rows += rows;
                }
                Err(error) => failed = Some(error),
            }
        }
    }
    store.end_instance().await?;
    store.close().await;
    if let Some(error) = failed {
        return Err(error.into());
    }
    if all == Pruned::default() && !doubtful {
        say!("Nothing to delete: every target is selected, no row is older than `keep`.");
    }
    Ok(Exit::Fine)
}
