//! Log lines on standard error, where systemd, containers and terminals all look for them.
//!
//! Nothing in the process waits for whoever reads them: lines go through a bounded queue (`queue`).
//!
//! The libraries are chatty at `debug` about things that are ours to tell (a statement, a connection), so raising
//! `[log] level` does not raise theirs: they stay at `warn` until they are named, as in `info,sqlx=debug`.

mod queue;
mod screen;

use std::ffi::OsString;
use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

pub use screen::{flush, line, share};

use crate::config::{Log, LogFormat};

/// Comes before the operator's directives, so that the same target named there wins.
/// (Waiting for the one writing connection is what SQLite's pool is for, so its pool does not warn of that.)
const QUIET: &str = "h2=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,\
                     sqlx=warn,sqlx::pool=error,tokio_cron_scheduler=warn";

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `level` does not parse; [`crate::config::load`] accepts no such level.
    #[error("log level: {0}")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// [`init`] has run before.
    #[error("logging is already set up: {0}")]
    Twice(#[from] TryInitError),
}

/// Sends this process's log to standard error, from now on.
///
/// # Errors
/// [`LogError`] if the level does not parse or a log is already set up.
pub fn init(log: &Log) -> Result<(), LogError> {
    let terminal = std::io::stderr().is_terminal();
    let colours = in_colours(terminal);
    // The variable is inherited by shells below a service: a terminal is never the journal.
    let journal = !terminal && std::env::var_os("JOURNAL_STREAM").is_some();
    let form = Form::choose(log.format, colours, journal);
    subscriber(&log.level, form, || screen::Screen)?.try_init()?;
    screen::tell_of_gaps(subscriber("warn", form, || screen::Direct)?.into());
    Ok(())
}

/// Whether what is printed there, on a terminal or not, is to have colours.
#[must_use]
pub fn in_colours(terminal: bool) -> bool {
    terminal && wants_colours(|name| std::env::var_os(name))
}

/// Whether a terminal is to get colours: <https://no-color.org>, and a terminal that says it has none.
fn wants_colours(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    variable("NO_COLOR").is_none_or(|value| value.is_empty())
        && variable("TERM").is_none_or(|value| value != "dumb")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text { colours: bool, times: bool },
    Json,
}

impl Form {
    fn choose(format: LogFormat, colours: bool, journal: bool) -> Self {
        match format {
            LogFormat::Auto => Self::Text { colours, times: !journal },
            LogFormat::Text => Self::Text { colours: false, times: true },
            LogFormat::Json => Self::Json,
        }
    }
}

fn subscriber<W>(
    level: &str,
    form: Form,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, tracing_subscriber::filter::ParseError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(format!("{QUIET},{level}"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        // A closed standard error must cost log lines, not the daemon: reporting it there would panic.
        .log_internal_errors(false);
    Ok(match form {
        // Events have a field of this name, and a JSON object has it once.
        Form::Json => Box::new(lines.json().flatten_event(true).with_target(false).finish()),
        Form::Text { colours, times: true } => Box::new(lines.with_ansi(colours).finish()),
        Form::Text { colours, times: false } => Box::new(lines.with_ansi(colours).without_time().finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct LogPage(Arc<Mutex<Vec<u8>>>);

    impl Write for LogPage {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(level: &str, form: Form) -> String {
        let page = LogPage::default();
        let writer = page.clone();
        let subscriber = subscriber(level, form, move || writer.clone()).expect("a level");
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "sqlx::query", "a statement");
            tracing::warn!(target: "sqlx::query", "a slow statement");
            tracing::debug!(target = "region_id=10000002", rows = 7, "detail");
            tracing::info!("stored");
        });
        String::from_utf8(page.0.lock().expect("not poisoned").clone()).expect("text")
    }

    const PLAIN: Form = Form::Text { colours: false, times: false };

    #[test]
    fn a_raised_level_does_not_wake_the_libraries_until_they_are_named() {
        let info = written("info", PLAIN);
        assert!(info.contains("stored") && info.contains("a slow statement"), "{info}");
        assert!(!info.contains("detail"), "{info}");
        let debug = written("debug", PLAIN);
        assert!(debug.contains("detail") && !debug.contains("a statement"), "{debug}");
        let named = written("info,sqlx=debug", PLAIN);
        assert!(named.contains("a statement") && !named.contains("detail"), "{named}");
    }

    #[test]
    fn lines_have_the_form_that_was_asked_for() {
        assert!(written("info", PLAIN).starts_with(" WARN "), "neither time nor colour");
        assert!(written("info", Form::Text { colours: false, times: true }).starts_with("20"), "a year");
        assert!(written("info", Form::Text { colours: true, times: false }).contains('\u{1b}'), "colours");
        let json = written("debug", Form::Json);
        assert_eq!(json.matches("\"target\"").count(), 1, "a dataset's target, not ours: {json}");
        let lines: Vec<serde_json::Value> =
            json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert!(lines.iter().any(|line| line["rows"] == 7 && line["message"] == "detail"), "{json}");
    }

    #[test]
    fn the_journal_gets_no_times_and_only_a_terminal_gets_colours() {
        let auto = |terminal, journal| Form::choose(LogFormat::Auto, terminal, journal);
        assert_eq!(auto(true, false), Form::Text { colours: true, times: true });
        assert_eq!(auto(false, true), Form::Text { colours: false, times: false });
        assert_eq!(auto(false, false), Form::Text { colours: false, times: true });
        assert_eq!(Form::choose(LogFormat::Text, true, true), Form::Text { colours: false, times: true });
    }

    #[test]
    fn no_color_and_dumb_terminals_get_none() {
        let wanted = |set: &'static [(&str, &str)]| {
            wants_colours(|name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into()))
        };
        assert!(wanted(&[]) && wanted(&[("NO_COLOR", ""), ("TERM", "xterm")]));
        assert!(!wanted(&[("NO_COLOR", "1")]) && !wanted(&[("NO_COLOR", "0")]));
        assert!(!wanted(&[("TERM", "dumb")]));
    }
}
