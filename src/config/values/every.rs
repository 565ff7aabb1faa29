//! `every`: how often a dataset's bell rings.

use std::fmt;
use std::time::Duration;

use chrono::DateTime;
use croner::parser::{CronParser, Seconds};

use super::redact::quoted;
use super::value;
use crate::config::document::Node;
use crate::config::sections::section::Mistake;

/// The longest interval, in seconds: a year. The shortest is one second; ESI's expiry holds in any case.
const LONGEST: u64 = 366 * 24 * 3600;

/// When a dataset is looked at again. Whatever this says, ESI is not asked before a target has expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Every {
    /// As soon as ESI has something new.
    Expires,
    /// So long after the last run ended.
    After(Duration),
    /// At the times of a cron line in UTC, the game's own time. Six fields, seconds first; a day must match both
    /// day fields (month and week). Checked to come true at some time.
    Cron(String),
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expires => f.write_str("expires"),
            Self::After(time) => write!(f, "{}", humantime::format_duration(*time)),
            Self::Cron(line) => f.write_str(line),
        }
    }
}

impl Every {
    pub(in crate::config) fn parse(node: &Node) -> Result<Self, Mistake> {
        const FORM: &str = "\"expires\", a duration such as \"15m\", or a cron line such as \"30 11 * * *\" (11:30 UTC daily)";
        let Some(text) = node.text().map(str::trim) else {
            return Err(Mistake::new(format!("expected a string, not {}", node.kind())).hint(FORM));
        };
        let fields = text.split_whitespace().count();
        if text == "expires" {
            Ok(Self::Expires)
        } else if humantime::parse_duration(text).is_ok() {
            value::duration(node, 1..=LONGEST).map(Self::After)
        } else if fields >= 5 {
            cron(text, fields).map(Self::Cron)
        } else {
            Err(Mistake::new(format!("{} says no times", quoted(text))).hint(FORM))
        }
    }
}

fn cron(text: &str, fields: usize) -> Result<String, Mistake> {
    let line = match fields {
        5 => format!("0 {text}"),
        6 => text.to_owned(),
        _ => {
            return Err(Mistake::new(format!("a cron line of {fields} fields"))
                .hint("[second] minute hour day month weekday: five fields or six"));
        }
    };
    // The same parser, set in the same way, as the scheduler's.
    let parser = CronParser::builder().seconds(Seconds::Required).dom_and_dow(true).build();
    let cron = parser.parse(&line).map_err(|cause| Mistake::new(format!("not a cron line: {cause}")))?;
    if cron.find_next_occurrence(&DateTime::UNIX_EPOCH, true).is_err() {
        return Err(Mistake::new("this cron line never comes true").hint("check its day against its month"));
    }
    Ok(line)
}
