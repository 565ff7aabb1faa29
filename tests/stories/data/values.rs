//! From JSON to values of columns: which values a column takes or refuses, and how it stores odd ones.

use esi_syncd::rows::{parse_date, parse_time};
use serde_json::{Value, json};

use crate::support;
use crate::support::page::{column, dataset, page, reason};
use crate::support::tree::example;

#[test]
fn a_value_of_the_wrong_type_rejects_its_record_and_names_the_column() {
    let order = |field: &str, value: &str| {
        let mut order = example(dataset("market_orders")).expect("CCP's example")[0].clone();
        order[field] = Value::from("HERE");
        format!("[{}]", order.to_string().replace("\"HERE\"", value))
    };
    for (field, value) in [
        ("order_id", "\"4623824223\""),
        ("order_id", "1.5"),
        ("order_id", "true"),
        ("order_id", "9223372036854775808"),
        ("order_id", "1e19"),
        ("volume_total", "[]"),
        ("volume_total", "{\"a\":[{}]}"),
        ("price", "\"9.9\""),
        ("is_buy_order", "0"),
        ("is_buy_order", "\"false\""),
        ("range", "5"),
        ("range", "true"),
        ("issued", "1472879545"),
        ("issued", "\"yesterday\""),
        ("issued", "\"2016-09-31T05:12:25Z\""),
        ("issued", "\"2016-09-03\""),
    ] {
        let page = page("market_orders", &order(field, value));
        let start = format!("market_orders.{field}: expected ");
        assert!(reason(&page).starts_with(&start), "{field} = {value}: {}", reason(&page));
        assert_eq!(page.batches[0].rows(), 0);
    }
    for record in ["5", "null", "\"x\"", "[]", "true"] {
        let page = page("market_orders", &format!("[{record}]"));
        assert!(reason(&page).starts_with("expected an object, found "), "{}", reason(&page));
    }
}

