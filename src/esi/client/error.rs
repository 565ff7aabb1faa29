//! Why a fetch failed, and when to try again.

use std::error::Error;
use std::fmt;

use chrono::{DateTime, Utc};

/// The longest excerpt of a body or cause in an error, in characters.
const EXCERPT: usize = 200;

/// Why a request failed. It displays as one line with the whole cause chain. It holds no secret: the address is without
/// credentials, and request headers are never part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    /// The address that was asked, without credentials.
    pub url: String,
    /// The status of the reply, if one came.
    pub status: Option<u16>,
    /// What went wrong.
    pub kind: FetchErrorKind,
    /// ESI's own words or the chain of causes: one line, at most 200 characters.
    pub message: String,
    /// `X-Esi-Request-Id`, which CCP asks for in reports.
    pub request_id: Option<String>,
    /// When to try again, where policy or ESI says so; `None` leaves it to the target's own
    /// [`backoff`](crate::esi::backoff).
    pub retry_at: Option<DateTime<Utc>>,
}

/// What went wrong, in kinds that a caller can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchErrorKind {
    /// The client was closed, before or during the request.
    Closed,
    /// The request or settings cannot be turned into HTTP.
    Invalid,
    /// No connection, a reset, or a body that ended early; the client has already retried.
    Transport,
    /// No connection, no byte or no end in time; the client has already retried.
    Timeout,
    /// The server's certificate was not accepted.
    Certificate,
    /// ESI redirected to another address; the client never follows.
    Redirect,
    /// 400 or 422: the request itself is wrong.
    Rejected,
    /// 401: the token is bad or has expired.
    Unauthorized,
    /// 403: no access, for now or at all.
    Forbidden,
    /// 404: an unknown id, or a page past the end.
    NotFound,
    /// 429, or a throttle of the game servers under another status. Its bucket or route pauses.
    Throttled,
    /// 420: the error limit; everything pauses.
    ErrorLimited,
    /// 5xx; the client has already retried 502, 503 and 504.
    Server,
    /// Any other status except 2xx.
    Status,
    /// A 2xx whose body is not JSON.
    BadBody,
    /// A body over the cap.
    TooLarge,
    /// Not sent: its bucket, its route or everything pauses for longer than a request waits.
    Paused,
    /// ESI refused our compatibility date, with this reply or an earlier one. Only a newer program is answered.
    Outdated,
    /// Not sent: most recent requests failed, so only `/status` is asked until it answers.
    Unavailable,
    /// Failed because the game server is in its daily restart; the request itself was fine.
    Downtime,
}

impl FetchErrorKind {
    /// Whether asking again within seconds may help (502, 503, 504 are decided by status).
    pub(in crate::esi) fn is_transport(self) -> bool {
        matches!(self, Self::Transport | Self::Timeout)
    }

    /// Whether the failure concerns many requests and the client has logged it; this request itself was fine.
    #[must_use]
    pub fn is_waiting(self) -> bool {
        matches!(
            self,
            Self::Throttled
                | Self::ErrorLimited
                | Self::Unavailable
                | Self::Paused
                | Self::Outdated
                | Self::Downtime
        )
    }

    fn words(self) -> &'static str {
        match self {
            Self::Closed => "the ESI client is closed",
            Self::Invalid => "the request cannot be sent as HTTP",
            Self::Transport => "the connection failed",
            Self::Timeout => "timed out",
            Self::Certificate => "the server's certificate was refused",
            Self::Redirect => "redirect refused, esi-syncd never follows one",
            Self::Rejected => "ESI refused the request",
            Self::Unauthorized => "ESI did not accept the token",
            Self::Forbidden => "ESI denied access",
            Self::NotFound => "not found",
            Self::Throttled => "ESI throttled the request",
            Self::ErrorLimited => "ESI's error limit was hit",
            Self::Server => "ESI failed",
            Self::Status => "unexpected status",
            Self::BadBody => "the body is not JSON",
            Self::TooLarge => "the body is too large",
            Self::Paused => "not sent during a pause",
            Self::Outdated => "ESI refused the compatibility date",
            Self::Unavailable => "not sent while ESI is failing",
            Self::Downtime => "ESI is in its downtime",
        }
    }
}

impl FetchError {
    pub(in crate::esi) fn new(kind: FetchErrorKind, url: impl Into<String>, message: &str) -> Self {
        Self {
            url: url.into(),
            status: None,
            kind,
            message: excerpt(message),
            request_id: None,
            retry_at: None,
        }
    }

    pub(in crate::esi) fn retry_at(mut self, when: DateTime<Utc>) -> Self {
        self.retry_at = Some(when);
        self
    }

    /// Whether the client retries by itself within the same request.
    pub(in crate::esi) fn is_transient(&self) -> bool {
        self.kind.is_transport()
            || matches!(self.status, Some(502..=504)) && self.kind == FetchErrorKind::Server
    }

    /// Whether ESI failed; a refusal does not count.
    pub(in crate::esi) fn is_outage(&self) -> bool {
        self.kind.is_transport() || matches!(self.kind, FetchErrorKind::Server | FetchErrorKind::Certificate)
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.kind.words())?;
        if let Some(status) = self.status {
            write!(f, " (status {status})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " [request {id}]")?;
        }
        if let Some(when) = self.retry_at {
            write!(f, ", again at {}", when.format("%Y-%m-%dT%H:%M:%SZ"))?;
        }
        Ok(())
    }
}

impl Error for FetchError {}

/// `text` as one line of at most 200 characters.
pub(in crate::esi) fn excerpt(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.chars().count() > EXCERPT {
            return line.chars().take(EXCERPT - 1).chain(['…']).collect();
        }
    }
    line
}

/// An error and all its sources; a source whose words are already there is left out.
pub(in crate::esi) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(
            excerpt("<html>\r\n <b>Bad\tgateway</b>\u{0} </html>\n"),
            "<html> <b>Bad gateway</b> </html>"
        );
        let long = excerpt(&"ü".repeat(5000));
        assert_eq!(long.chars().count(), EXCERPT);
    }

    #[test]
    fn an_error_reads_alone() {
        let error = FetchError {
            status: Some(504),
            request_id: Some("abc".into()),
            ..FetchError::new(FetchErrorKind::Server, "http://esi/x", "Timeout contacting tranquility")
        };
        assert_eq!(
            error.to_string(),
            "http://esi/x: ESI failed (status 504): Timeout contacting tranquility [request abc]"
        );
    }
}
