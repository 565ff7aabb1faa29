//! Mistakes and overrides, through [`load`] alone: what an operator writes and what they are told.

use std::path::PathBuf;
use std::time::Duration;

use super::*;

/// Datasets for these tests; the names in the shipped file are checked in `shipped`.
pub(super) const KNOWN: [KnownDataset; 4] = [
    KnownDataset { name: "market_orders", enabled: true, params: &["regions"] },
    KnownDataset { name: "market_history", enabled: false, params: &["regions", "max_pairs"] },
    KnownDataset { name: "server_status", enabled: true, params: &["keep"] },
    KnownDataset { name: "incursions", enabled: true, params: &[] },
];

fn read(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let source = Source { name: "config.toml".to_owned(), text: text.to_owned() };
    let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(&source, env, &KNOWN)
}

fn config(text: &str) -> Config {
    read(text, &[]).unwrap_or_else(|error| panic!("{error}"))
}

fn problems(text: &str, env: &[(&str, &str)]) -> Vec<Problem> {
    match read(text, env) {
        Err(ConfigError::Invalid { problems }) => problems,
        other => panic!("expected a refusal of {text:?} {env:?}, got {other:?}"),
    }
}

fn problem(text: &str) -> Problem {
    let mut problems = problems(text, &[]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    let error = read("# a comment\n[esi]\n\tcontcat = \"you@example.org\"\n", &[]).expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "config.toml:3:2: unknown key `contcat` in [esi]\n\
         \u{20} |\n\
         3 | \tcontcat = \"you@example.org\"\n\
         \u{20} | \t^^^^^^^ did you mean `contact`?\n\
         \u{20} = valid here: max_rate, backfill_rate, base_url, contact, tenant, language, timeout, \
         max_concurrency, budget_share"
    );
}

#[test]
fn unknown_names_are_found_at_every_level() {
    for (text, message, hint) in [
        ("shutdown = \"5s\"", "unknown key `shutdown` at the top level", Some("shutdown_grace")),
        ("[databse]\nurl = \"sqlite://x\"", "unknown key `databse` at the top level", Some("database")),
        ("[datasets.market_order]", "there is no dataset `market_order`", Some("market_orders")),
        ("[datasets.zzz]", "there is no dataset `zzz`", None),
        ("datasets.incursions.evry = \"1h\"", "unknown key `evry` in [datasets.incursions]", Some("every")),
        ("[datasets.incursions]\nregions = \"all\"", "unknown key `regions` in [datasets.incursions]", None),
        ("[datasets.market_orders]\nkeep = \"9d\"", "unknown key `keep` in [datasets.market_orders]", None),
    ] {
        let problem = problem(text);
        assert_eq!(problem.message, message);
        assert_eq!(problem.hint, hint.map(|name| format!("did you mean `{name}`?")), "{text}");
    }
    assert_eq!(
        problem("[datasets.market_orders]\nkeep = \"9d\"").valid,
        ["enabled", "every", "regions"],
        "the parameters of this dataset only"
    );
}

