//! Which part of a line must not be shown.
//!
//! Decided on the text of the line, not on the parsed tree: a line that does not parse (a missing quote behind a
//! database password) is just the line an error wants to show. When in doubt it hides more than needed.

use std::ops::Range;

/// Stands where something was hidden.
pub(in crate::config) const MARK: &str = "<hidden>";

/// Characters of a value that are quoted.
const LONGEST_QUOTE: usize = 80;

const SECRET_WORDS: [&str; 4] = ["secret", "passw", "token", "postgres"];

/// The bytes of `line` to hide, if any: the value of anything that looks like a secret or a database address, or the
/// user and password in any other URL.
pub(in crate::config) fn hidden(line: &str) -> Option<Range<usize>> {
    let lower = line.to_ascii_lowercase();
    let (key, value) = lower.split_once('=').unwrap_or(("", &lower));
    let value = value.trim_start();
    let value_at = line.len() - value.len();

    let telling = lower.replace("client_secret_file", "");
    let names_secret = SECRET_WORDS.iter().any(|word| telling.contains(word));
    let key = key.trim().trim_matches(['"', '\'']);
    let key = key.rsplit('.').next().unwrap_or(key);
    let is_database = key == "url" || key.ends_with("__url");
    let is_sqlite = value.trim_start_matches(['"', '\'']).starts_with("sqlite");
    if names_secret || is_database && !is_sqlite {
        return Some(value_at..line.len());
    }
    if is_database && let Some(hide) = hidden_in_path(&lower[value_at..]) {
        return Some(value_at + hide.start..value_at + hide.end);
    }
    let user_at = lower.find("://")? + 3;
    let host_at = lower.rfind('@')?;
    (user_at < host_at).then_some(user_at..host_at)
}

/// What a SQLite address should not hold: user and password before an `@`, parameters behind a `?`.
fn hidden_in_path(value: &str) -> Option<Range<usize>> {
    let user = value.rfind('@').map(|at| value.find(':').map_or(0, |scheme| scheme + 1)..at);
    user.or_else(|| value.find('?').map(|from| from + 1..value.len()))
}

/// A value as messages quote it: someone may have put a secret where a word belongs.
pub(in crate::config) fn quoted(value: &str) -> String {
    let shown = if hidden(value).is_some() { MARK.to_owned() } else { shortened(value, LONGEST_QUOTE) };
    format!("`{shown}`")
}

/// At most so many characters of a text.
pub(in crate::config) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        hidden(line).map_or(line.to_owned(), |hide| line.replace(&line[hide], MARK))
    }

    #[test]
    fn secrets_are_hidden_however_they_are_written() {
        for line in [
            r#"url = "postgres://u:canary@host/db"#,
            r#"url = "mysql://u:canary"#,
            r"database.url='canary'",
            r#"database = { url = "postgresql://h/db?x=canary" }"#,
            r#"urll = "postgres://u:canary@h""#,
            r#"client_secret = "canary""#,
            "postgres://u:canary@h/db",
            "ESI_SYNCD_DATABASE__URL=canary",
            r#"base_url = "https://me:canary@proxy/""#,
            r#"url = "sqlite://me:canary@host/esi.db""#,
            r#"url = "sqlite:me:canary@host/esi.db""#,
            r#"url = "sqlite://esi.db?key=canary""#,
            "ESI_SYNCD_DATABASE__URL=sqlite://me:ca/canary@host/esi.db",
        ] {
            let shown = shown(line);
            assert!(!shown.contains("canary") && shown.contains(MARK), "{shown}");
        }
    }

    #[test]
    fn the_rest_stays_readable() {
        for line in [
            r#"url = "sqlite://esi.db""#,
            r#"contact = "you@example.org""#,
            r#"client_secret_file = "key""#,
            r#"base_url = "http://example.org""#,
        ] {
            assert_eq!(shown(line), line);
        }
    }
}
