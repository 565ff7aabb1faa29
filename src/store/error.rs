//! What can go wrong with a database, sorted by what to do about it.

use std::io;

use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;
use thiserror::Error;

/// A failure of the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another instance holds the database. Exit code 75.
    #[error("another instance holds the database: {holder}")]
    Locked {
        /// The holder's process id and host, as the holder wrote them.
        holder: String,
    },
    /// The database refuses us: login, path or file rights. Exit code 77.
    #[error("the database refuses access: {0}")]
    Denied(String),
    /// The database belongs to something else: a newer version, another tenant. Exit code 78.
    #[error("{0}")]
    Foreign(String),
    /// The database cannot be reached or written right now; trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// One piece of work had to give way to a lock, a timeout or a deadlock. Trying again later may help, and
    /// other work is not affected.
    #[error("the database gave up on a statement: {0}")]
    Contended(String),
    /// The database refused a statement; the same statement will fail again.
    #[error("the database refused: {0}")]
    Refused(String),
}

impl StoreError {
    /// Whether the same work may succeed later without a change of the program.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contended(_))
    }

    /// Whether nothing at all can be written right now: the disk is full, the server is away.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        match &error {
            sqlx::Error::Database(db) => from_database(db.as_ref(), text),
            sqlx::Error::Io(io) if io.kind() == io::ErrorKind::PermissionDenied => Self::Denied(text),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => Self::Unavailable(text),
            _ => Self::Refused(text),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied(error.to_string())
            }
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// SQLite reports its extended result code as the code, `PostgreSQL` its five-letter SQLSTATE.
fn from_database(db: &dyn DatabaseError, text: String) -> StoreError {
    let code = db.code().unwrap_or_default().into_owned();
    if let Some(sqlite) = code.parse::<u32>().ok().filter(|_| code.len() < 5) {
        return match sqlite & 0xff {
            // SQLITE_BUSY, LOCKED, NOMEM, IOERR, FULL, PROTOCOL
            5 | 6 | 7 | 10 | 13 | 15 => StoreError::Unavailable(text),
            // SQLITE_PERM, READONLY, CANTOPEN, AUTH
            3 | 8 | 14 | 23 => StoreError::Denied(text),
            // SQLITE_NOTADB
            26 => StoreError::Foreign(text),
            _ => StoreError::Refused(text),
        };
    }
    match code.get(..2) {
        // invalid authorisation, insufficient privilege
        Some("28") => StoreError::Denied(text),
        _ if code == "42501" => StoreError::Denied(text),
        // invalid catalog name: the database does not exist
        Some("3D") => StoreError::Denied(text),
        // dependent objects still exist: the detail names them
        Some("2B") => {
            let detail = db.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::detail);
            StoreError::Refused(format!("{text}: {}", detail.unwrap_or_default().replace('\n', "; ")))
        }
        // transaction rollback, object in use, a statement cancelled
        Some("40" | "55") => StoreError::Contended(text),
        _ if code == "57014" => StoreError::Contended(text),
        // connection, insufficient resources (a full disk), operator intervention, system error, transaction state
        Some("08" | "53" | "57" | "58" | "25") => StoreError::Unavailable(text),
        _ => StoreError::Refused(text),
    }
}
