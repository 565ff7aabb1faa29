//! `run`: the daemon, from signals to exit code.

use tracing::{info, warn};

use super::{Exit, Failure};
use crate::app::signals::{Signal, Signals};
use crate::app::supervisor;
use crate::app::supervisor::Stop;
use crate::clock::Clock;
use crate::config::Config;

pub(super) async fn run(config: &Config) -> Result<Exit, Failure> {
    let stop = Stop::default();
    let listening = tokio::spawn(listen(Signals::listen()?, stop.clone()));
    let ended = supervisor::run(config, Clock::system(), stop).await;
    listening.abort();
    ended?;
    Ok(Exit::Fine)
}

/// Turns signals into wishes: the first stop signal gently, the second at once.
pub(super) async fn listen(mut signals: Signals, stop: Stop) {
    while let Some(signal) = signals.next().await {
        match signal {
            Signal::Reload => {
                warn!("SIGHUP: reloading is not supported yet; restart to apply a new configuration");
            }
            Signal::Stop if stop.gently.is_cancelled() => {
                stop.now.cancel();
                return;
            }
            Signal::Stop => {
                info!("told to stop; a second signal ends at once");
                stop.gently.cancel();
            }
        }
    }
}
