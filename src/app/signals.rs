//! Signals as a stream of what they ask for.
//!
//! Once registered, a signal never gets its default effect back: after [`Signals`] is closed, SIGTERM does nothing.
//! So listen early, before the first lock is taken, and close last.

use std::io;

use futures_util::StreamExt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

pub use signal_hook_tokio::Handle;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGINT or SIGQUIT: stop; a second one: stop at once.
    Stop,
    /// SIGHUP: read the configuration again.
    Reload,
}

/// The signals sent to this process. Several of one kind that arrive together may come out as one.
pub struct Signals(signal_hook_tokio::Signals);

impl Signals {
    /// Begins to listen. Needs a tokio runtime.
    ///
    /// # Errors
    /// If the operating system refuses the handlers or the socket behind them.
    pub fn listen() -> io::Result<Self> {
        signal_hook_tokio::Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP]).map(Self)
    }

    /// Ends the stream from elsewhere: `handle().close()`.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.0.handle()
    }

    /// The next signal; `None` once closed. May be dropped and called again, as in `select!`.
    pub async fn next(&mut self) -> Option<Signal> {
        let signal = self.0.next().await?;
        Some(if signal == SIGHUP { Signal::Reload } else { Signal::Stop })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use signal_hook::low_level::raise;

    use super::*;

    async fn next(signals: &mut Signals) -> Option<Signal> {
        tokio::time::timeout(Duration::from_secs(5), signals.next()).await.expect("within five seconds")
    }

    #[tokio::test]
    async fn each_signal_says_what_it_asks_for_and_closing_ends_the_stream() {
        let mut signals = Signals::listen().expect("handlers");
        for (raised, asks) in [
            (SIGTERM, Signal::Stop),
            (SIGHUP, Signal::Reload),
            (SIGINT, Signal::Stop),
            (SIGQUIT, Signal::Stop),
        ] {
            raise(raised).expect("raised");
            assert_eq!(next(&mut signals).await, Some(asks), "signal {raised}");
        }
        signals.handle().close();
        assert_eq!(next(&mut signals).await, None);
    }
}
