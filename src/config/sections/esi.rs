//! `[esi]`: which API, in whose name, and how fast at most.

use std::time::Duration;

use url::Url;

use super::section::{Mistake, Section};
use crate::config::values::value;

/// The languages ESI answers in.
pub const LANGUAGES: [&str; 8] = ["en", "de", "fr", "ja", "ru", "zh", "ko", "es"];

/// The most requests a second that can be configured.
const FASTEST: f64 = 1000.0;
/// Requests in flight beyond this gain nothing but errors: it is one connection either way.
const MANY_IN_FLIGHT: u32 = 20;

/// How the API is asked. Connecting (5 s) and silence (15 s) have limits of their own, which are the client's.
#[derive(Clone, Debug, PartialEq)]
pub struct Esi {
    /// The server, without a path; https, or http on this machine.
    pub base_url: Url,
    /// How CCP can reach the operator: part of the User-Agent. Printable ASCII.
    pub contact: Option<String>,
    /// The game server, sent as `X-Tenant`.
    pub tenant: String,
    /// The language of names and descriptions: one of [`LANGUAGES`].
    pub language: String,
    /// How long one request may take in all, from asking to the last byte.
    pub timeout: Duration,
    /// Requests in flight at once: 1 to 64.
    pub max_concurrency: u32,
    /// Requests a second on routes without a token bucket.
    pub max_rate: f64,
    /// The part of `max_rate` that backfills may use, in requests a second; never above it.
    pub backfill_rate: f64,
    /// The share of every announced limit that this program uses: above 0, up to 1.
    pub budget_share: f64,
    /// Whether the game server's daily downtime is expected by the clock.
    pub daily_downtime: bool,
}

impl Default for Esi {
    fn default() -> Self {
        Self {
            base_url: Url::parse("https://esi.evetech.net").expect("a constant URL"),
            contact: None,
            tenant: "tranquility".to_owned(),
            language: "en".to_owned(),
            timeout: Duration::from_mins(1),
            max_concurrency: 16,
            max_rate: 20.0,
            backfill_rate: 10.0,
            budget_share: 0.8,
            daily_downtime: true,
        }
    }
}

impl Esi {
    pub(in crate::config) fn read(mut section: Section<'_>) -> Self {
        let default = Self::default();
        let max_rate = section.read("max_rate", |node| value::positive(node, FASTEST));
        // A bad max_rate is one mistake, not two.
        let is_bad = max_rate.is_none() && section.has("max_rate");
        let max_rate = max_rate.unwrap_or(default.max_rate);
        let backfill_rate = section.read("backfill_rate", |node| {
            let faster = |fault: Mistake| fault.hint(format!("above 0, up to max_rate, which is {max_rate}"));
            if is_bad {
                value::positive(node, FASTEST)
            } else {
                value::positive(node, max_rate).map_err(faster)
            }
        });
        let base_url = section.read("base_url", value::server).unwrap_or_else(|| default.base_url.clone());
        let is_esi_itself = base_url.host_str() == default.base_url.host_str();
        let esi = Self {
            contact: section.read("contact", |node| contact(value::optional_text(node)?)).flatten(),
            tenant: section.read("tenant", |node| tenant(value::text(node)?)).unwrap_or(default.tenant),
            language: section
                .read("language", |node| value::one_of(node, &LANGUAGES))
                .map_or(default.language, str::to_owned),
            timeout: section
                .read("timeout", |node| value::duration(node, 1..=600))
                .unwrap_or(default.timeout),
            max_concurrency: section
                .read("max_concurrency", |node| value::integer(node, 1..=64))
                .unwrap_or(default.max_concurrency),
            max_rate,
            backfill_rate: backfill_rate.unwrap_or(default.backfill_rate.min(max_rate)),
            budget_share: section
                .read("budget_share", |node| value::positive(node, 1.0))
                .unwrap_or(default.budget_share),
            daily_downtime: section.read("daily_downtime", value::boolean).unwrap_or(is_esi_itself),
            base_url,
        };
        section.finish();
        esi
    }

    pub(in crate::config) fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.contact.is_none() {
            warnings.push(
                "no contact is configured: add the line `contact = \"you@example.org\"` under [esi], \
                 so that CCP can write to you before they have to block this client"
                    .to_owned(),
            );
        }
        if self.max_concurrency > MANY_IN_FLIGHT {
            warnings.push(format!(
                "[esi] max_concurrency = {}: more than {MANY_IN_FLIGHT} requests in flight are no faster, \
                 and a bad minute of ESI costs that many errors at once",
                self.max_concurrency
            ));
        }
        warnings
    }
}

/// The contact travels in an HTTP header, so only what a header holds can be accepted.
fn contact(text: Option<&str>) -> Result<Option<String>, Mistake> {
    match text {
        Some(text) if !text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) => {
            Err(Mistake::new("only printable ASCII fits into the User-Agent")
                .hint("an e-mail address such as \"you@example.org\""))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

fn tenant(text: &str) -> Result<String, Mistake> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Ok(text.to_owned())
    } else {
        Err(Mistake::new("expected the name of a game server in lower case").hint("such as \"tranquility\""))
    }
}
