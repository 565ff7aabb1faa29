//! `[log]`: what is logged and in which form.

use tracing_subscriber::EnvFilter;

use super::section::{Mistake, Section};
use crate::config::values::redact::quoted;
use crate::config::values::value;
use crate::suggest::alike;

const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// What is logged, always to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A level, or directives of tracing's `EnvFilter` such as `info,crate::esi=debug`.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for whoever reads it: colours on a terminal, no time stamps where the journal adds its own.
    Auto,
    /// Text with time stamps and without colours.
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Auto }
    }
}

impl Log {
    pub(in crate::config) fn read(mut section: Section<'_>) -> Self {
        let default = Self::default();
        let format = section.read("format", |node| value::one_of(node, &["auto", "text", "json"]));
        let log = Self {
            level: section.read("level", |node| level(value::text(node)?)).unwrap_or(default.level),
            format: match format {
                Some("text") => LogFormat::Text,
                Some("json") => LogFormat::Json,
                _ => default.format,
            },
        };
        section.finish();
        log
    }
}

/// `EnvFilter` alone would take a mistyped level for the name of a module, and log nothing.
fn level(text: &str) -> Result<String, Mistake> {
    const FORM: &str = "error, warn, info, debug, trace or off; for one module `info,crate::esi=debug`";
    let directives: Vec<&str> = text.split(',').map(str::trim).collect();
    for directive in directives.iter().filter(|part| !part.contains(['=', '[', ']'])) {
        if !LEVELS.contains(directive) {
            let fault = Mistake::new(format!("{} is not a level", quoted(directive)));
            return Err(match alike(&directive.to_ascii_lowercase(), &LEVELS) {
                Some(better) => fault.hint(format!("did you mean `{better}`?")),
                None => fault.hint(FORM),
            });
        }
    }
    let level = directives.join(",");
    match EnvFilter::builder().parse(&level) {
        Ok(_) => Ok(level),
        Err(cause) => Err(Mistake::new(format!("not a log level: {cause}")).hint(FORM)),
    }
}
