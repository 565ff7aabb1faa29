//! The hash of texts that the database stores to detect changes.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first 16 bytes of the text's SHA-256, as 32 hexadecimal digits.
#[must_use]
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
