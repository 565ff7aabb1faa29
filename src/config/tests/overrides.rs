//! Variables win over the file, and their mistakes are called by their names.

use std::path::PathBuf;
use std::time::Duration;

use super::*;

#[test]
fn variables_override_the_file() {
    let text =
        "[esi]\ntenant = \"fileonly\"\ncontact = \"file\"\n[datasets.market_orders]\nregions = \"all\"\n";
    let env = [
        ("ESI_SYNCD_CONFIG", "/elsewhere"),
        ("ESI_TEST_PG", "skip"),
        ("PATH", "/bin"),
        ("ESI_SYNCD_ESI__BASE_URL", "http://127.0.0.1:8080"),
        ("ESI_SYNCD_ESI__CONTACT", ""),
        ("ESI_SYNCD_ESI__MAX_RATE", "7.5"),
        ("ESI_SYNCD_SHUTDOWN_GRACE", "5s"),
        ("ESI_SYNCD_SSO__CLIENT_ID", "1234"),
        ("ESI_SYNCD_DATABASE__URL", "\"sqlite:///v/x.db\""),
        ("ESI_SYNCD_DATASETS__MARKET_ORDERS__REGIONS", "[10000002, 'Domain']"),
        ("ESI_SYNCD_DATASETS__MARKET_HISTORY__REGIONS", "all"),
        ("ESI_SYNCD_DATASETS__INCURSIONS__ENABLED", "false"),
    ];
    let config = read(text, &env).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.esi.base_url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.esi.contact, None, "an empty variable takes back what the file says");
    assert_eq!(config.esi.tenant, "fileonly");
    assert_eq!(config.esi.max_rate.to_bits(), 7.5_f64.to_bits());
    assert_eq!(
        config.esi.backfill_rate.to_bits(),
        7.5_f64.to_bits(),
        "the default yields to a lower max_rate"
    );
    assert_eq!(config.shutdown_grace, Duration::from_secs(5));
    assert_eq!(config.sso.client_id.as_deref(), Some("1234"), "text is meant, though it looks like a number");
    assert_eq!(config.database.url, DatabaseUrl::Sqlite(PathBuf::from("/v/x.db")));
    let listed = Regions::List(vec![RegionRef::Id(10_000_002), RegionRef::Name("Domain".to_owned())]);
    assert_eq!(config.datasets["market_orders"].regions, Some(listed));
    assert_eq!(config.datasets["market_history"].regions, Some(Regions::All));
    assert!(!config.datasets["incursions"].enabled);
}

#[test]
fn a_bad_variable_is_called_by_its_name() {
    let told = |name: &str, value: &str| {
        let found = problems("", &[(name, value)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].origin.as_str(), found[0].position), (name, None));
        (found[0].message.clone(), found[0].hint.clone())
    };
    let (_, hint) = told("ESI_SYNCD_ESI__CONTCAT", "x");
    assert_eq!(hint.as_deref(), Some("did you mean `ESI_SYNCD_ESI__CONTACT`?"));
    let (_, hint) = told("ESI_SYNCD_DATASETS__INCURSION__EVERY", "1h");
    assert_eq!(hint.as_deref(), Some("did you mean `ESI_SYNCD_DATASETS__INCURSIONS__EVERY`?"));
    let (message, _) = told("ESI_SYNCD_ESI__TIMEOUT", "soon");
    assert_eq!(message, "timeout: `soon` is not a duration");
    for name in
        ["ESI_SYNCD_", "ESI_SYNCD_ESI", "ESI_SYNCD_ESI__", "ESI_SYNCD_CONFIGS", "ESI_SYNCD_ESI__TENANT__X"]
    {
        told(name, "1");
    }
    let shown = problems("", &[("ESI_SYNCD_ESI__TIMEOUT", "soon")])[0].to_string();
    assert!(shown.contains(" | ESI_SYNCD_ESI__TIMEOUT=soon\n |                        ^^^^ "), "{shown}");
}
