//! `schema`: the tables as SQL, with what they mean.

use super::say::say;
use super::{Exit, Failure};
use crate::config::{Config, DatabaseUrl};
use crate::dataset::Dialect;
use crate::{datasets, store};

/// The migration that makes the ledger's tables: they belong to no dataset.
const LEDGER: &str = "ledger";

pub(super) fn schema(config: &Config, dialect: Option<Dialect>, tables: &[String]) -> Result<Exit, Failure> {
    let dialect = dialect.unwrap_or(match config.database.url {
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
    });
    for name in tables {
        let known = datasets::filling(name).is_some() || name.starts_with("sync_");
        if !known {
            let all: Vec<&str> = datasets::all().flat_map(|d| d.tables).map(|t| t.name).collect();
            let closest = all
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
            let hint = closest.map(|c| format!("; did you mean `{c}`?")).unwrap_or_default();
            return Err(Failure::new(Exit::Failed, format!("there is no table `{name}`{hint}")));
        }
    }
    let wanted = |name: &str| tables.is_empty() || tables.iter().any(|t| t == name);
    if tables.is_empty() || tables.iter().any(|t| t.starts_with("sync_")) {
        for (_, _, sql) in store::migrations(dialect).filter(|(_, name, _)| *name == LEDGER) {
            say!("{sql}");
        }
    }
    for dataset in datasets::all() {
        for table in dataset.tables.iter().filter(|t| wanted(t.name)) {
            say!("-- {}\n-- {}, dataset {}", dataset.doc, dataset.operation(), dataset.name);
            say!("{}", dialect.create_table(table));
        }
    }
    Ok(Exit::Fine)
}
