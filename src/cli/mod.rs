//! The command line: one file per subcommand, and what they share.

mod check;
mod daemon;
mod datasets;
mod demo;
mod existing;
mod failure;
mod plan;
mod progress;
mod prune;
mod say;
mod schema;
mod spec;
mod status;
mod sync;
mod table;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use serde_json::json;

pub use failure::{Exit, Failure};

use crate::app::log;
use crate::config;
use crate::config::{Config, ConfigSource, Log};
use crate::datasets::supported;
use crate::declare::Dialect;
use say::complain;

const ABOUT: &str = "Keeps a complete, current and consistent copy of EVE Online's ESI in SQLite or PostgreSQL.\n\n\
                     Without a command it runs as a daemon until SIGTERM or Ctrl-C.";
const CONFIG_HELP: &str =
    "The configuration file [default: $ESI_SYNCD_CONFIG, ./config.toml, /etc/esi-syncd/config.toml]";

/// What the command line says.
#[derive(Debug, Parser)]
#[command(version, about = ABOUT, long_about = None)]
pub struct Arguments {
    #[arg(long, short, global = true, value_name = "FILE", help = CONFIG_HELP)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Keep the database fresh until told to stop (the default)
    Run,
    /// Fetch everything that has expired, once, and exit
    Sync {
        /// Only these datasets, also if they are disabled
        datasets: Vec<String>,
        /// Also the slow background fills (details, history)
        #[arg(long)]
        all: bool,
        /// What came of it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show how fresh the database is
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check configuration, database, ESI, clock and disk
    Check {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Work out what the configuration will ask of ESI, before anything is asked
    Plan {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// List the datasets
    Datasets {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the tables and views, with what they mean
    Schema {
        /// sqlite or postgres [default: the configured database's]
        #[arg(long, value_parser = dialect)]
        dialect: Option<Dialect>,
        /// As SQL, as a document with every column explained, or for a program that reads the database
        #[arg(long, value_enum, default_value_t)]
        format: schema::SchemaFormat,
        /// Only these tables and views
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Work with ESI's specification
    Spec {
        #[command(subcommand)]
        command: SpecCommand,
    },
    /// Delete rows that the configuration no longer asks for
    Prune {
        /// Only say what would be deleted
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Fill demo.db from a simulated ESI, without any network, and show what to query
    Demo,
}

#[derive(Debug, Subcommand)]
enum SpecCommand {
    /// Say what a newer specification changes for the declared datasets; exit code 1 if something breaks
    Diff {
        /// An OpenAPI document: a file, or a URL of the configured ESI [default: ESI's own, of its newest date]
        #[arg(value_name = "FILE|URL")]
        source: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print which operations are copied, into which tables, and which are not, and why
    Coverage,
}

fn dialect(name: &str) -> Result<Dialect, String> {
    Dialect::ALL
        .into_iter()
        .find(|d| d.name() == name || (*d == Dialect::Postgres && name == "postgresql"))
        .ok_or_else(|| "possible values: sqlite, postgres".to_owned())
}

impl Command {
    /// Whether what it prints is for programs.
    fn is_json(&self) -> bool {
        match self {
            Self::Sync { json, .. }
            | Self::Status { json }
            | Self::Check { json }
            | Self::Plan { json }
            | Self::Datasets { json }
            | Self::Spec { command: SpecCommand::Diff { json, .. } } => *json,
            _ => false,
        }
    }
}

/// Does what the process's arguments say. The returned value is the process's exit code.
pub async fn main() -> Exit {
    let exit = match Arguments::try_parse() {
        Ok(arguments) => obey(arguments).await,
        Err(usage) => explain(&usage),
    };
    let exit = say::finish(exit);
    log::flush();
    exit
}

/// What `--help` and `--version` ask for, or what is wrong with the arguments.
fn explain(usage: &clap::Error) -> Exit {
    let is_mistake = usage.use_stderr();
    let terminal = if is_mistake { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
    let text = usage.render();
    let text = if log::in_colours(terminal) { text.ansi().to_string() } else { text.to_string() };
    if is_mistake {
        log::line(text.trim_end());
        return Exit::Usage;
    }
    say::line(format_args!("{}", text.trim_end()));
    Exit::Fine
}

async fn obey(arguments: Arguments) -> Exit {
    let is_json = arguments.command.as_ref().is_some_and(Command::is_json);
    match dispatch(arguments).await {
        Ok(exit) => exit,
        Err(failure) => {
            if is_json {
                say::json(json!({ "exit_code": failure.exit.code(), "error": failure.message }));
            }
            complain!("esi-syncd: {failure}");
            failure.exit
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<Exit, Failure> {
    let command = arguments.command.unwrap_or(Command::Run);
    if let Command::Demo = command {
        return demo::demo().await;
    }
    let config = load(arguments.config.as_deref())?;
    match command {
        Command::Run => {
            log::init(&config.log)?;
            warn(&config);
            daemon::run(&config).await
        }
        Command::Sync { datasets, all, json } => {
            log::init(&beside_bars(&config.log))?;
            warn(&config);
            sync::sync(&config, &datasets, all, json).await
        }
        Command::Status { json } => status::status(&config, json).await,
        Command::Check { json } => check::check(&config, json).await,
        Command::Plan { json } => plan::plan(&config, json).await,
        Command::Prune { dry_run, yes } => prune::prune(&config, dry_run, yes).await,
        Command::Datasets { json } => Ok(datasets::datasets(&config, json)),
        Command::Schema { dialect, format, names } => schema::schema(&config, dialect, format, &names),
        Command::Spec { command: SpecCommand::Diff { source, json } } => {
            spec::diff(&config, source.as_deref(), json).await
        }
        Command::Spec { command: SpecCommand::Coverage } => {
            spec::coverage();
            Ok(Exit::Fine)
        }
        Command::Demo => unreachable!("handled above: the demo needs no configuration"),
    }
}

fn load(explicit: Option<&Path>) -> Result<Config, Failure> {
    let source = match config::find(explicit)? {
        Some(path) => ConfigSource::read(&path)?,
        None => ConfigSource::built_in(),
    };
    Ok(config::load(&source, config::environment(), &supported())?)
}

/// On a terminal the bars of `sync` say what is stored, so its log says only what is wrong, unless it was told otherwise.
fn beside_bars(log: &Log) -> Log {
    let ordinary = std::io::stderr().is_terminal() && log.level == Log::default().level;
    let level = if ordinary { "warn".to_owned() } else { log.level.clone() };
    Log { level, ..log.clone() }
}

fn warn(config: &Config) {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
}
