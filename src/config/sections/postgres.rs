//! The parameters of a PostgreSQL address.
//!
//! The driver ignores a parameter that it does not know, and logs it with its value, which may be a secret. So they are
//! looked at here. No message names one: whatever is unknown may be a password in the wrong place.

use std::net::IpAddr;

use url::Url;

use super::section::Mistake;
use crate::suggest::alike;

/// What the driver understands.
const PARAMETERS: [&str; 17] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    "statement-cache-capacity",
    "ssl-mode",
    "ssl-root-cert",
    "ssl-cert",
    "ssl-key",
];
/// Another name that it understands, for the root certificate.
const CA: &str = "ssl-ca";
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];
/// How many of the parameters are worth listing: the others are second names.
const LISTED: usize = 13;

/// Refuses parameters that the driver would ignore or stumble over.
pub(super) fn check(url: &Url) -> Result<(), Mistake> {
    for (key, value) in url.query_pairs() {
        let is_valid = match &*key {
            "sslmode" | "ssl-mode" => SSL_MODES.contains(&&*value.to_ascii_lowercase()),
            "port" => value.parse::<u16>().is_ok(),
            "hostaddr" => value.parse::<IpAddr>().is_ok(),
            "statement-cache-capacity" => value.parse::<usize>().is_ok(),
            key if PARAMETERS.contains(&key) || key == CA || key.starts_with("options[") => true,
            key => return Err(unknown(key)),
        };
        if !is_valid {
            let name = PARAMETERS.iter().find(|name| **name == key).copied().unwrap_or(CA);
            let fault =
                Mistake::new(format!("the parameter {name} of the address has a value that it cannot have"));
            return Err(match name {
                "sslmode" | "ssl-mode" => fault.hint(format!("one of {}", SSL_MODES.join(", "))),
                "hostaddr" => fault.hint("an IP address"),
                _ => fault.hint("a number"),
            });
        }
    }
    Ok(())
}

fn unknown(key: &str) -> Mistake {
    let fault = Mistake::new("the address has a parameter that is not known");
    match alike(&key.to_ascii_lowercase(), &PARAMETERS) {
        Some(better) => fault.hint(format!("did you mean `{better}`?")),
        None => fault.hint(format!("known are {}", PARAMETERS[..LISTED].join(", "))),
    }
}
