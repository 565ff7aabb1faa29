//! Canaries in every place where a secret could be written.

use super::*;

#[test]
fn no_error_and_no_print_shows_a_secret() {
    for (text, env) in [
        ("[database]\nurl = \"postgres://me:canary@[/db\"", ""),
        ("[database]\nurl = \"mysql://me:canary@host/db\"", ""),
        ("[database]\nurl = \"postgres://me:canary@host/db", ""),
        ("[database]\nulr = \"postgres://me:canary@host/db\"", ""),
        ("database = \"postgres://me:canary@host/db\"", ""),
        ("[sso]\nclient_secret = \"canary\"", ""),
        ("[esi]\nbase_url = \"https://me:canary@esi.evetech.net\"", ""),
        ("", "postgres://me:canary@host:port/db"),
        ("", "canary"),
    ] {
        let env = [("ESI_SYNCD_DATABASE__URL", env)];
        let error = read(text, if env[0].1.is_empty() { &[] } else { &env }).expect_err(text);
        assert!(!format!("{error}").contains("canary"), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        assert!(format!("{error}").contains("<hidden>"), "{error}");
    }
    for key in ["esi.language", "esi.timeout", "http.listen", "log.level", "datasets.incursions.every"] {
        let told = problem(&format!("{key} = \"postgres://me:canary@host/db\"")).to_string();
        assert!(!told.contains("canary"), "{told}");
    }
    let config = config("[database]\nurl = \"postgres://me:canary@host/db?password=canary\"");
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    assert_eq!(config.database.url.to_string(), "postgres://me:redacted@host/db");
    let DatabaseUrl::Postgres(url) = config.database.url else { panic!("a PostgreSQL address") };
    assert_eq!(url.expose(), "postgres://me:canary@host/db?password=canary");
}
