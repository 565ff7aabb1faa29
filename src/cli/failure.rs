//! Exit codes, and the errors that lead to them.

use std::fmt;
use std::process::ExitCode;

use crate::app::supervisor::RunError;
use crate::config::ConfigError;
use crate::esi::FetchError;
use crate::store::StoreError;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: all is well.
    Fine,
    /// 1: something failed, and was named on standard error.
    Failed,
    /// 2: the command line is wrong.
    Usage,
    /// 75: another instance holds the database.
    Locked,
    /// 77: a permission or credential is missing.
    Denied,
    /// 78: the configuration is wrong, or does not fit the database.
    Configuration,
}

impl Exit {
    /// The process's exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Locked => 75,
            Self::Denied => 77,
            Self::Configuration => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub struct Failure {
    /// How the process ends.
    pub exit: Exit,
    /// What to tell the operator.
    pub message: String,
}

impl Failure {
    /// A failure in words.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

impl From<crate::app::log::LogError> for Failure {
    fn from(error: crate::app::log::LogError) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Locked { .. } => Exit::Locked,
            StoreError::Denied(_) => Exit::Denied,
            StoreError::Foreign(_) => Exit::Configuration,
            StoreError::Unavailable(_) | StoreError::Contended(_) | StoreError::Refused(_) => Exit::Failed,
        };
        let hint = match exit {
            Exit::Locked => "; `esi-syncd status` shows how fresh the database is",
            _ => "",
        };
        Self::new(exit, format!("{error}{hint}"))
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Store(error) => error.into(),
            RunError::Client(error) => error.into(),
            RunError::Scheduler(_) => Self::new(Exit::Failed, error.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Failed, error.to_string())
    }
}
