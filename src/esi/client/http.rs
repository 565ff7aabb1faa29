//! The one HTTP client of the process.
//!
//! Defaults of reqwest are switched off here: following redirects (a token must never travel to another host), retries
//! (every try must be paid for in advance), and proxies for loopback.

#![expect(clippy::disallowed_types, reason = "this module is where the only HTTP client is built")]

use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use reqwest::{Client, Response};
use url::{Host, Url};

use super::error::{FetchError, FetchErrorKind, chain};
use super::request::Request;
use super::settings::ClientSettings;
use crate::declare::Method;
use crate::esi::COMPATIBILITY_DATE;

const CONNECT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(15);

const COMPATIBILITY: HeaderName = HeaderName::from_static("x-compatibility-date");
const TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// The connection pool, and the base address of its requests.
#[derive(Debug)]
pub(in crate::esi) struct HttpClient {
    client: Client,
    base: Url,
}

impl HttpClient {
    #[expect(clippy::disallowed_methods, reason = "this is where the only HTTP client is built")]
    pub(in crate::esi) fn open(settings: &ClientSettings) -> Result<Self, FetchError> {
        let base = settings.base_url.clone();
        let invalid = |what: &str| FetchError::new(FetchErrorKind::Invalid, public(&base), what);
        let header = |name: &str, value: &str| {
            HeaderValue::from_str(value)
                .map_err(|_| invalid(&format!("the {name} has characters that an HTTP header must not have")))
        };
        let headers = HeaderMap::from_iter([
            (COMPATIBILITY, HeaderValue::from_static(COMPATIBILITY_DATE)),
            (TENANT, header("tenant", &settings.tenant)?),
            (ACCEPT_LANGUAGE, header("language", &settings.language)?),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        let mut builder = Client::builder()
            .user_agent(header("user agent", &settings.user_agent)?)
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(settings.timeout)
            .pool_max_idle_per_host(settings.max_concurrency);
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|e| invalid(&chain(&e)))?;
        Ok(Self { client, base })
    }

    /// The address of `request`: the base, its path, and its page in the query.
    pub(in crate::esi) fn url(&self, request: &Request<'_>) -> Result<Url, FetchError> {
        let text = format!("{}{}", self.base.as_str().trim_end_matches('/'), request.path);
        let mut url = Url::parse(&text)
            .map_err(|e| FetchError::new(FetchErrorKind::Invalid, request.path.as_str(), &chain(&e)))?;
        if let Some(page) = request.page {
            url.query_pairs_mut().append_pair("page", &page.to_string());
        }
        Ok(url)
    }

    /// Sends `request` and returns when the head of the reply has arrived.
    pub(in crate::esi) async fn send(
        &self,
        url: &Url,
        request: &Request<'_>,
    ) -> Result<Response, FetchError> {
        let mut builder = match request.method {
            Method::Get => self.client.get(url.clone()),
            Method::Post => self.client.post(url.clone()),
        };
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        if let Some(etag) = request.etag {
            builder = builder.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = request.date {
            builder = builder.header(COMPATIBILITY, date);
        }
        builder.send().await.map_err(|e| failure(e, url))
    }
}

/// The error of a failed exchange. Timeouts are checked first, because reqwest reports them under other names too.
pub(in crate::esi) fn failure(error: reqwest::Error, url: &Url) -> FetchError {
    let is_timeout = error.is_timeout();
    let is_builder = error.is_builder();
    let causes = chain(&error.without_url());
    let kind = if is_timeout {
        FetchErrorKind::Timeout
    } else if is_builder {
        FetchErrorKind::Invalid
    } else if causes.contains("certificate") {
        FetchErrorKind::Certificate
    } else {
        FetchErrorKind::Transport
    };
    FetchError::new(kind, public(url), &causes)
}

/// The address without credentials, fit for logs.
pub(in crate::esi) fn public(url: &Url) -> String {
    let mut url = url.clone();
    if url.has_host() && (!url.username().is_empty() || url.password().is_some()) {
        url.set_username("").and_then(|()| url.set_password(None)).ok();
    }
    url.into()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(base: &str) -> HttpClient {
        let settings = ClientSettings::new(Url::parse(base).expect("a URL"), "test".into());
        HttpClient::open(&settings).expect("valid settings")
    }

    #[test]
    fn pages_go_into_the_query() {
        let http = http("http://127.0.0.1:9/");
        let mut request =
            Request::get("/markets/{region_id}/orders", "/markets/10000002/orders?order_type=all");
        request.page = Some(3);
        let url = http.url(&request).expect("a URL");
        assert_eq!(url.as_str(), "http://127.0.0.1:9/markets/10000002/orders?order_type=all&page=3");
        request.path = "/x".into();
        assert_eq!(http.url(&request).expect("a URL").query(), Some("page=3"));
    }

    #[test]
    fn credentials_in_the_address_are_not_shown() {
        let url = Url::parse("https://user:hunter2@esi.example/status").expect("a URL");
        assert_eq!(public(&url), "https://esi.example/status");
    }

    #[test]
    fn a_setting_that_cannot_be_a_header_is_an_error_value() {
        let mut settings =
            ClientSettings::new(Url::parse("http://127.0.0.1:9/").expect("a URL"), "x\ny".into());
        assert_eq!(HttpClient::open(&settings).expect_err("refused").kind, FetchErrorKind::Invalid);
        settings.user_agent = "x".into();
        settings.tenant = "tran\0quility".into();
        assert_eq!(HttpClient::open(&settings).expect_err("refused").kind, FetchErrorKind::Invalid);
    }
}
