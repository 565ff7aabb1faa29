//! Reads a body in chunks, up to a cap.
//!
//! The cap counts decompressed bytes: 200 KB of gzip can be 200 MB of zeros.

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Response, StatusCode};
use url::Url;

use super::error::{FetchError, FetchErrorKind, excerpt};
use super::http;

/// How much of an error's body is read, in bytes.
const WORDS: usize = 4096;

/// The whole body of a 2xx reply: JSON of at most `cap` bytes, or nothing for 204.
pub(in crate::esi) async fn data(response: Response, url: &Url, cap: usize) -> Result<Bytes, FetchError> {
    let status = response.status();
    let is_text = !may_be_json(response.headers());
    if status == StatusCode::NO_CONTENT {
        return Ok(Bytes::new());
    }
    if is_text {
        let words = words(response).await;
        return Err(FetchError::new(FetchErrorKind::BadBody, http::public(url), &words));
    }
    let body = read(response, url, cap).await?;
    match body.iter().find(|b| !b.is_ascii_whitespace()) {
        None => Err(FetchError::new(FetchErrorKind::BadBody, http::public(url), "the body is empty")),
        Some(b'<') => Err(FetchError::new(FetchErrorKind::BadBody, http::public(url), &lossy(&body))),
        Some(_) => Ok(body),
    }
}

/// The words of an error reply: its field `error`, or the start of its body.
pub(in crate::esi) async fn words(mut response: Response) -> String {
    let mut start = BytesMut::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = WORDS - start.len();
        start.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if start.len() == WORDS {
            break;
        }
    }
    let text = lossy(&start);
    let error = serde_json::from_slice::<serde_json::Value>(&start).ok();
    error.as_ref().and_then(|json| json.get("error")?.as_str()).map_or(text, excerpt)
}

async fn read(mut response: Response, url: &Url, cap: usize) -> Result<Bytes, FetchError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| http::failure(e, url))? {
        if body.len() + chunk.len() > cap {
            let message = format!("more than {cap} bytes after decompression");
            return Err(FetchError::new(FetchErrorKind::TooLarge, http::public(url), &message));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Whether the head allows for JSON. A reply without a content type counts as JSON.
fn may_be_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("json"))
}

fn lossy(bytes: &[u8]) -> String {
    excerpt(&String::from_utf8_lossy(&bytes[..bytes.len().min(WORDS)]))
}
