//! What a command prints, and what becomes of it.
//!
//! Printing decides nothing: a command does its work and closes its database whether or not somebody reads. A closed pipe
//! (`esi-syncd status | head`) is the reader's choice and no failure; any other trouble with standard output, such as a
//! full disk, is told at the end and makes a success a failure.
//!
//! Standard error goes through the log's queue, so that a pipe which nobody reads does not stop the work either.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::sync::OnceLock;

use serde_json::Value;

use super::Exit;

/// The version of all JSON that is printed. It grows when a key goes or changes its meaning; new keys leave it as it is.
const FORMAT_VERSION: u32 = 1;

/// Why standard output takes nothing any more.
static BROKEN: OnceLock<io::Error> = OnceLock::new();

/// Prints a line, unless standard output has failed before.
pub(super) fn line(text: fmt::Arguments<'_>) {
    if BROKEN.get().is_none() {
        note(writeln!(io::stdout(), "{text}"));
    }
}

/// Prints an object, or a list of them, each with the version of its keys.
pub(super) fn json(mut whole: Value) {
    match &mut whole {
        Value::Array(all) => all.iter_mut().for_each(versioned),
        one => versioned(one),
    }
    line(format_args!("{whole:#}"));
}

fn versioned(object: &mut Value) {
    if let Value::Object(keys) = object {
        keys.insert("format_version".to_owned(), FORMAT_VERSION.into());
    }
}

/// The exit code after everything was printed.
pub(super) fn finish(exit: Exit) -> Exit {
    note(io::stdout().flush());
    match BROKEN.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain!("esi-syncd: standard output could not be written: {error}");
            if exit == Exit::Fine { Exit::Failed } else { exit }
        }
        _ => exit,
    }
}

fn note(written: io::Result<()>) {
    if let Err(error) = written {
        // The first trouble is the one to tell of.
        drop(BROKEN.set(error));
    }
}

/// Like `println!`, for output that may be piped.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::say::line(format_args!($($text)*)) };
}
/// Like `eprintln!`, for output that nobody may read.
macro_rules! complain {
    ($($text:tt)*) => { $crate::app::log::line(&format!($($text)*)) };
}
pub(super) use complain;
pub(super) use say;
