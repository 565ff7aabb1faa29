//! `[database]`: where the copy is kept.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::postgres;
use super::section::{Mistake, Section};
use crate::config::values::{path, value};

/// The one database a daemon writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Where it is.
    pub url: DatabaseUrl,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: DatabaseUrl::Sqlite(PathBuf::from("esi.db")) }
    }
}

impl Database {
    pub(in crate::config) fn read(mut section: Section<'_>) -> Self {
        let url = section.read("url", |node| DatabaseUrl::parse(value::text(node)?));
        section.finish();
        url.map_or_else(Self::default, |url| Self { url })
    }
}

/// The address of a database. `Display` and `Debug` show no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite://` and a path taken verbatim: no percent-decoding, no parameters. Three slashes make it absolute;
    /// otherwise it is relative to the working directory.
    Sqlite(PathBuf),
    /// `postgres://` or `postgresql://`, whole.
    Postgres(SecretUrl),
}

impl DatabaseUrl {
    /// The messages name no part of the text, because it may hold a password wherever it went wrong.
    fn parse(text: &str) -> Result<Self, Mistake> {
        const FORM: &str =
            "\"sqlite:///path/file.db\", \"sqlite://relative.db\" or \"postgres://user@host/database\"";
        if let Some(path) = text.strip_prefix("sqlite://") {
            return match path {
                "" => Err(Mistake::new("no path behind sqlite://").hint(FORM)),
                _ if path.starts_with(":memory:") => {
                    Err(Mistake::new("a copy in memory would be fetched anew at every start").hint(FORM))
                }
                _ if path.contains('?') => {
                    Err(Mistake::new("a SQLite address takes no parameters").hint("end it at the `?`"))
                }
                _ if is_login(path) => {
                    let fault =
                        Mistake::new("a SQLite address is only a path: it has no user and no password");
                    Err(fault.hint(FORM))
                }
                _ if path.ends_with('/') => Err(Mistake::new("the path names a folder").hint(FORM)),
                _ => path::path(path).map(Self::Sqlite),
            };
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(Mistake::new("neither a SQLite nor a PostgreSQL address").hint(FORM));
        }
        path::printable(text, "address")?;
        match Url::parse(text) {
            Ok(url) => postgres::check(&url).map(|()| Self::Postgres(SecretUrl(text.to_owned()))),
            Err(cause) => Err(Mistake::new(format!("not a URL: {cause}"))
                .hint("percent-encode special characters of the password, such as %40 for @")),
        }
    }
}

/// `user:password@host`, or `user@host` where the path begins.
fn is_login(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    first.contains('@') || path.rsplit_once('@').is_some_and(|(before, _)| before.contains(':'))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}

/// A URL that may hold a password; printing it leaves out the password and all parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// The whole URL, for the driver that connects with it and nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(mut url) = Url::parse(&self.0) else { return f.write_str("postgres://") };
        url.set_query(None);
        url.set_fragment(None);
        if url.password().is_some() && url.set_password(Some("redacted")).is_err() {
            return f.write_str("postgres://");
        }
        f.write_str(url.as_str())
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
