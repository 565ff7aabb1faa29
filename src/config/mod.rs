//! What the operator decided: `config.toml`, the environment, and a default for everything else.
//!
//! The one idea: **a setting knows where it was written**. The text is read into a tree whose every key and value
//! carries its place (a span of the file, or the name of an environment variable); overrides replace nodes of that
//! tree; and one small reader per section asks it for keys. A mistake is therefore reported at its place whatever
//! kind it is (bad syntax, an unknown key, a value out of range), and one run reports all of them. Deriving
//! `Deserialize` was the alternative: it stops at the first mistake, knows spans only for what serde itself refuses,
//! and cannot say that the value came from a variable.
//!
//! What a reader could still get wrong:
//! - A section's list of valid keys *is* what its reader asks for, so a suggestion cannot offer a key that does
//!   nothing. Read every key before `Section::finish`.
//! - An empty string means "not set" for the keys that may be absent (`contact`, `listen`, ..), so that a variable
//!   can take back what the file says.
//! - Nothing here opens a connection, creates a file or reads a clock: the answer depends on the arguments alone.
//! - Excerpts of the file appear in errors and so in logs. They pass through `redact` first.

mod document;
mod error;
mod find;
mod sections;
mod service_links;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;
use std::time::Duration;

pub use error::{ConfigError, Problem};
pub use find::{ConfigSource, environment, find};
pub use sections::database::{Database, DatabaseUrl, SecretUrl};
pub use sections::datasets::{DatasetSettings, SupportedDataset};
pub use sections::esi::{Esi, LANGUAGES};
pub use sections::http::Http;
pub use sections::log::{Log, LogFormat};
pub use sections::sso::Sso;
pub use values::every::Every;
pub use values::ids::Ids;
pub use values::regions::{RegionRef, Regions};

use sections::section::{Problems, Section};

/// How long a stopping daemon waits for work in flight, unless told otherwise.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(20);

/// Every setting, with defaults filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `[esi]`: the API and how politely it is asked.
    pub esi: Esi,
    /// `[database]`: where the copy is kept.
    pub database: Database,
    /// `[datasets.NAME]`: one entry for every dataset the program knows, by name.
    pub datasets: BTreeMap<String, DatasetSettings>,
    /// `[log]`: what is logged and in which form.
    pub log: Log,
    /// `[http]`: the daemon's own endpoint.
    pub http: Http,
    /// `[sso]`: the application that characters log in through.
    pub sso: Sso,
    /// `shutdown_grace`: how long a stopping daemon waits for requests and transactions in flight.
    pub shutdown_grace: Duration,
    /// Variables that begin like ours and belong to somebody else: the service links of Kubernetes.
    pub ignored_variables: Vec<String>,
}

impl Config {
    /// What an operator should hear at every start although it stops nothing; each entry is one whole message.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.esi.warnings();
        warnings.extend(self.http.warning());
        warnings.extend(self.sso.warning());
        if let [first, others @ ..] = self.ignored_variables.as_slice() {
            let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
            warnings.push(format!(
                "ignored the variable {first}{more}: it looks like a service link of Kubernetes, not like a setting \
                 (`enableServiceLinks: false` in the pod takes them away)"
            ));
        }
        warnings
    }
}

/// Reads a configuration: `source` first, then the `ESI_SYNCD_*` variables among `env`, which win.
///
/// `known` says which datasets exist, whether they run by default, and which parameters each takes.
///
/// # Errors
/// [`ConfigError::Invalid`] with every mistake found: each names its line and column or its variable.
pub fn load(
    source: &ConfigSource,
    env: impl Iterator<Item = (String, String)>,
    known: &[SupportedDataset],
) -> Result<Config, ConfigError> {
    let mut tree = document::parse(source)?;
    let ignored_variables = document::apply_overrides(&mut tree, env);
    let problems = Problems::default();
    let mut root = Section::root(&tree, &problems);
    let config = Config {
        esi: Esi::read(root.section("esi")),
        database: Database::read(root.section("database")),
        datasets: sections::datasets::read(&root.section("datasets"), known),
        log: Log::read(root.section("log")),
        http: Http::read(root.section("http")),
        sso: Sso::read(root.section("sso")),
        shutdown_grace: root
            .read("shutdown_grace", |node| values::value::duration(node, 1..=300))
            .unwrap_or(SHUTDOWN_GRACE),
        ignored_variables,
    };
    root.finish();
    problems.into_result(source)?;
    Ok(config)
}
