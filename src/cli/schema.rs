//! `schema`: the tables and views, as SQL or as a document, with what they mean.

use super::say::say;
use super::{Exit, Failure};
use crate::config::{Config, DatabaseUrl};
use crate::declare::{Dialect, Relation, RelationKind};
use crate::describe::catalog;
use crate::{store, suggest};

/// The migration that makes the ledger's tables: they belong to no dataset.
const LEDGER: &str = "ledger";

/// What the schema is written as.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(super) enum SchemaFormat {
    /// Statements that make it.
    #[default]
    Sql,
    /// A document for people.
    Markdown,
}

pub(super) fn schema(
    config: &Config,
    dialect: Option<Dialect>,
    format: SchemaFormat,
    names: &[String],
) -> Result<Exit, Failure> {
    let relations = catalog::all();
    for name in names {
        if relations.iter().all(|r| r.name != name) {
            let hint = suggest::hint(name, &relations.iter().map(|r| r.name).collect::<Vec<_>>());
            return Err(Failure::new(Exit::Failed, format!("there is no table or view `{name}`{hint}")));
        }
    }
    if let SchemaFormat::Markdown = format {
        say!("{}", catalog::markdown(&relations, names).trim_end());
        return Ok(Exit::Fine);
    }
    let dialect = dialect.unwrap_or(match config.database.url {
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
    });
    sql(dialect, &relations, names);
    Ok(Exit::Fine)
}

fn sql(dialect: Dialect, relations: &[Relation], names: &[String]) {
    let ledger = |name: &str| name.starts_with("sync_");
    if names.is_empty() || names.iter().any(|name| ledger(name)) {
        for (_, _, sql) in store::migrations(dialect).filter(|(_, name, _)| *name == LEDGER) {
            say!("{sql}");
        }
    }
    let wanted = |r: &&Relation| !ledger(r.name) && (names.is_empty() || names.iter().any(|n| n == r.name));
    for relation in relations.iter().filter(wanted) {
        match relation.dataset.zip(relation.table()) {
            Some((dataset, table)) => {
                say!("-- {}\n-- {}, dataset {}", relation.meaning, dataset.operation(), dataset.name);
                say!("{}", dialect.create_table(table));
            }
            None if relation.kind == RelationKind::View => {
                let sql = catalog::view_sql(dialect, relation.name).unwrap_or_default();
                say!("-- {}\n{sql}\n", relation.meaning);
            }
            None => {}
        }
    }
}
