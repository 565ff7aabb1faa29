//! Signals as a stream of what they ask for.
//!
//! The first signal that asks to stop comes out of the stream, and the process stops in order. The second ends the
//! process in the signal handler itself, so that it works whatever the runtime's threads wait for.
//!
//! Once registered, a signal never gets its default effect back: after [`Signals`] is closed, the first SIGTERM does
//! nothing. So listen early, before the first lock is taken, and close last.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;

pub use signal_hook_tokio::Handle;

/// The exit code of a process that a second signal ends.
const AT_ONCE: i32 = 130;
/// Signals within this time are one: `timeout` and other supervisors signal the process and then its group.
const TOGETHER: Duration = Duration::from_millis(50);
const STOPS: [i32; 3] = [SIGTERM, SIGINT, SIGQUIT];

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM, SIGINT or SIGQUIT: stop. A second one never comes out of the stream: it ends the process.
    Stop,
    /// SIGHUP: read the configuration again.
    Reload,
}

/// The signals sent to this process. Several of one kind that arrive together may come out as one.
pub struct Signals(signal_hook_tokio::Signals);

impl Signals {
    /// Begins to listen, for the rest of the process's life. Needs a tokio runtime.
    ///
    /// # Errors
    /// If the operating system refuses the handlers, the socket behind them, or a thread.
    pub fn listen() -> io::Result<Self> {
        end_at_the_second()?;
        Self::stream()
    }

    fn stream() -> io::Result<Self> {
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

/// Makes the second signal to stop end the process with [`AT_ONCE`]. A thread arms it, because the runtime may be stuck.
fn end_at_the_second() -> io::Result<()> {
    let armed = Arc::new(AtomicBool::new(false));
    for signal in STOPS {
        flag::register_conditional_shutdown(signal, AT_ONCE, Arc::clone(&armed))?;
    }
    let mut first = signal_hook::iterator::Signals::new(STOPS)?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        if first.forever().next().is_some() {
            std::thread::sleep(TOGETHER);
            armed.store(true, Ordering::SeqCst);
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use signal_hook::low_level::raise;

    use super::*;

    async fn next(signals: &mut Signals) -> Option<Signal> {
        tokio::time::timeout(Duration::from_secs(5), signals.next()).await.expect("within five seconds")
    }

    #[tokio::test]
    async fn each_signal_says_what_it_asks_for_and_closing_ends_the_stream() {
        let mut signals = Signals::stream().expect("handlers");
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
