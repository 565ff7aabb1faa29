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

pub use crate::cli::failure::{Exit, Failure};

use crate::config;
use crate::config::{Config, ConfigSource, Log};
use crate::datasets::supported;
use crate::declare::Dialect;

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
    },
    /// Show how fresh the database is
    Status {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check configuration, database, ESI, clock and disk
    Check,
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
    Prune,
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
        /// As a JSON array
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

/// Does what the arguments say. The returned value is the process's exit code.
pub async fn main(arguments: Arguments) -> Exit {
    match dispatch(arguments).await {
        Ok(exit) => exit,
        Err(failure) => {
            eprintln!("esi-syncd: {failure}");
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
            crate::app::log::init(&config.log)?;
            warn(&config);
            daemon::run(&config).await
        }
        Command::Sync { datasets, all } => {
            crate::app::log::init(&beside_bars(&config.log))?;
            warn(&config);
            sync::sync(&config, &datasets, all).await
        }
        Command::Status { json } => status::status(&config, json).await,
        Command::Check => check::check(&config).await,
        Command::Plan { json } => plan::plan(&config, json).await,
        Command::Prune => prune::prune(&config).await,
        Command::Datasets { json } => datasets::datasets(&config, json),
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
