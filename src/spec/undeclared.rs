//! The read operations that no dataset copies, and why.

/// The reason of operations that a later version will copy.
const LATER: &str = "later";

/// A read operation that no dataset copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undeclared {
    /// Method and path, for example `GET /status`.
    pub operation: &'static str,
    /// Why it is never copied; `None` if a later version will copy it.
    pub never: Option<&'static str>,
}

/// Every read operation that no dataset copies, in alphabetical order of its path.
///
/// # Panics
///
/// If a line of the embedded file has no reason; a test ensures that each has one.
pub fn undeclared() -> impl Iterator<Item = Undeclared> {
    let lines = include_str!("undeclared.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|line| {
        let (operation, reason) = line.split_once(": ").unwrap_or_else(|| panic!("no reason: {line}"));
        Undeclared { operation, never: Some(reason).filter(|reason| *reason != LATER) }
    })
}
