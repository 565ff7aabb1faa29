//! The bells: tokio-cron-scheduler wakes drivers, and does nothing else.
//!
//! The scheduler starts a run without waiting for the last one, and its shutdown waits for nothing. So the
//! closures here only ring. Datasets with a cron line get a job of their own. One more job rings all bells
//! twice a minute, so that sleeping drivers notice a stepped wall clock.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio_cron_scheduler::{Job as CronJob, JobScheduler, JobSchedulerError};

use crate::config::Every;

use crate::sync::Job;

const HEARTBEAT: &str = "0,30 * * * * *";

/// A running scheduler.
pub struct Bells {
    scheduler: JobScheduler,
}

impl Bells {
    /// Starts ringing.
    ///
    /// # Errors
    /// If the scheduler cannot be set up; cron lines were checked with the configuration.
    pub async fn start(drivers: &[(Arc<Job>, Arc<Notify>)]) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        for (job, bell) in drivers {
            if let Every::Cron(line) = &job.settings.every {
                let bell = Arc::clone(bell);
                scheduler.add(CronJob::new(line.as_str(), move |_, _| bell.notify_one())?).await?;
            }
        }
        let all: Vec<Arc<Notify>> = drivers.iter().map(|(_, bell)| Arc::clone(bell)).collect();
        let ring_all = CronJob::new(HEARTBEAT, move |_, _| all.iter().for_each(|bell| bell.notify_one()))?;
        scheduler.add(ring_all).await?;
        scheduler.start().await?;
        Ok(Self { scheduler })
    }

    /// Stops ringing.
    ///
    /// # Errors
    /// If the scheduler is already gone.
    pub async fn stop(mut self) -> Result<(), JobSchedulerError> {
        self.scheduler.shutdown().await
    }
}
