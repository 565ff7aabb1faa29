//! Where a specification is read from: a file, or ESI. There is no other HTTP client than the one for ESI.

use std::path::Path;

use serde_json::Value;
use url::Url;

use crate::app::supervisor::open_client;
use crate::cli::{Exit, Failure};
use crate::clock::Clock;
use crate::config::Config;
use crate::datasets;
use crate::declare::Ttl;
use crate::esi::{Client, Reply, Request};

const DOCUMENT: &str = "/meta/openapi.json";
const DATES: &str = "/meta/compatibility-dates";
/// The query parameter that says the date, where a URL has it.
const DATE: &str = "compatibility_date";

/// Reads the document at a path or URL; without one, ESI's own of its newest date.
pub(super) async fn read(config: &Config, source: Option<&str>) -> Result<Value, Failure> {
    let url =
        source.and_then(|text| Url::parse(text).ok()).filter(|url| matches!(url.scheme(), "http" | "https"));
    match (source, url) {
        (Some(path), None) => file(Path::new(path)),
        (_, url) => {
            let path = url.map(|url| below(&config.esi.base_url, &url)).transpose()?;
            let client = open_client(config, &Clock::system())?;
            let document = ask(&client, path).await;
            client.close();
            document
        }
    }
}

fn file(path: &Path) -> Result<Value, Failure> {
    let wrong =
        |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, format!("{}: {error}", path.display()));
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    serde_json::from_slice(&text).map_err(|error| wrong(&error))
}

/// The path and query of a URL of the configured ESI.
fn below(base: &Url, url: &Url) -> Result<String, Failure> {
    let start = base.path().trim_end_matches('/');
    let path = url.path().strip_prefix(start).filter(|_| url.origin() == base.origin());
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    path.map(|path| format!("{path}{query}")).ok_or_else(|| {
        let text = format!(
            "{url} is not below [esi] base_url ({base}), and nothing else is asked; download it (curl -o openapi.json URL) \
             and name the file"
        );
        Failure::new(Exit::Failed, text)
    })
}

async fn ask(client: &Client, path: Option<String>) -> Result<Value, Failure> {
    let (path, date) = match path {
        Some(path) => {
            let query = path.split_once('?').map_or("", |(_, query)| query);
            let date = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == DATE);
            (path.clone(), date.map(|(_, date)| date.into_owned()))
        }
        None => (DOCUMENT.to_owned(), Some(newest_date(client).await?)),
    };
    let request = Request { cannot_fail: true, date: date.as_deref(), ..Request::get(DOCUMENT, path) };
    body(client, &request).await
}

/// The newest compatibility date that ESI serves.
async fn newest_date(client: &Client) -> Result<String, Failure> {
    let group = datasets::all().find(|d| d.path == DATES).and_then(|d| d.group);
    let request = Request { group, ttl: Ttl::Seconds(600), cannot_fail: true, ..Request::get(DATES, DATES) };
    let dates = body(client, &request).await?;
    let dates = dates["compatibility_dates"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let newest = dates.max().map(str::to_owned);
    newest.ok_or_else(|| Failure::new(Exit::Failed, "ESI lists no compatibility dates"))
}

async fn body(client: &Client, request: &Request<'_>) -> Result<Value, Failure> {
    let Reply::Body(_, body) = client.fetch(request).await? else {
        return Err(Failure::new(Exit::Failed, "ESI answered 304 to a request without validator"));
    };
    serde_json::from_slice(&body)
        .map_err(|error| Failure::new(Exit::Failed, format!("{}: {error}", request.path)))
}
