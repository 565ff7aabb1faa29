//! `[sso]`: the application that characters log in through.

use std::path::PathBuf;

use url::Url;

use super::section::Section;
use crate::config::values::value;

/// An application registered at CCP. Only the name of the secret's file is configuration, never the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sso {
    /// The application's client id.
    pub client_id: Option<String>,
    /// A file that holds the application's secret; none for an application without one (PKCE).
    pub client_secret_file: Option<PathBuf>,
    /// The login server, without a path; https, or http on this machine.
    pub base_url: Url,
}

impl Default for Sso {
    fn default() -> Self {
        let base_url = Url::parse("https://login.eveonline.com").expect("a constant URL");
        Self { client_id: None, client_secret_file: None, base_url }
    }
}

impl Sso {
    pub(in crate::config) fn read(mut section: Section<'_>) -> Self {
        let client_id = section.read("client_id", |node| Ok(value::optional_text(node)?.map(str::to_owned)));
        let sso = Self {
            client_id: client_id.flatten(),
            client_secret_file: section.read("client_secret_file", value::optional_path).flatten(),
            base_url: section.read("base_url", value::server).unwrap_or_else(|| Self::default().base_url),
        };
        section.finish();
        sso
    }

    pub(in crate::config) fn warning(&self) -> Option<String> {
        let text = "[sso] does nothing yet: this version of esi-syncd signs no character in";
        (*self != Self::default()).then(|| text.to_owned())
    }
}
