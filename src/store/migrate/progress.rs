//! Reports the progress of a schema change to the log, and to whoever waits for the daemon to start.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, interval};
use tracing::info;

use crate::store::StoreError;

/// How often a running step is reported.
const AGAIN: Duration = Duration::from_secs(5);

/// A schema change in progress.
#[derive(Clone, Copy, Debug)]
pub struct MigrationStep<'a> {
    /// Its name.
    pub what: &'a str,
    /// How long it has run so far.
    pub elapsed: Duration,
}

/// Is called when a step begins, and every few seconds while it runs.
pub type OnMigration = fn(MigrationStep<'_>);

/// Makes a change and reports it.
pub(super) async fn watched(
    what: &str,
    tell: OnMigration,
    work: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let began = Instant::now();
    let mut work = pin!(work);
    let mut clock = interval(AGAIN);
    loop {
        tokio::select! {
            biased;
            _ = clock.tick() => {
                let elapsed = began.elapsed();
                tell(MigrationStep { what, elapsed });
                info!(what, elapsed_s = elapsed.as_secs(), "changing the database's schema");
            }
            done = &mut work => {
                if done.is_ok() {
                    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                    info!(what, duration_ms, "the database's schema has changed");
                }
                return done;
            }
        }
    }
}
