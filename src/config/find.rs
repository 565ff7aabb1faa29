//! Which file is the configuration, and its text.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use super::document::PREFIX;
use super::error::ConfigError;

/// Names the configuration file when no argument does; never an override of a key.
pub(super) const FILE_VARIABLE: &str = "ESI_SYNCD_CONFIG";

/// How many bytes a configuration has at most: far more than any list of ids needs.
pub(super) const LARGEST: u64 = 1 << 20;

/// Where a file is looked for when nothing names one, in this order.
const CANDIDATES: [&str; 2] = ["config.toml", "/etc/esi-syncd/config.toml"];

/// A configuration's text and the name that messages call it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigSource {
    /// The path as the operator would write it.
    pub name: String,
    /// The TOML text; empty for the built-in defaults.
    pub text: String,
}

impl ConfigSource {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`] if it cannot be read or is not UTF-8, [`ConfigError::TooLarge`] if it is no
    /// configuration.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let unreadable = |cause| ConfigError::Unreadable { path: path.to_owned(), cause };
        let mut text = String::new();
        let file = File::open(path).map_err(unreadable)?;
        // Not its size, which a device or a pipe does not tell.
        let read = file.take(LARGEST + 1).read_to_string(&mut text);
        match read {
            Ok(length) if length as u64 > LARGEST => Err(ConfigError::TooLarge { path: path.to_owned() }),
            Ok(_) => Ok(Self { name: path.display().to_string(), text }),
            Err(cause) => Err(unreadable(cause)),
        }
    }

    /// No file: every key has its default unless a variable says otherwise.
    #[must_use]
    pub fn built_in() -> Self {
        Self { name: "built-in defaults".to_owned(), text: String::new() }
    }
}

/// Finds the configuration file: `explicit`, else `$ESI_SYNCD_CONFIG`, else `./config.toml`, else
/// `/etc/esi-syncd/config.toml`; `None` where there is no file and the built-in defaults apply.
///
/// # Errors
/// [`ConfigError::Missing`] if the file that was named is not there, and [`ConfigError::Unreadable`] if a candidate
/// cannot be looked at: a file behind a closed directory must not turn into the defaults unnoticed.
pub fn find(explicit: Option<&Path>) -> Result<Option<PathBuf>, ConfigError> {
    search(explicit, std::env::var_os(FILE_VARIABLE), &CANDIDATES.map(Path::new))
}

fn search(
    explicit: Option<&Path>,
    variable: Option<OsString>,
    candidates: &[&Path],
) -> Result<Option<PathBuf>, ConfigError> {
    let by_variable = variable.filter(|value| !value.is_empty()).map(PathBuf::from);
    let named = match (explicit, by_variable) {
        (Some(path), _) => Some((path.to_owned(), "--config")),
        (None, Some(path)) => Some((path, FILE_VARIABLE)),
        (None, None) => None,
    };
    if let Some((path, named_by)) = named {
        return if exists(&path)? { Ok(Some(path)) } else { Err(ConfigError::Missing { path, named_by }) };
    }
    for candidate in candidates {
        if exists(candidate)? {
            return Ok(Some(candidate.to_path_buf()));
        }
    }
    Ok(None)
}

fn exists(path: &Path) -> Result<bool, ConfigError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(cause) => Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
    }
}

/// The process's `ESI_SYNCD_*` variables, for [`super::load`].
///
/// `std::env::vars` would panic on any variable of the process that is not UTF-8; here only ours are looked at, and
/// bytes that are not UTF-8 become U+FFFD.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| {
        let name = name.to_str().filter(|name| name.starts_with(PREFIX))?;
        Some((name.to_owned(), value.to_string_lossy().into_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_wins_over_the_variable_and_both_over_the_usual_places() {
        let dir = tempfile::tempdir().expect("a directory");
        let [a, b, c] = ["a.toml", "b.toml", "c.toml"].map(|name| dir.path().join(name));
        for path in [&a, &b, &c] {
            std::fs::write(path, "").expect("written");
        }
        let found = |explicit, variable: Option<&Path>| {
            search(explicit, variable.map(|path| path.as_os_str().to_owned()), &[&dir.path().join("no"), &c])
                .expect("found")
        };
        assert_eq!(found(Some(&a), Some(&b)), Some(a.clone()));
        assert_eq!(found(None, Some(&b)), Some(b.clone()));
        assert_eq!(found(None, None), Some(c.clone()));
        assert_eq!(search(None, Some(OsString::new()), &[]).expect("no error"), None);
    }

    #[test]
    fn a_named_file_that_is_missing_is_an_error_that_says_who_named_it() {
        let path = Path::new("no/such/file.toml");
        let by_argument = search(Some(path), None, &[]).expect_err("missing").to_string();
        assert_eq!(by_argument, "no/such/file.toml does not exist (named by --config)");
        let by_variable = search(None, Some(path.into()), &[]).expect_err("missing").to_string();
        assert_eq!(by_variable, "no/such/file.toml does not exist (named by ESI_SYNCD_CONFIG)");
    }

    #[test]
    fn a_file_that_is_not_text_is_an_error_and_no_panic() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), [0xff, 0xfe]).expect("written");
        let error = ConfigSource::read(file.path()).expect_err("not UTF-8");
        assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
    }
}
