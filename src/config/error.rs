//! What is wrong with a configuration, told so that it can be put right without looking anything up.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use super::document::ConfigPlace;
use super::find::{ConfigSource, LARGEST};
use super::values::redact;

/// Lists of valid keys longer than this help nobody.
const LONGEST_KEY_LIST: usize = 16;

/// Characters of a message, whatever was written in the file.
const LONGEST_MESSAGE: usize = 400;
/// Bytes of a line that are shown, around the place.
const WIDEST_LINE: usize = 160;

/// Why there is no configuration to run with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file was named and is not there.
    #[error("{} does not exist (named by {named_by})", path.display())]
    Missing {
        /// The path as it was given.
        path: PathBuf,
        /// `--config` or `ESI_SYNCD_CONFIG`.
        named_by: &'static str,
    },
    /// The file cannot be read as text.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The file is no configuration.
    #[error("{} is larger than {} KiB, which no configuration is", path.display(), LARGEST / 1024)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The settings are wrong; the first mistakes, in the order of the file, then of the variables.
    #[error("{}", lines(problems, *more))]
    Invalid {
        /// At least one.
        problems: Vec<Problem>,
        /// How many mistakes there are beyond these.
        more: usize,
    },
}

fn lines(problems: &[Problem], more: usize) -> String {
    let mut texts: Vec<String> = problems.iter().map(Problem::to_string).collect();
    if more > 0 {
        texts.push(format!("and {more} more mistakes"));
    }
    texts.join("\n\n")
}

/// One mistake, where it is, and how to put it right. Its `Display` shows the offending line with the place
/// underlined; secrets in that line are hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, or the environment variable's.
    pub origin: String,
    /// Line and column, both from 1 and the column in characters; `None` for a variable.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// The names that would have been valid there, where the mistake is an unknown one.
    pub valid: Vec<String>,
    excerpt: Excerpt,
}

impl Problem {
    pub(super) fn new(
        source: &ConfigSource,
        place: &ConfigPlace,
        message: &str,
        hint: Option<String>,
    ) -> Self {
        let (origin, position, excerpt) = match place {
            ConfigPlace::File(span) => {
                let (line, column, excerpt) = Excerpt::of_file(&source.text, span.clone());
                (source.name.clone(), Some((line, column)), excerpt)
            }
            ConfigPlace::Variable { name, text } => (name.clone(), None, Excerpt::of_variable(name, text)),
        };
        let message = redact::shortened(message, LONGEST_MESSAGE).replace(char::is_control, "\u{FFFD}");
        let hint = hint.map(|hint| redact::shortened(&hint, LONGEST_MESSAGE));
        Self { origin, position, message, hint, valid: Vec::new(), excerpt }
    }

    pub(super) fn with_valid(self, valid: Vec<String>) -> Self {
        Self { valid, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut number = String::new();
        f.write_str(&self.origin)?;
        if let Some((line, column)) = self.position {
            number = line.to_string();
            write!(f, ":{line}:{column}")?;
        }
        writeln!(f, ": {}", self.message)?;
        let gutter = " ".repeat(number.len());
        let Excerpt { line, indent, width } = &self.excerpt;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{number} | {line}")?;
        write!(f, "{gutter} | {indent}{}", "^".repeat(*width))?;
        if let Some(hint) = &self.hint {
            write!(f, " {hint}")?;
        }
        if !self.valid.is_empty() && self.valid.len() <= LONGEST_KEY_LIST {
            write!(f, "\n{gutter} = valid here: {}", self.valid.join(", "))?;
        }
        Ok(())
    }
}

/// A line as it may be shown, and which part of it to underline.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Excerpt {
    line: String,
    /// What stands under the text before the place: blanks, and the tabs of the line itself so that it lines up.
    indent: String,
    width: usize,
}

impl Excerpt {
    /// Line and column of `span` in `text`, and the line it starts in.
    fn of_file(text: &str, span: Range<usize>) -> (usize, usize, Self) {
        let start = text.floor_char_boundary(span.start.min(text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        let number = text[..line_start].matches('\n').count() + 1;
        let column = text[line_start..start].chars().count() + 1;
        let end = span.end.saturating_sub(line_start);
        (number, column, Self::new(line, start - line_start..end))
    }

    fn of_variable(name: &str, text: &str) -> Self {
        let line = format!("{name}={text}");
        let end = line.len();
        Self::new(&line, name.len() + 1..end)
    }

    fn new(line: &str, place: Range<usize>) -> Self {
        let start = line.floor_char_boundary(place.start.min(line.len()));
        let end = line.ceil_char_boundary(place.end.clamp(start, line.len()));
        let (shown, start, end) = match redact::hidden(line) {
            None => (line.to_owned(), start, end),
            Some(hide) => {
                let shown = format!("{}{}{}", &line[..hide.start], redact::MARK, &line[hide.end..]);
                if start < hide.start {
                    (shown, start, end.min(hide.start))
                } else {
                    (shown, hide.start, hide.start + redact::MARK.len())
                }
            }
        };
        let (shown, start, end) = window(shown, start, end);
        let indent = shown[..start].chars().map(|c| if c == '\t' { c } else { ' ' }).collect();
        let width = shown[start..end].chars().count().max(1);
        Self { line: shown.replace(|c: char| c.is_control() && c != '\t', "\u{FFFD}"), indent, width }
    }
}

/// The part of a line around a place, and the place in it.
fn window(line: String, start: usize, end: usize) -> (String, usize, usize) {
    const MORE: &str = "\u{2026}";
    if line.len() <= WIDEST_LINE {
        return (line, start, end);
    }
    let from = line.floor_char_boundary(start.saturating_sub(WIDEST_LINE / 2));
    let to = line.floor_char_boundary((from + WIDEST_LINE).min(line.len()));
    let before = if from > 0 { MORE } else { "" };
    let after = if to < line.len() { MORE } else { "" };
    let at = |place: usize| place.clamp(from, to) - from + before.len();
    (format!("{before}{}{after}", &line[from..to]), at(start), at(end))
}
