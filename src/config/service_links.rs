//! Variables that others put beside ours.
//!
//! Kubernetes, and Docker's links before it, tell every process where the services beside it are: for a service called
//! `esi-syncd` by variables such as `ESI_SYNCD_PORT` and `ESI_SYNCD_PORT_9150_TCP_ADDR`. They begin like ours and are no
//! settings.

use super::document::LEVEL;
use crate::suggest::alike;

/// The sections, as they stand in the name of a variable.
const SECTIONS: [&str; 6] = ["esi", "database", "datasets", "log", "http", "sso"];

/// Whether a variable is a service link: `path` is its name in lower case behind the prefix. What speaks of one of our
/// sections, if only nearly, is meant for us.
pub(super) fn is_service_link(path: &str, value: &str) -> bool {
    let is_ours = path.split_once(LEVEL).is_some_and(|(section, _)| alike(section, &SECTIONS).is_some());
    !is_ours && (is_kubernetes(path) || is_docker(path, value))
}

fn is_kubernetes(path: &str) -> bool {
    let words: Vec<&str> = path.split('_').collect();
    let is_protocol = |word: &str| matches!(word, "tcp" | "udp" | "sctp");
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let is_port = |number: &str, protocol: &str| is_number(number) && is_protocol(protocol);
    let is_address = match words.as_slice() {
        [.., "port", number, protocol] | [.., "port", number, protocol, "proto" | "port" | "addr"] => {
            is_port(number, protocol)
        }
        [.., "port"] | [.., "service", "host"] => true,
        _ => false,
    };
    // A port may have a name.
    is_address || words.windows(3).any(|three| matches!(three, ["service", "port", _]))
}

fn is_docker(path: &str, value: &str) -> bool {
    let is_name = path == "name" || path.ends_with("_name");
    is_name && value.starts_with('/') || path.starts_with("env_") || path.contains("_env_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_settings_and_from_mistakes() {
        for path in [
            "port",
            "service_host",
            "service_port",
            "service_port_http",
            "http_service_port_web_ui",
            "port_9150_tcp",
            "port_9150_tcp_addr",
            "port_9150_udp_port",
            "http_port",
            "database_service_host",
            "api_port_80_tcp_proto",
        ] {
            assert!(is_service_link(path, "tcp://10.0.0.1:9150"), "{path}");
        }
        assert!(is_service_link("name", "/app/esi_syncd") && is_service_link("env_path", "x"));
        for path in [
            "",
            "shutdown_grace",
            "shutdown",
            "database_url",
            "http__port",
            "databse__port",
            "http_listen",
            "name",
            "export",
            "esi__host",
        ] {
            assert!(!is_service_link(path, "1"), "{path}");
        }
    }
}
