//! From bytes to columns: which records are stored or set aside, and which pages are refused.
//!
//! ESI's replies may differ from the specification. A record that cannot be stored costs that record, a body
//! that is not JSON costs the page, and nothing costs the process.

use esi_syncd::datasets;
use esi_syncd::declare::TargetKey;
use esi_syncd::rows::{Cell, Decoder, RowScope, Rows, id_list};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support;
use crate::support::mutate::{backwards, mutated, mutation};
use crate::support::page::{column, dataset, page, reason};
use crate::support::tree::{decoded, example, example_lists, example_sets, expected};
use crate::support::whole;

#[test]
fn every_value_of_ccps_examples_arrives() {
    let sets = example_sets();
    assert_eq!(sets.len() + example_lists().len(), 30, "every example is used");
    for (dataset, reply) in sets {
        let operation = dataset.operation();
        for body in [reply.to_string(), backwards(&reply)] {
            let page = page(dataset.name, &body);
            assert_eq!(page.rejects, [], "{operation}");
            assert_eq!(
                page.drift.unknown.len(),
                0,
                "{operation} has fields that no column takes: {:?}",
                page.drift
            );
            for batch in &page.batches {
                let table = batch.table;
                assert_eq!(
                    decoded(batch),
                    expected(dataset, table, &reply),
                    "{operation} into {}",
                    table.name
                );
            }
        }
    }
}

#[test]
fn ccps_examples_of_id_lists_are_id_lists() {
    for list in example_lists() {
        let ids: Vec<Value> = id_list(list.to_string().as_bytes())
            .expect("a list of ids")
            .into_iter()
            .map(Value::from)
            .collect();
        assert_eq!(Value::from(ids), list);
    }
}

#[test]
fn a_nested_list_may_come_before_the_field_its_rows_inherit() {
    let page = page(
        "industry_cost_indices",
        r#"[{"cost_indices": [{"activity": "copying", "cost_index": 0.1}, {"cost_index": 0.2, "activity": "reaction"}],
             "solar_system_id": 30000142},
            {"solar_system_id": 30002187, "cost_indices": [{"activity": "copying", "cost_index": 0.3}]}]"#,
    );
    let table = "industry_cost_indices";
    assert_eq!(column(&page, table, "solar_system_id"), ["30000142", "30000142", "30002187"]);
    assert_eq!(column(&page, table, "activity"), ["\"copying\"", "\"reaction\"", "\"copying\""]);
    assert_eq!(column(&page, table, "cost_index"), ["0.1", "0.2", "0.3"]);
    assert_eq!((page.records, page.rejects.len(), page.drift.count()), (2, 0, 0));
}

#[test]
fn moons_know_their_planet_and_their_system() {
    let page = page(
        "universe_systems",
        r#"{"planets": [{"moons": [401, 402], "asteroid_belts": [], "planet_id": 41},
                        {"planet_id": 42, "moons": [403], "asteroid_belts": [404]}], "system_id": 3}"#,
    );
    let moons = "universe_system_moons";
    assert_eq!(column(&page, moons, "system_id"), ["3", "3", "3"]);
    assert_eq!(column(&page, moons, "planet_id"), ["41", "41", "42"]);
    assert_eq!(column(&page, moons, "moon_id"), ["401", "402", "403"]);
    assert_eq!(column(&page, "universe_system_belts", "planet_id"), ["42"]);
}

#[test]
fn a_record_without_its_key_is_set_aside_as_it_came() {
    let good = r#"{"type_id":34,"adjusted_price":1.5}"#;
    for bad in [r#"{"adjusted_price": 2.5}"#, r#"{"type_id" : null, "adjusted_price": 2.5}"#] {
        let page = page("market_prices", &format!("[{good}, {bad},{good}]"));
        assert_eq!(reason(&page), "market_prices.type_id: the key is missing");
        assert_eq!(page.rejects[0].json, bad, "the record is kept to the byte");
        assert_eq!(column(&page, "market_prices", "type_id"), ["34", "34"]);
        assert_eq!(page.records, 3);
    }
}

