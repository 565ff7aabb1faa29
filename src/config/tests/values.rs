//! What values mean.

use std::path::PathBuf;
use std::time::Duration;

use super::*;

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
    assert_eq!(every("1h30m"), Every::After(Duration::from_mins(90)));
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
    assert_eq!((status.max_age, &status.regions), (Some(Duration::from_hours(90 * 24)), &None));
    let history = &config.datasets["market_history"];
    assert_eq!((history.enabled, history.max_pairs, history.max_age), (false, Some(500), None));
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
    for level in ["off", "warn,crate::esi=debug", "info,esi_syncd[sync]=debug"] {
        assert_eq!(config(&format!("log.level = \"{level}\"")).log.level, level);
    }
    assert_eq!(config("log.level = 'info, sqlx=trace'").log.level, "info,sqlx=trace");
    for level in ["", "loud", "info,crate::esi", "info,sqlx=loud", "INFO "] {
        problem(&format!("log.level = \"{level}\""));
    }
}
