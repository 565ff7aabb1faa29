//! What ESI says about itself, as it arrives in the tables.

use esi_syncd::datasets;
use esi_syncd::rows::{Decoder, Page};
use serde_json::{Value, json};

use crate::support::tree::{decoded, expected};

fn page(name: &str, body: &str) -> Page {
    let dataset = datasets::find(name).expect("declared");
    Decoder::new(dataset).page(body.as_bytes()).unwrap_or_else(|e| panic!("{e}: {body}"))
}

fn entry(date: &str, path: &str, kind: &str) -> Value {
    json!({ "compatibility_date": date, "method": "GET", "path": path, "type": kind, "description": "It changed." })
}

#[test]
fn a_map_of_lists_is_one_list() {
    let dataset = datasets::find("esi_changelog").expect("declared");
    let reply = json!({ "changelog": {
        "2026-08-18": [entry("2026-08-18", "/status", "changed"), entry("2026-08-18", "/wars", "new")],
        "2026-08-25": [],
        "2026-09-22": [entry("2026-09-22", "/status", "breaking")],
    } });
    let page = page("esi_changelog", &reply.to_string());
    assert_eq!((page.records, page.rejects.len(), page.drift.count()), (3, 0, 0), "{:?}", page.drift);
    let rows = decoded(&page.batches[0]);
    assert_eq!(rows, expected(dataset, &dataset.tables[0], &reply));
    assert_eq!(rows[2], ["2026-09-22", "\"GET\"", "\"/status\"", "\"breaking\"", "\"It changed.\""]);
}

#[test]
fn a_bad_record_of_a_map_is_set_aside_alone() {
    // Not in the order of their names: the record that is kept for looking at is the one that was bad.
    let good = entry("2026-08-18", "/status", "changed").to_string();
    let body = format!(
        r#"{{"changelog": {{"b": [{good}, {{"compatibility_date": "soon", "path": "/b"}}], "a": [7, {good}], "c": [{good}]}}}}"#
    );
    let page = page("esi_changelog", &body);
    assert_eq!((page.records, page.batches[0].rows()), (5, 3));
    let aside: Vec<&str> = page.rejects.iter().map(|r| r.json.as_str()).collect();
    assert_eq!(aside, [r#"{"compatibility_date": "soon", "path": "/b"}"#, "7"]);
    assert!(page.rejects[0].reason.contains("esi_changelog.date"), "{:?}", page.rejects);
}

#[test]
fn what_is_no_map_of_lists_is_refused() {
    let decoder = Decoder::new(datasets::find("esi_changelog").expect("declared"));
    for body in [
        "[]",
        "{}",
        r#"{"changelog": []}"#,
        r#"{"changelog": {"a": 1}}"#,
        r#"{"changelog": {"a": {}}}"#,
        r#"{"changelog": {"a": [}"#,
    ] {
        assert!(decoder.page(body.as_bytes()).is_err(), "{body}");
    }
    assert_eq!(page("esi_changelog", r#"{"changelog": {}, "more": 1}"#).drift.unknown["more"], 1);
}

#[test]
fn dates_are_bare_and_states_are_named() {
    let dates =
        page("esi_compatibility_dates", r#"{"compatibility_dates": ["2026-08-18", "2020-01-01", 3]}"#);
    assert_eq!(decoded(&dates.batches[0]), [["2026-08-18"], ["2020-01-01"]]);
    assert_eq!(dates.rejects.len(), 1);
    let status =
        page("esi_route_status", r#"{"routes": [{"method": "GET", "path": "/status", "status": "Odd"}]}"#);
    assert_eq!(decoded(&status.batches[0]), [["\"GET\"", "\"/status\"", "\"Odd\""]]);
}
