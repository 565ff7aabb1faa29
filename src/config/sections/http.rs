//! `[http]`: the daemon's own endpoint.

use std::net::SocketAddr;

use super::section::{Mistake, Section};
use crate::config::values::redact::quoted;
use crate::config::values::value;

/// Where the daemon answers questions about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Http {
    /// Address and port; `None` opens nothing.
    pub listen: Option<SocketAddr>,
}

impl Http {
    pub(in crate::config) fn read(mut section: Section<'_>) -> Self {
        let listen = section.read("listen", |node| value::optional_text(node)?.map(address).transpose());
        section.finish();
        Self { listen: listen.flatten() }
    }

    pub(in crate::config) fn warning(&self) -> Option<String> {
        let address = self.listen?;
        Some(format!(
            "[http] listen = \"{address}\" does nothing yet: this version of esi-syncd opens no port"
        ))
    }
}

fn address(text: &str) -> Result<SocketAddr, Mistake> {
    let fault = |_| Mistake::new(format!("{} is not an address with a port", quoted(text)));
    text.parse().map_err(|cause| fault(cause).hint("such as \"127.0.0.1:9150\" or \"[::1]:9150\""))
}