#[test]
fn a_record_whose_children_would_have_no_key_is_set_aside_whole() {
    let children = r#""cost_indices":[{"activity":"copying","cost_index":0.1}]"#;
    for parent in ["", r#""solar_system_id":null,"#, r#""solar_system_id":"x","#, r#""solar_system_id":1.5,"#]
    {
        let bad = format!("{{{parent}{children}}}");
        let page = page("industry_cost_indices", &format!(r#"[{bad},{{"solar_system_id":5,{children}}}]"#));
        assert!(reason(&page).starts_with("industry_cost_indices.solar_system_id: "), "{}", reason(&page));
        assert_eq!(page.rejects[0].json, bad);
        assert_eq!(column(&page, "industry_cost_indices", "solar_system_id"), ["5"]);
    }
}

#[test]
fn a_bad_child_takes_its_whole_record_along_and_nothing_else() {
    let good = r#"{"constellation_id":1,"infested_solar_systems":[10,11]}"#;
    for bad in [
        r#"{"constellation_id":2,"infested_solar_systems":[20,"x"]}"#,
        r#"{"constellation_id":2,"infested_solar_systems":[20,null]}"#,
        r#"{"constellation_id":2,"infested_solar_systems":{"0":20}}"#,
        r#"{"constellation_id":2,"infested_solar_systems":7}"#,
        r#"{"infested_solar_systems":[20,21],"constellation_id":[2]}"#,
    ] {
        let page = page("incursions", &format!("[{good},{bad},{}]", good.replace('1', "3")));
        assert_eq!(page.rejects.len(), 1, "{bad}");
        assert_eq!(column(&page, "incursions", "constellation_id"), ["1", "3"], "{bad}");
        assert_eq!(column(&page, "incursion_systems", "constellation_id"), ["1", "1", "3", "3"], "{bad}");
        assert_eq!(column(&page, "incursion_systems", "solar_system_id"), ["10", "11", "30", "33"], "{bad}");
    }
}

#[test]
fn deep_nesting_is_no_crash_wherever_it_stands() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let (lists, objects) = (deep("[", "]"), deep("{\"a\":", "}"));
    for deep in [&lists, &objects] {
        let unknown = page("market_prices", &format!(r#"[{{"type_id":1,"news":{deep}}}]"#));
        assert_eq!(column(&unknown, "market_prices", "type_id"), ["1"]);
        let known = page("market_prices", &format!(r#"[{{"type_id":{deep}}},{{"type_id":2}}]"#));
        assert_eq!(known.rejects.len(), 1);
        let nested =
            page("incursions", &format!(r#"[{{"constellation_id":1,"infested_solar_systems":{deep}}}]"#));
        assert_eq!(nested.rejects.len(), 1);
        let record = page("market_prices", &format!("[{deep}]"));
        assert_eq!(record.rejects.len(), 1);
        // Unclosed: the body of a server that died in its loop.
        let cut = &deep[..100_000];
        assert!(Decoder::new(dataset("market_prices")).page(cut.as_bytes()).is_err());
    }
}

#[test]
fn half_a_body_is_never_a_page() {
    for (dataset, reply) in example_sets() {
        let operation = dataset.operation();
        let decoder = Decoder::new(dataset);
        let body = reply.to_string();
        for end in 0..body.len() {
            let cut = &body.as_bytes()[..end];
            assert!(decoder.page(cut).is_err(), "{operation}: {}", String::from_utf8_lossy(cut));
        }
        for more in ["]", "x", ",", &body] {
            assert!(decoder.page(format!("{body}{more}").as_bytes()).is_err(), "{operation}: then {more}");
        }
        assert!(decoder.page(format!(" \n{body}\n ").as_bytes()).is_ok(), "white space around it is fine");
    }
}

#[test]
fn what_is_not_the_declared_shape_is_refused() {
    let html = "<html><body>502 Bad Gateway</body></html>";
    for (name, bodies) in [
        ("market_prices", ["{}", r#"{"error":"timeout"}"#, "null", "5", "\"x\"", "true", "", html]),
        ("server_status", ["[]", r#"[{"players":1}]"#, "null", "5", "\"x\"", "true", "", html]),
    ] {
        for body in bodies {
            let read = Decoder::new(dataset(name)).page(body.as_bytes());
            assert!(read.is_err(), "{name} accepts {body:?} as {:?}", read.unwrap());
        }
    }
    let broken: &[&[u8]] = &[b"[{\"type_id\":1,\"x\":\"\xff\"}]", b"\xff\xfe[\0]\0", b"\x1f\x8b\x08"];
    for body in broken {
        let _ = Decoder::new(dataset("market_prices")).page(body);
    }
    let body = b"[{\"id\":1,\"name\":\"\xff\",\"category\":\"x\"}]";
    assert!(Decoder::new(dataset("entity_names")).page(body).is_err(), "not UTF-8, not text");
    assert!(page("market_prices", "[]").rejects.is_empty(), "an empty list is a page");
}

#[test]
fn of_a_key_on_two_pages_the_later_page_counts() {
    let dataset = dataset("market_orders");
    let decoder = Decoder::new(dataset);
    let page = |orders: &[(i64, f64)]| {
        let orders: Vec<Value> =
            orders.iter().map(|(id, price)| json!({"order_id": id, "price": price})).collect();
        decoder.page(Value::from(orders).to_string().as_bytes()).expect("decodes")
    };
    let mut rows = Rows::default();
    // Pages arrive in any order; what counts is their number.
    rows.put(3, page(&[(1, 30.0), (9, 90.0)]));
    rows.put(1, page(&[(1, 10.0), (2, 20.0)]));
    rows.put(2, page(&[(666, 0.0)]));
    rows.put(2, page(&[(2, 21.0), (3, 31.0), (3, 32.0)]));
    rows.put(4, page(&[(7, 7.0)]));
    rows.forget(4);
    let whole = rows.finish(dataset.tables, &TargetKey::new([("region_id", "10000002")]), 0);
    let order = whole.batches[0].in_key_order();
    let get = |name: &str| {
        let all = column(&whole, "market_orders", name);
        order.iter().map(|&row| all[row as usize].clone()).collect::<Vec<_>>()
    };
    assert_eq!(get("order_id"), ["1", "2", "3", "9"]);
    assert_eq!(get("price"), ["30.0", "21.0", "32.0", "90.0"]);
    assert_eq!(get("region_id"), ["10000002"; 4]);
    assert_eq!(whole.records, 7);
}

#[test]
fn the_whole_set_shares_parameter_and_time() {
    let body = r#"{"players":5,"server_version":"1","start_time":"2017-01-02T12:34:56Z","vip":true}"#;
    let page = whole(dataset("server_status"), "", 1_234_567_890, body.as_bytes());
    assert_eq!(column(&page, "server_status", "observed_at"), ["2009-02-13T23:31:30+00:00"]);
}

#[test]
fn a_target_fixes_all_leading_key_columns_that_are_its_parameters() {
    let scope = |name: &str, key: &[(&str, &str)]| -> Vec<(&str, Cell<'static>)> {
        let scope =
            RowScope::of(&dataset(name).tables[0], &TargetKey::new(key.iter().copied())).expect("typed");
        scope.cells().map(|(column, cell)| (column.name, cell.clone())).collect()
    };
    assert_eq!(scope("market_orders", &[("region_id", "10000002")]), [("region_id", Cell::Int(10_000_002))]);
    let pair = [("region_id", "10000002"), ("type_id", "34")];
    let both = [("region_id", Cell::Int(10_000_002)), ("type_id", Cell::Int(34))];
    assert_eq!(scope("market_history", &pair), both);
    let system = [("system_id", Cell::Int(30_000_142))];
    assert_eq!(
        scope("universe_systems", &[("system_id", "30000142")]),
        system,
        "also where the reply has it"
    );
    assert_eq!(scope("market_prices", &[]), []);
    let odd =
        RowScope::of(&dataset("market_orders").tables[0], &TargetKey::new([("region_id", "The Forge")]));
    assert!(odd.is_err_and(|why| why.contains("region_id")));
}

#[test]
fn id_lists_are_integers_or_nothing() {
    assert_eq!(id_list(b"[10000001, 11000033]").expect("ids"), [10_000_001, 11_000_033]);
    assert_eq!(id_list(b"[]").expect("an empty list"), Vec::<i64>::new());
    for body in ["{}", "[1,\"2\"]", "[1,null]", "[1.5]", "[1,2", "<html>", "", "[9223372036854775808]"] {
        assert!(id_list(body.as_bytes()).is_err(), "{body}");
    }
}

/// The names of datasets with an example, so that a failure prints a name and not a declaration.
fn any_dataset() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(
        datasets::all().filter(|d| example(d).is_some()).map(|d| d.name).collect::<Vec<_>>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: support::cases(2_000, 100_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_record_is_either_stored_or_set_aside(
        name in any_dataset(),
        changes in proptest::collection::vec(mutation(), 1..8),
        reversed: bool,
    ) {
        let dataset = dataset(name);
        let body = mutated(&example(dataset).expect("filtered"), &changes, reversed);
        // A change at the root: no list any more. The page is refused, the process lives.
        let Ok(page) = Decoder::new(dataset).page(body.as_bytes()) else { return Ok(()) };
        for batch in &page.batches {
            let rows = decoded(batch);
            if batch.table.at.is_empty() {
                prop_assert_eq!(rows.len() + page.rejects.len(), page.records, "{}", body);
            }
        }
        for reject in &page.rejects {
            prop_assert!(body.contains(&reject.json), "{} is not in {}", reject.json, body);
            prop_assert!(!reject.reason.is_empty());
        }
        let mut rows = Rows::default();
        rows.put(1, page);
        for batch in rows.finish(dataset.tables, &TargetKey::new([("region_id", "10000002"), ("type_id", "34")]), 0).batches {
            let order = batch.in_key_order();
            prop_assert!(order.len() <= batch.rows());
            for key in batch.table.key_positions() {
                let column = &batch.columns[key];
                prop_assert!(column.len() == batch.rows() && column.present.iter().all(|p| *p), "{}", body);
            }
        }
    }

    #[test]
    fn no_bytes_whatsoever_make_it_panic(
        name in any_dataset(),
        at: proptest::sample::Index,
        byte: u8,
        cut: proptest::sample::Index,
        whole: bool,
    ) {
        let dataset = dataset(name);
        let mut body = example(dataset).expect("filtered").to_string().into_bytes();
        let i = at.index(body.len());
        body[i] = byte;
        if !whole {
            body.truncate(cut.index(body.len()));
        }
        let _ = Decoder::new(dataset).page(&body);
    }
}
