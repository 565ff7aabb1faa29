//! The key of a target: the values of its route's parameters.
//!
//! A key is its canonical text, `region_id=10000002` or `character_id=1&contract_id=2`, because the ledger stores it and
//! people read it. The encoder here percent-encodes all values, so that no value can forge a separator or leave its place
//! in a path. The same encoded value goes into the request's path.
//!
//! What a reader could still get wrong: the key of a route without parameters is empty, and so is the key of an id list.
//! Code must not infer the kind of a target from an empty key.

use std::borrow::Cow;
use std::fmt;

/// The values of a target's parameters, by name, as canonical text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetKey(String);

/// Whether a byte stands for itself in a path segment and in a query: RFC 3986's unreserved characters and the colon.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b':')
}

/// A value, percent-encoded for a path segment or a query.
#[must_use]
pub fn percent_encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    encode(value, &mut text);
    text
}

fn encode(value: &str, text: &mut String) {
    use fmt::Write as _;
    for byte in value.bytes() {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let digit = |at: usize| text.as_bytes().get(at).and_then(|&b| char::from(b).to_digit(16));
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        let escaped = digit(at + 1).zip(digit(at + 2)).filter(|_| byte == b'%');
        let code = escaped.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

impl TargetKey {
    /// The key of a route without parameters, and of an id list.
    #[must_use]
    pub const fn empty() -> Self {
        Self(String::new())
    }

    /// The key with these parameters, in the order of the path.
    pub fn new<N: AsRef<str>, V: AsRef<str>>(parameters: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut text = String::new();
        for (name, value) in parameters {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name.as_ref());
            text.push('=');
            encode(value.as_ref(), &mut text);
        }
        Self(text)
    }

    /// Parses a canonical text from the ledger. Every text is a key; parts that are not `name=value` are ignored.
    #[must_use]
    pub fn parse(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the key has no parameter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn encoded(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.split('&').filter_map(|pair| pair.split_once('='))
    }

    /// The parameters, decoded, in the order of the path.
    pub fn values(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.encoded().map(|(name, value)| (name, decode(value)))
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.encoded().find(|(n, _)| *n == name).map(|(_, value)| decode(value))
    }

    /// The value of the last parameter: the id of the thing itself, if the other parameters name its owner. Empty without
    /// parameters.
    #[must_use]
    pub fn last(&self) -> Cow<'_, str> {
        self.encoded().last().map_or(Cow::Borrowed(""), |(_, value)| decode(value))
    }

    /// The path of a request: `template` with its `{parameters}` filled in, then `query`, then the parameters that are not
    /// in the template.
    #[must_use]
    pub fn path(&self, template: &str, query: &[(&str, &str)]) -> String {
        let mut path = template.to_owned();
        let mut query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for (name, value) in self.encoded() {
            let place = format!("{{{name}}}");
            // A segment of only dots steps to another folder, even percent-encoded. Encoded twice, the dots are an unknown
            // id to ESI, which is correct.
            let is_dots = !value.is_empty() && value.bytes().all(|b| b == b'.');
            if path.contains(&place) && is_dots {
                path = path.replace(&place, &value.replace('.', "%252E"));
            } else if path.contains(&place) {
                path = path.replace(&place, value);
            } else {
                query.push(format!("{name}={value}"));
            }
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

impl fmt::Display for TargetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for TargetKey {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for TargetKey {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_values_stand_as_they_are() {
        let key = TargetKey::new([("region_id", "10000002"), ("type_id", "34")]);
        assert_eq!(key, "region_id=10000002&type_id=34");
        assert_eq!(
            key.path("/markets/{region_id}/history", &[("datasource", "x")]),
            "/markets/10000002/history?datasource=x&type_id=34"
        );
        assert_eq!((key.last().as_ref(), key.get("region_id").as_deref()), ("34", Some("10000002")));
        assert_eq!(TargetKey::empty().path("/status", &[]), "/status");
    }

    #[test]
    fn no_value_leaves_its_place() {
        for value in ["..", ".", "a/b", "a?b", "a&type_id=1", "a%2Fb", "#", " ", "\n", "ö", "{type_id}"] {
            let key = TargetKey::new([("id", value), ("type_id", "1")]);
            assert_eq!(key.get("id").as_deref(), Some(value));
            let path = key.path("/a/{id}/b/{type_id}", &[]);
            let parts: Vec<&str> = path.split('/').collect();
            assert_eq!((parts.len(), parts[1], parts[3], parts[4]), (5, "a", "b", "1"), "{path}");
            assert!(!path.contains('?') && path.is_ascii(), "{path}");
            assert!(url::Url::parse(&format!("http://host{path}")).is_ok_and(|u| u.path() == path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_went_in_comes_out(values in proptest::collection::vec(any::<String>(), 0..4)) {
            let names = ["a_id", "b_id", "c_id", "d_id"];
            let key = TargetKey::new(names.iter().zip(&values));
            let again = TargetKey::parse(key.as_str());
            let read: Vec<String> = again.values().map(|(_, value)| value.into_owned()).collect();
            prop_assert_eq!(read, values);
        }
    }
}
