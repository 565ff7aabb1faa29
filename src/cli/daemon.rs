//! `run`: the daemon, from signals to exit code.

use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Exit, Failure};
use crate::app::signals::{Signal, Signals};
use crate::app::supervisor;
use crate::clock::Clock;
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<Exit, Failure> {
    let stop = CancellationToken::new();
    let listening = tokio::spawn(listen(Signals::listen()?, stop.clone()));
    let ended = supervisor::run(config, Clock::system(), stop).await;
    listening.abort();
    ended?;
    Ok(Exit::Fine)
}

/// Turns the first signal to stop into a wish; the second ends the process (see [`Signals`]).
pub(super) async fn listen(mut signals: Signals, stop: CancellationToken) {
    while let Some(signal) = signals.next().await {
        match signal {
            Signal::Reload => {
                warn!("SIGHUP: reloading is not supported yet; restart to apply a new configuration");
            }
            Signal::Stop if stop.is_cancelled() => {}
            Signal::Stop => {
                info!("told to stop; a second signal ends at once");
                stop.cancel();
            }
        }
    }
}
