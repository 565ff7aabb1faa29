//! The schema's history: committed files, applied in order, the same names in both dialects.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};

use crate::declare::Dialect;

use super::StoreError;

mod files {
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}

fn files(dialect: Dialect) -> &'static [(i64, &'static str, &'static str)] {
    match dialect {
        Dialect::Sqlite => files::SQLITE,
        Dialect::Postgres => files::POSTGRES,
    }
}

/// All migrations of a dialect: version, name, SQL.
pub fn migrations(dialect: Dialect) -> impl Iterator<Item = (i64, &'static str, &'static str)> {
    files(dialect).iter().copied()
}

/// The newest schema version this program knows.
#[must_use]
pub fn newest(dialect: Dialect) -> i64 {
    files(dialect).last().map_or(0, |(version, ..)| *version)
}

pub(super) fn migrator(dialect: Dialect) -> Migrator {
    let all = migrations(dialect).map(|(version, name, sql)| {
        Migration::new(
            version,
            Cow::Borrowed(name),
            MigrationType::Simple,
            sqlx::SqlSafeStr::into_sql_str(sql),
            false,
        )
    });
    Migrator::with_migrations(all.collect())
}

/// A schema that this program does not know is not ours to touch; anything else is the database's own trouble.
pub(super) fn explain(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Foreign(format!(
            "the database has schema version {version}, which this esi-syncd does not know: \
             it was used by a newer version; upgrade esi-syncd or use another database"
        )),
        MigrateError::VersionMismatch(version) => StoreError::Foreign(format!(
            "migration {version} in the database is not the one this esi-syncd ships: \
             it was made by another build; use that build or another database"
        )),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Refused(other.to_string()),
    }
}