#[test]
fn numbers_are_read_as_generously_as_they_can_be_stored() {
    let prices =
        |value: &str| page("market_prices", &format!(r#"[{{"type_id":1,"adjusted_price":{value}}}]"#));
    for (sent, stored) in [
        ("5", "5.0"),
        ("1e308", "1e308"),
        ("5e-324", "5e-324"),
        ("18446744073709551615", "1.8446744073709552e19"),
        ("-0.0", "0.0"),
        ("-0", "0.0"),
    ] {
        assert_eq!(column(&prices(sent), "market_prices", "adjusted_price"), [stored], "sent {sent}");
    }
    for (sent, stored) in [
        ("5.0", "5"),
        ("5e0", "5"),
        ("-3.0", "-3"),
        ("-0.0", "0"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
    ] {
        let page = page("market_prices", &format!(r#"[{{"type_id":{sent}}}]"#));
        assert_eq!(column(&page, "market_prices", "type_id"), [stored], "sent {sent}");
    }
}

#[test]
fn null_and_absent_are_null_and_count_as_drift_only_where_required() {
    let page = page(
        "market_orders",
        r#"[{"order_id":1,"price":null,"type_id":34},{"order_id":2,"price":1.0,"type_id":null}]"#,
    );
    assert_eq!(column(&page, "market_orders", "price"), ["NULL", "1.0"]);
    assert_eq!(page.drift.missing["market_orders.price"], 1);
    assert_eq!(page.drift.missing["market_orders.type_id"], 1);
    assert_eq!(page.drift.missing["market_orders.issued"], 2);

    let page = self::page("market_prices", r#"[{"type_id":1},{"type_id":2,"average_price":null}]"#);
    assert_eq!(column(&page, "market_prices", "average_price"), ["NULL", "NULL"]);
    assert_eq!(page.drift.count(), 0, "optional fields may be left out: {:?}", page.drift);

    let page =
        self::page("universe_constellations", r#"{"constellation_id":1,"position":null,"systems":null}"#);
    for name in ["position_x", "position_z", "systems"] {
        assert_eq!(column(&page, "universe_constellations", name), ["NULL"]);
    }
}

#[test]
fn unknown_fields_are_counted_and_otherwise_ignored() {
    let body = r#"[{"type_id":1,"mood":"good","deep":{"a":[{"b":null}]}},{"mood":[1,2],"type_id":2}]"#;
    let page = page("market_prices", body);
    assert_eq!(column(&page, "market_prices", "type_id"), ["1", "2"]);
    assert_eq!(page.drift.unknown["mood"], 2);
    assert_eq!(page.drift.unknown["deep"], 1);
    assert_eq!(page.drift.count(), 3);

    let many: Vec<String> = (0..100).map(|i| format!("\"new_{i}\":{i}")).collect();
    let page = self::page("market_prices", &format!(r#"[{{"type_id":1,{}}}]"#, many.join(",")));
    assert!(page.drift.unknown.len() <= 20, "a page remembers few names: {}", page.drift.unknown.len());
    assert_eq!(page.drift.count(), 100, "and counts all of them");
}

#[test]
fn an_unknown_word_is_kept() {
    let page = page("incursions", r#"[{"constellation_id":1,"state":"simmering","type":""}]"#);
    assert_eq!(column(&page, "incursions", "state"), ["\"simmering\""]);
    assert_eq!(column(&page, "incursions", "type"), ["\"\""]);
}

#[test]
fn texts_arrive_unescaped_and_storable() {
    let name = |json: &str| {
        let page = page("entity_names", &format!(r#"[{{"id":1,"name":{json},"category":"x"}}]"#));
        column(&page, "entity_names", "name").remove(0)
    };
    for (json, text) in [
        (r#""quote \" slash \\ \/ tab \t newline \n""#, "quote \" slash \\ / tab \t newline \n"),
        (r#""\u00e9\u0416\u4e2d""#, "\u{e9}\u{416}\u{4e2d}"),
        (r#""\ud83d\ude80""#, "\u{1F680}"),
        ("\"\u{1F680}\u{FFFD}\u{FFFF}\u{200B}\"", "\u{1F680}\u{FFFD}\u{FFFF}\u{200B}"),
        (r#""a\u0000b""#, "a\u{FFFD}b"),
        (r#""a\\u0000b""#, "a\\u0000b"),
        (r#""""#, ""),
    ] {
        assert_eq!(name(json), format!("{text:?}"), "from {json}");
    }
}

#[test]
fn nested_values_are_kept_in_a_form_that_jsonb_takes() {
    let systems = |json: &str| {
        page("universe_constellations", &format!(r#"{{"constellation_id":1,"systems":{json}}}"#))
    };
    for (json, kept) in [
        ("[1, 2]", json!([1, 2])),
        (r#"{"a": {"b": [null, true]}}"#, json!({"a": {"b": [null, true]}})),
        (r#""scalar""#, json!("scalar")),
        (r#"["a\u0000b"]"#, json!(["a\u{FFFD}b"])),
        (r#"["a\\u0000b"]"#, json!(["a\\u0000b"])),
        (r#"["a\\\u0000b"]"#, json!(["a\\\u{FFFD}b"])),
        (r#"{"k\u0000": "\ud83d\ude80"}"#, json!({"k\u{FFFD}": "\u{1F680}"})),
    ] {
        let page = systems(json);
        assert_eq!(page.rejects, [], "{json}");
        let found = column(&page, "universe_constellations", "systems");
        assert_eq!(found, [support::canonical(&kept)], "from {json}");
    }
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for json in [r#"["\ud83d"]"#, r#"["\udc00 alone"]"#, "[1e200000]", deep.as_str()] {
        let page = systems(json);
        let start: String = json.chars().take(20).collect();
        assert!(
            reason(&page).starts_with("universe_constellations.systems: "),
            "{start}: PostgreSQL refuses such JSON, so the record must be set aside: {}",
            reason(&page)
        );
    }
}

#[test]
fn times_and_days() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("1969-12-31T23:59:59.500Z", -1),
        ("2026-03-01T12:00:00Z", 1_772_366_400),
        ("2026-03-01T12:00:00.999999Z", 1_772_366_400),
        ("2026-03-01T14:00:00+02:00", 1_772_366_400),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        assert_eq!(parse_time(text), Some(seconds), "{text}");
    }
    for text in [
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-13-01T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:60:00Z",
        "+2026-3-01T12:00:00Z",
        "\u{e9}026-03-01T12:00:0Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+01:00",
    ] {
        assert_eq!(parse_time(text), None, "{text}: both databases hold the years 1 to 9999");
    }
    for (text, day) in
        [("1970-01-01", 0), ("1969-12-31", -1), ("2015-05-01", 16_556), ("0001-01-01", -719_162)]
    {
        assert_eq!(parse_date(text), Some(day), "{text}");
    }
    for text in [
        "",
        "2015-5-01",
        "2015-02-29",
        "15-05-2001",
        "2015-05-01T00:00:00Z",
        "0000-01-01",
        "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
    ] {
        assert_eq!(parse_date(text), None, "{text}");
    }
}
