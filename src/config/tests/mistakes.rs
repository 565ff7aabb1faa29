//! What is wrong is told with its place and its remedy.

use super::*;

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
         max_concurrency, budget_share, daily_downtime"
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
