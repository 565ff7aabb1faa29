//! Adopts what has changed since the last run: a cadence, or a declaration.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tracing::info;

use crate::store::{Adopted, Adoption, StoreError};
use crate::sync::{Context, Job};

/// The time over which the targets of a changed declaration are asked again. The limits decide the real pace.
const SPREAD: Duration = Duration::from_hours(1);

/// Makes stored due times follow the current configuration and declarations.
///
/// # Errors
/// If the database cannot be read or written; the datasets before the failing one have been adopted.
pub async fn adopt(ctx: &Context, jobs: &[Arc<Job>]) -> Result<(), StoreError> {
    for job in jobs {
        let now = ctx.clock.now();
        let wanted = Adoption {
            dataset: job.dataset,
            every: job.settings.every.to_string(),
            next: job.next_due(now),
            spread: job.period().min(SPREAD),
        };
        let Adopted { rescheduled, redeclared } =
            ctx.patiently(|| ctx.store.adopt(&wanted, now).boxed()).await?;
        let dataset = job.dataset.name;
        if rescheduled > 0 {
            info!(dataset, targets = rescheduled, every = wanted.every, "due times follow the new cadence");
        }
        if redeclared > 0 {
            info!(
                dataset,
                targets = redeclared,
                "asked again: this version of the program reads other columns"
            );
        }
    }
    Ok(())
}
