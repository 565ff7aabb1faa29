//! `schema`: the tables and views, as SQL or as a document, with what they mean.

use super::say::say;
use super::{Exit, Failure};
use crate::config::{Config, DatabaseUrl};
use crate::declare::{Dialect, Relation, RelationKind};
use crate::describe::catalog;
use crate::store::{MigrationSet, create_view, migrations};
use crate::suggest;

/// The migration that makes the ledger's tables: they belong to no dataset.
const LEDGER: &str = "ledger";

/// What the schema is written as.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(super) enum SchemaFormat {
    /// Statements that make it.
    #[default]
    Sql,
    /// A document for people.
    #[value(alias = "md")]
    Markdown,
    /// A Python module of tables for SQLAlchemy 2.
    Sqlalchemy,
    /// A Python module of models for Django 5.2 or newer.
    Django,
    /// Metadata for Datasette.
    Datasette,
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
    let document = match format {
        SchemaFormat::Sql => None,
        SchemaFormat::Markdown => Some(catalog::markdown(&relations, names)),
        SchemaFormat::Sqlalchemy => Some(catalog::sqlalchemy(&relations, names)),
        SchemaFormat::Django => Some(catalog::django(&relations, names)),
        SchemaFormat::Datasette => Some(catalog::datasette(&relations, names, &stem(&config.database.url))),
    };
    if let Some(document) = document {
        say!("{}", document.trim_end());
        return Ok(Exit::Fine);
    }
    let dialect = dialect.unwrap_or(match config.database.url {
        DatabaseUrl::Sqlite(_) => Dialect::Sqlite,
        DatabaseUrl::Postgres(_) => Dialect::Postgres,
    });
    sql(dialect, &relations, names);
    Ok(Exit::Fine)
}

/// What Datasette calls the database: the file's name without its ending.
fn stem(url: &DatabaseUrl) -> String {
    match url {
        DatabaseUrl::Sqlite(path) => path.file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        DatabaseUrl::Postgres(_) => None,
    }
    .unwrap_or_else(|| "esi".to_owned())
}

fn sql(dialect: Dialect, relations: &[Relation], names: &[String]) {
    let ledger = |name: &str| name.starts_with("sync_");
    if names.is_empty() || names.iter().any(|name| ledger(name)) {
        for migration in migrations(dialect, MigrationSet::Public).iter().filter(|m| m.name == LEDGER) {
            say!("{}", migration.sql);
        }
    }
    let wanted = |r: &&Relation| {
        r.kind != RelationKind::Ledger && (names.is_empty() || names.iter().any(|n| n == r.name))
    };
    for relation in relations.iter().filter(wanted) {
        match relation.dataset.zip(relation.table()) {
            Some((dataset, table)) => {
                say!("-- {}\n-- {}, dataset {}", relation.meaning, dataset.operation(), dataset.name);
                say!("{}", dialect.create_table(table));
            }
            None if relation.kind == RelationKind::View => {
                let sql = create_view(dialect, relation.name).unwrap_or_default();
                say!("-- {}\n{sql}\n", relation.meaning);
            }
            None => {}
        }
    }
}
