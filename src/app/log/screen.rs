//! One terminal for log lines and progress bars: bars make room for a line and come back below it.

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use indicatif::MultiProgress;
use tracing::Dispatch;

use super::queue::{Entry, Queue};

/// How long the process waits at its end for a reader of standard error that reads nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a standard error that does not block is left alone while it takes nothing.
const NOT_YET: Duration = Duration::from_millis(20);

static BARS: Mutex<Option<MultiProgress>> = Mutex::new(None);

/// Writes the log's own lines without the queue: those about the queue.
static DIRECT: OnceLock<Dispatch> = OnceLock::new();

/// From now on log lines go above these bars; `None`: there are none any more.
pub fn share(bars: Option<MultiProgress>) {
    *BARS.lock().unwrap_or_else(PoisonError::into_inner) = bars;
}

/// Leaves a line for standard error: a message of the command line, beside the log's own.
pub fn line(text: &str) {
    put(format!("{text}\n").as_bytes());
}

/// Waits until all lines are written, as long as somebody reads them.
pub fn flush() {
    if let Some(queue) = queue() {
        queue.drain(PATIENCE);
    }
}

/// How gaps in the log are told of.
pub(in crate::app::log) fn tell_of_gaps(direct: Dispatch) {
    let _ = DIRECT.set(direct);
}

/// Standard error, as the log writes to it: each `write` is a whole line, and waits for nobody.
#[derive(Clone, Copy, Debug)]
pub(in crate::app::log) struct Screen;

impl Write for Screen {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        put(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard error itself, for the thread that may wait for whoever reads it.
#[derive(Clone, Copy, Debug)]
pub(in crate::app::log) struct Direct;

impl Write for Direct {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let bars = BARS.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match bars {
            Some(bars) => bars.suspend(|| whole(line)),
            None => whole(line),
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes all of a line. Where standard error is closed there is nobody to tell.
fn whole(mut line: &[u8]) {
    while !line.is_empty() {
        match io::stderr().write(line) {
            Ok(0) => return,
            Ok(written) => line = &line[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(NOT_YET),
            Err(_) => return,
        }
    }
}

fn put(line: &[u8]) {
    match queue() {
        Some(queue) => queue.put(line),
        None => whole(line),
    }
}

/// The queue, and the thread that empties it; `None` where the system gives us no thread.
fn queue() -> Option<&'static Queue> {
    static QUEUE: OnceLock<Option<&'static Queue>> = OnceLock::new();
    *QUEUE.get_or_init(|| {
        let queue: &'static Queue = Box::leak(Box::default());
        let thread = std::thread::Builder::new().name("log".to_owned());
        thread.spawn(move || queue.work(write)).ok().map(|_| queue)
    })
}

fn write(entry: Entry) {
    match (entry, DIRECT.get()) {
        (Entry::Line(line), _) => drop(Direct.write(&line)),
        (Entry::Gap(lines), Some(direct)) => tracing::dispatcher::with_default(direct, || {
            tracing::warn!(lines, "log lines were dropped here, because nobody read standard error");
        }),
        (Entry::Gap(lines), None) => {
            let text =
                format!("esi-syncd: {lines} lines were dropped here, because nobody read standard error\n");
            drop(Direct.write(text.as_bytes()));
        }
    }
}
