//! How far a change of the schema is: for the log, and for whoever waits for the daemon to start.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, interval};
use tracing::info;

use crate::store::StoreError;

/// How often a step that goes on is told of.
const AGAIN: Duration = Duration::from_secs(5);

/// A change of the schema that is being made.
#[derive(Clone, Copy, Debug)]
pub struct MigrationStep<'a> {
    /// Which one.
    pub what: &'a str,
    /// For how long already.
    pub elapsed: Duration,
}

/// Who is told of a step when it begins, and every few seconds while it goes on.
pub type OnMigration = fn(MigrationStep<'_>);

/// Makes a change, and tells of it.
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
