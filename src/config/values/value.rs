//! Values that several sections share. Each function takes what was written and says what is wrong with it.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use url::{Host, Url};

use super::path::path;
use super::redact::quoted;
use crate::config::document::{Node, Value};
use crate::config::sections::section::Mistake;
use crate::suggest::alike;

pub(in crate::config) fn boolean(node: &Node) -> Result<bool, Mistake> {
    match node.value {
        Value::Bool(value) => Ok(value),
        _ => Err(Mistake::new(format!("expected true or false, not {}", node.kind()))),
    }
}

/// Text; the empty string is a value here.
pub(in crate::config) fn text(node: &Node) -> Result<&str, Mistake> {
    node.text().ok_or_else(|| Mistake::new(format!("expected a string, not {}", node.kind())))
}

/// Text that may be absent, which the empty string says too.
pub(in crate::config) fn optional_text(node: &Node) -> Result<Option<&str>, Mistake> {
    Ok(Some(text(node)?.trim()).filter(|text| !text.is_empty()))
}

/// A path that may be absent.
pub(in crate::config) fn optional_path(node: &Node) -> Result<Option<PathBuf>, Mistake> {
    optional_text(node)?.map(path).transpose()
}

/// One of a few words.
pub(in crate::config) fn one_of<'w>(node: &Node, words: &[&'w str]) -> Result<&'w str, Mistake> {
    let text = text(node)?;
    words.iter().find(|word| **word == text).copied().ok_or_else(|| {
        let fault = Mistake::new(format!("{} is not one of {}", quoted(text), words.join(", ")));
        match alike(&text.to_ascii_lowercase(), words) {
            Some(better) => fault.hint(format!("did you mean `{better}`?")),
            None => fault,
        }
    })
}

/// A whole number within `range`.
pub(in crate::config) fn integer(node: &Node, range: RangeInclusive<u32>) -> Result<u32, Mistake> {
    let Value::Integer(value) = node.value else {
        return Err(Mistake::new(format!("expected a whole number, not {}", node.kind())));
    };
    let fitting = u32::try_from(value).ok().filter(|value| range.contains(value));
    fitting.ok_or_else(|| {
        Mistake::new(format!("{value} is out of range")).hint(format!(
            "from {} to {}",
            range.start(),
            range.end()
        ))
    })
}

/// A number, whole or not, above 0 and up to `most`.
pub(in crate::config) fn positive(node: &Node, most: f64) -> Result<f64, Mistake> {
    let value = match node.value {
        Value::Float(value) => value,
        #[expect(clippy::cast_precision_loss, reason = "values this large are refused below")]
        Value::Integer(value) => value as f64,
        _ => return Err(Mistake::new(format!("expected a number, not {}", node.kind()))),
    };
    if value > 0.0 && value <= most {
        Ok(value)
    } else {
        Err(Mistake::new(format!("{value} is out of range")).hint(format!("above 0, up to {most}")))
    }
}

/// A duration such as `"90s"` or `"1h30m"`, within so many seconds.
pub(in crate::config) fn duration(node: &Node, seconds: RangeInclusive<u64>) -> Result<Duration, Mistake> {
    const FORM: &str = "a number with its unit, such as \"20s\", \"15m\", \"1h30m\" or \"90d\"";
    let Some(text) = node.text() else {
        return Err(Mistake::new(format!("expected a duration, not {}", node.kind())).hint(FORM));
    };
    let duration = humantime::parse_duration(text)
        .map_err(|_| Mistake::new(format!("{} is not a duration", quoted(text))).hint(FORM))?;
    let (least, most) = (Duration::from_secs(*seconds.start()), Duration::from_secs(*seconds.end()));
    if duration < least || duration > most {
        let [least, most] = [least, most].map(humantime::format_duration);
        let fault = Mistake::new(format!("`{text}` is out of range"));
        return Err(fault.hint(format!("from {least} to {most}")));
    }
    Ok(duration)
}

/// The root of a server: https, or plain http if it is this machine, since what goes there can carry tokens.
pub(in crate::config) fn server(node: &Node) -> Result<Url, Mistake> {
    let url = Url::parse(text(node)?).map_err(|cause| {
        Mistake::new(format!("not a URL: {cause}")).hint("such as \"https://example.org\"")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Mistake::new("no user or password may be part of this URL"));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            let fault = Mistake::new("plain http is only for this machine (127.0.0.1, [::1], localhost)");
            return Err(fault.hint("write https://"));
        }
        other => return Err(Mistake::new(format!("`{other}://` is not supported")).hint("write https://")),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        let fault = Mistake::new("only the server belongs here: paths and versions are added by the program");
        return Err(fault.hint(format!("write \"{}\"", url.origin().ascii_serialization())));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
