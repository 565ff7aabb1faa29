//! Mistakes and overrides, through [`load`] alone: what an operator writes and what they are told.

mod mistakes;
mod overrides;
mod secrets;
mod values;

use super::*;

/// Datasets for these tests; the names in the shipped file are checked in `shipped`.
const KNOWN: [SupportedDataset; 6] = [
    known("market_orders", &["regions"]),
    SupportedDataset { enabled: false, ..known("market_history", &["regions", "max_pairs"]) },
    known("server_status", &["keep"]),
    known("incursions", &[]),
    SupportedDataset { parts: 2, ..known("killmails", &["ids"]) },
    known("wars", &["backfill"]),
];

const fn known(name: &'static str, params: &'static [&'static str]) -> SupportedDataset {
    SupportedDataset {
        name,
        enabled: true,
        params,
        regions: &[],
        all_regions: false,
        parts: 1,
        max_pairs: None,
    }
}

fn read(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let source = ConfigSource { name: "config.toml".to_owned(), text: text.to_owned() };
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(&source, env, &KNOWN)
}

fn config(text: &str) -> Config {
    read(text, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn problems(text: &str, env: &[(&str, &str)]) -> Vec<Problem> {
    match read(text, env) {
        Err(ConfigError::Invalid { problems, .. }) => problems,
        other => panic!("expected a refusal of {text:?} {env:?}, got {other:?}"),
    }
}

fn problem(text: &str) -> Problem {
    let mut problems = problems(text, &[]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}
