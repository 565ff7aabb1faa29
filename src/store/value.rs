//! Bookkeeping values: one kind of argument and one kind of row, so that one SQL text serves both databases.

use chrono::{DateTime, SubsecRound as _, Utc};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, Column as _, Row as _, TypeInfo as _, ValueRef as _};

use super::StoreError;

/// An argument of a bookkeeping statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// An integer or NULL.
    Int(Option<i64>),
    /// A text or NULL.
    Text(Option<String>),
    /// An instant (stored in whole seconds) or NULL.
    Time(Option<DateTime<Utc>>),
    /// A boolean.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Arg {
    fn from(v: i64) -> Self {
        Self::Int(Some(v))
    }
}
impl From<Option<i64>> for Arg {
    fn from(v: Option<i64>) -> Self {
        Self::Int(v)
    }
}
impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Self::Text(Some(v.to_owned()))
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Self {
        Self::Text(Some(v))
    }
}
impl From<Option<String>> for Arg {
    fn from(v: Option<String>) -> Self {
        Self::Text(v)
    }
}
impl From<DateTime<Utc>> for Arg {
    fn from(v: DateTime<Utc>) -> Self {
        Self::Time(Some(v))
    }
}
impl From<Option<DateTime<Utc>>> for Arg {
    fn from(v: Option<DateTime<Utc>>) -> Self {
        Self::Time(v)
    }
}
impl From<Vec<u8>> for Arg {
    fn from(v: Vec<u8>) -> Self {
        Self::Bytes(v)
    }
}
impl From<bool> for Arg {
    fn from(v: bool) -> Self {
        Self::Bool(v)
    }
}

/// SQLite has no type for instants. This text sorts in order of time, compares correctly with SQLite's own
/// `datetime()`, and every tool reads it as UTC. With a `T` in the middle,
/// `issued > datetime('now', '-6 hours')` would silently count wrongly.
#[must_use]
pub fn sqlite_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%SZ").to_string()
}

type Added = Result<(), sqlx::error::BoxDynError>;

pub(super) fn sqlite_arguments(args: &[Arg]) -> SqliteArguments {
    let mut all = SqliteArguments::default();
    for arg in args {
        let added: Added = match arg {
            Arg::Int(v) => all.add(*v),
            Arg::Text(v) => all.add(v.clone()),
            Arg::Time(v) => all.add(v.map(sqlite_time)),
            Arg::Bool(v) => all.add(*v),
            Arg::Bytes(v) => all.add(v.clone()),
        };
        added.expect("plain values encode");
    }
    all
}

pub(super) fn postgres_arguments(args: &[Arg]) -> PgArguments {
    let mut all = PgArguments::default();
    for arg in args {
        let added: Added = match arg {
            Arg::Int(v) => all.add(*v),
            Arg::Text(v) => all.add(v.clone()),
            Arg::Time(v) => all.add(v.map(|t| t.trunc_subsecs(0))),
            Arg::Bool(v) => all.add(*v),
            Arg::Bytes(v) => all.add(v.clone()),
        };
        added.expect("plain values encode");
    }
    all
}

/// A row of a query's result.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From `PostgreSQL`.
    Postgres(PgRow),
}

/// Reads the column `$name` of `$row` as `$ty`, from either database.
macro_rules! get {
    ($row:expr, $name:expr, $ty:ty) => {
        match $row {
            Row::Sqlite(row) => row.try_get::<$ty, _>($name).map_err(StoreError::from),
            Row::Postgres(row) => row.try_get::<$ty, _>($name).map_err(StoreError::from),
        }
    };
}

impl Row {
    /// An integer.
    ///
    /// # Errors
    /// If the result has no such column, or the column has another type.
    pub fn int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        get!(self, column, Option<i64>)
    }

    /// A text.
    ///
    /// # Errors
    /// If the result has no such column, or the column has another type.
    pub fn text(&self, column: &str) -> Result<Option<String>, StoreError> {
        get!(self, column, Option<String>)
    }

    /// A boolean.
    ///
    /// # Errors
    /// If the result has no such column, or the column has another type.
    pub fn bool(&self, column: &str) -> Result<bool, StoreError> {
        Ok(get!(self, column, Option<bool>)?.unwrap_or(false))
    }

    /// Bytes; empty for NULL.
    ///
    /// # Errors
    /// If the result has no such column, or the column has another type.
    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        Ok(get!(self, column, Option<Vec<u8>>)?.unwrap_or_default())
    }

    /// An instant.
    ///
    /// # Errors
    /// If the result has no such column, or the column has another type.
    pub fn time(&self, column: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        match self {
            Self::Postgres(row) => Ok(row.try_get::<Option<DateTime<Utc>>, _>(column)?),
            Self::Sqlite(row) => {
                let Some(text) = row.try_get::<Option<String>, _>(column)? else { return Ok(None) };
                let time = DateTime::parse_from_rfc3339(&text)
                    .map_err(|e| StoreError::Refused(format!("{column}: {text:?} is not a time: {e}")))?;
                Ok(Some(time.with_timezone(&Utc)))
            }
        }
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        match self {
            Self::Sqlite(row) => row.columns().iter().map(|c| c.name().to_owned()).collect(),
            Self::Postgres(row) => row.columns().iter().map(|c| c.name().to_owned()).collect(),
        }
    }

    /// The value at a position, as text for people; NULL is empty. Both databases give the same text for the
    /// same value.
    #[must_use]
    pub fn display(&self, at: usize) -> String {
        match self {
            Self::Sqlite(row) => {
                let Ok(value) = row.try_get_raw(at) else { return String::new() };
                let kind = value.type_info().name().to_owned();
                match kind.as_str() {
                    _ if value.is_null() => String::new(),
                    "INTEGER" => row.try_get::<i64, _>(at).map_or_else(|e| e.to_string(), |v| v.to_string()),
                    "REAL" => row.try_get::<f64, _>(at).map_or_else(|e| e.to_string(), |v| v.to_string()),
                    _ => row.try_get::<String, _>(at).unwrap_or_else(|e| e.to_string()),
                }
            }
            Self::Postgres(row) => {
                let Ok(value) = row.try_get_raw(at) else { return String::new() };
                let kind = value.type_info().name().to_owned();
                let shown = match kind.as_str() {
                    _ if value.is_null() => return String::new(),
                    "INT8" => row.try_get::<i64, _>(at).map(|v| v.to_string()),
                    "INT4" => row.try_get::<i32, _>(at).map(|v| v.to_string()),
                    "FLOAT8" => row.try_get::<f64, _>(at).map(|v| v.to_string()),
                    "NUMERIC" => {
                        row.try_get::<sqlx::types::Decimal, _>(at).map(|v| v.normalize().to_string())
                    }
                    "BOOL" => row.try_get::<bool, _>(at).map(|v| i32::from(v).to_string()),
                    "TIMESTAMPTZ" => row.try_get::<DateTime<Utc>, _>(at).map(sqlite_time),
                    "DATE" => row.try_get::<chrono::NaiveDate, _>(at).map(|v| v.to_string()),
                    "JSONB" => row.try_get::<serde_json::Value, _>(at).map(|v| v.to_string()),
                    _ => row.try_get::<String, _>(at),
                };
                shown.unwrap_or_else(|e| e.to_string())
            }
        }
    }
}
