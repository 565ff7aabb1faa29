//! Standard output that may be closed: `esi-syncd status | head` is no reason to fail.

use std::fmt;
use std::io::Write as _;

/// Prints a line. Where nobody reads any more, the command has done its work.
pub(super) fn line(text: fmt::Arguments<'_>) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Like `println!`, for output that may be piped.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::say::line(format_args!($($text)*)) };
}
pub(super) use say;
