//! Paths as an operator may have meant them for a shell, which does not read them here.

use std::path::PathBuf;

use crate::config::sections::section::Mistake;

/// The path, unless it holds something that only a shell would have replaced, or that no path is meant to hold.
pub(in crate::config) fn path(text: &str) -> Result<PathBuf, Mistake> {
    printable(text, "path")?;
    if text.starts_with('~') {
        let fault = Mistake::new("`~` is replaced by shells only, and would become a folder of that name");
        return Err(fault.hint("write the whole path, such as /home/you/esi.db"));
    }
    if is_expansion(text) {
        let fault =
            Mistake::new("`$` and a name are replaced by shells only, and would become part of the path");
        return Err(fault.hint("write the whole path, such as /home/you/esi.db"));
    }
    Ok(PathBuf::from(text))
}

/// Refuses line ends and other control characters anywhere, and blanks at either end.
pub(in crate::config) fn printable(text: &str, what: &str) -> Result<(), Mistake> {
    if text.contains(char::is_control) {
        let fault = Mistake::new(format!("a line end or another control character is part of the {what}"));
        return Err(fault.hint("a variable that was read from a file may hold the file's line end"));
    }
    if text.trim() != text {
        return Err(
            Mistake::new(format!("the {what} begins or ends with a blank")).hint("take the blank away")
        );
    }
    Ok(())
}

/// `$HOME`, `${HOME}` or `$(pwd)`.
fn is_expansion(text: &str) -> bool {
    let mut after = text.split('$').skip(1);
    after.any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '{' | '(')))
}