#[test]
fn a_bad_value_is_underlined_where_it_stands() {
    for (text, position, underlined) in [
        ("[esi]\nmax_concurrency = 65", (2, 19), "65"),
        ("[esi]\nmax_concurrency = \"16\"", (2, 19), "\"16\""),
        ("[esi]\nmax_rate = 0", (2, 12), "0"),
        ("[esi]\nmax_rate = nan", (2, 12), "nan"),
        ("[esi]\nbudget_share = 1.01", (2, 16), "1.01"),
        ("[esi]\nmax_rate = 5\nbackfill_rate = 6", (3, 17), "6"),
        ("[esi]\nlanguage = \"EN\"", (2, 12), "\"EN\""),
        ("[esi]\ncontact = \"jörg\"", (2, 11), "\"jörg\""),
        ("[esi]\ntimeout = 60", (2, 11), "60"),
        ("[esi]\ntimeout = \"60\"", (2, 11), "\"60\""),
        ("[esi]\ntimeout = \"0s\"", (2, 11), "\"0s\""),
        ("[esi]\nbase_url = \"esi.evetech.net\"", (2, 12), "\"esi.evetech.net\""),
        ("shutdown_grace = 1999-01-01", (1, 18), "1999-01-01"),
        ("esi = 4", (1, 7), "4"),
        ("[log]\nlevel = \"inof\"", (2, 9), "\"inof\""),
        ("[log]\nformat = \"xml\"", (2, 10), "\"xml\""),
        ("[http]\nlisten = \"localhost\"", (2, 10), "\"localhost\""),
        ("datasets.incursions.enabled = \"yes\"", (1, 31), "\"yes\""),
        ("datasets.server_status.keep = \"1s\"", (1, 31), "\"1s\""),
        ("datasets.market_orders.regions = [1,\n -2]", (2, 2), "-2"),
        ("datasets.market_orders.regions = []", (1, 34), "[]"),
        ("datasets.market_orders.regions = [\"all\"]", (1, 35), "\"all\""),
        ("datasets.market_history.max_pairs = 99999999999999999999", (1, 37), "99999999999999999999"),
    ] {
        let problem = problem(text);
        assert_eq!(problem.position, Some(position), "{problem}");
        let rule = format!("| {}{}", " ".repeat(position.1 - 1), "^".repeat(underlined.chars().count()));
        let shown = problem.to_string();
        assert!(
            shown.lines().any(|line| line.ends_with(&rule) || line.contains(&format!("{rule} "))),
            "{shown}"
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once_and_in_order() {
    let env = [("ESI_SYNCD_HTTP__LISTEN", "here")];
    let found = problems("x = 1\n[log]\nlevel = 3\n[esi]\ntenant = \"\"\n", &env);
    let places: Vec<_> = found.iter().map(|problem| problem.position.map(|(line, _)| line)).collect();
    assert_eq!(places, [Some(1), Some(3), Some(5), None]);
}

#[test]
fn text_that_is_not_toml_is_told_with_its_place() {
    let problem = problem("[esi]\ncontact = you@example.org\n");
    assert_eq!(problem.position.map(|(line, _)| line), Some(2), "{problem}");
    assert_eq!(problems("[esi]\ntenant = \"a\"\ntenant = \"b\"", &[])[0].position, Some((3, 1)));
}

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
    let config = config("[database]\nurl = \"postgres://me:canary@host/db?password=canary\"");
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    assert_eq!(config.database.url.to_string(), "postgres://me:redacted@host/db");
    let DatabaseUrl::Postgres(url) = config.database.url else { panic!("a PostgreSQL address") };
    assert_eq!(url.expose(), "postgres://me:canary@host/db?password=canary");
}

#[test]
fn database_addresses() {
    let path = |url: &str| match config(&format!("database.url = \"{url}\"")).database.url {
        DatabaseUrl::Sqlite(path) => path,
        other @ DatabaseUrl::Postgres(_) => panic!("{other}"),
    };
    assert_eq!(path("sqlite:///var/lib/x.db"), PathBuf::from("/var/lib/x.db"));
    assert_eq!(path("sqlite://dir/x%20.db"), PathBuf::from("dir/x%20.db"));
    for url in ["", "sqlite://", "sqlite:x.db", "sqlite://:memory:", "sqlite://x.db?mode=ro", "postgres:x"] {
        problem(&format!("database.url = \"{url}\""));
    }
}

#[test]
fn plain_http_reaches_this_machine_only() {
    for url in
        ["http://127.0.0.1:1", "http://127.8.8.8", "http://[::1]:1", "http://localhost:80", "https://h:1"]
    {
        config(&format!("esi.base_url = \"{url}\"\nsso.base_url = \"{url}\""));
    }
    for url in [
        "http://esi.evetech.net",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://128.0.0.1",
        "http://[::2]",
        "ftp://127.0.0.1",
        "https://esi.evetech.net/latest",
        "https://esi.evetech.net?x=1",
    ] {
        problem(&format!("esi.base_url = \"{url}\""));
        problem(&format!("sso.base_url = \"{url}\""));
    }
}

#[test]
fn intervals_and_cron_lines() {
    let every = |text: &str| {
        config(&format!("datasets.incursions.every = \"{text}\"")).datasets["incursions"].every.clone()
    };
    assert_eq!(every("expires"), Every::Expires);
    assert_eq!(every("1h30m"), Every::After(Duration::from_secs(5400)));
    assert_eq!(every("1day 2h 3m 4s 5ms"), Every::After(Duration::from_millis(93_784_005)));
    assert_eq!(every("30 11 * * *"), Every::Cron("0 30 11 * * *".to_owned()));
    assert_eq!(every("*/10  * * * * MON-FRI"), Every::Cron("*/10  * * * * MON-FRI".to_owned()));
    for bad in [
        "",
        "expire",
        "15",
        "0s",
        "-5m",
        "2000d",
        "@daily",
        "* * * *",
        "60 * * * *",
        "61 * * * * *",
        "* * * * * * *",
        "0 0 30 2 *",
        "a b c d e",
    ] {
        let problem = problem(&format!("datasets.incursions.every = \"{bad}\""));
        assert!(problem.message.starts_with("every: "), "{problem}");
    }
}

#[test]
fn cron_lines_mean_the_same_to_the_scheduler() {
    for line in ["30 11 * * *", "*/10 * * * * MON-FRI", "0 0 12 29 2 *"] {
        let text = format!("datasets.incursions.every = \"{line}\"");
        let Every::Cron(line) = config(&text).datasets["incursions"].every.clone() else { panic!("{line}") };
        assert!(tokio_cron_scheduler::Job::new(line.as_str(), |_, _| {}).is_ok(), "{line}");
    }
}

#[test]
fn regions_are_listed_once_however_often_they_are_written() {
    let text = "datasets.market_orders.regions = [10000002, \"Domain\", 10000002, \"domain \", \"Heimatar\"]";
    let listed = ["Domain", "Heimatar"].map(|name| RegionRef::Name(name.to_owned()));
    let expected = [vec![RegionRef::Id(10_000_002)], listed.to_vec()].concat();
    assert_eq!(config(text).datasets["market_orders"].regions, Some(Regions::List(expected)));
}

#[test]
fn parameters_that_a_dataset_does_not_take_are_none() {
    let config = config("datasets.server_status.keep = \"90d\"\ndatasets.market_history.max_pairs = 500");
    let status = &config.datasets["server_status"];
    assert_eq!((status.keep, &status.regions), (Some(Duration::from_secs(90 * 86_400)), &None));
    let history = &config.datasets["market_history"];
    assert_eq!((history.enabled, history.max_pairs, history.keep), (false, Some(500), None));
    assert_eq!(history.regions, Some(Regions::default()));
    assert_eq!(config.datasets["incursions"].regions, None);
}

#[test]
fn a_missing_contact_is_warned_of_with_the_line_to_add() {
    let warnings = config("").warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("`contact = \"you@example.org\"` under [esi]"), "{warnings:?}");
    let quiet = config("esi.contact = \"you@example.org\"");
    assert_eq!(quiet.warnings(), Vec::<String>::new());
    assert_eq!(config("esi = { contact = \"a@b.c\", max_concurrency = 21 }").warnings().len(), 1);
}

#[test]
fn log_levels_are_levels_or_directives() {
    for level in ["off", "warn,esi_syncd::esi=debug", "info,esi_syncd[sync]=debug"] {
        assert_eq!(config(&format!("log.level = \"{level}\"")).log.level, level);
    }
    assert_eq!(config("log.level = 'info, sqlx=trace'").log.level, "info,sqlx=trace");
    for level in ["", "loud", "info,esi_syncd::esi", "info,sqlx=loud", "INFO "] {
        problem(&format!("log.level = \"{level}\""));
    }
}
