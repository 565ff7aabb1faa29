//! JSON that cannot become a value: an unpaired surrogate, a number too large for a double. It costs its
//! record and nothing else of the page.

use esi_syncd::datasets;
use esi_syncd::rows::{Decoder, Page};
use esi_syncd::sim::{Fault, FaultKind as Trouble};

use crate::support::esi::{number, small};
use crate::support::patient::Patient;
use crate::support::{Db, on_both};

on_both!(the_other_records_are_stored);

/// Values that are JSON by its grammar, and cannot be decoded.
const UNDECODABLE: [&str; 6] =
    ["1e400", "-1e400", "\"\\ud800\"", "\"a \\udc00 b\"", "\"\\ud83d\\u0041\"", "[\"\\ud800\", 1e999]"];

fn decode(name: &str, body: &str) -> Result<Page, serde_json::Error> {
    Decoder::new(datasets::find(name).expect("a dataset")).page(body.as_bytes())
}

#[test]
fn only_the_record_that_holds_it_is_set_aside() {
    for value in UNDECODABLE {
        let bad = format!(r#"{{"id":2,"name":{value},"category":"x"}}"#);
        for place in 0..3 {
            let mut records: Vec<String> =
                [1, 3].map(|id| format!(r#"{{"id":{id},"name":"n\u00e9","category":"x"}}"#)).into();
            records.insert(place, bad.clone());
            let page = decode("entity_names", &format!(" [{}]\n", records.join(" , "))).expect("a page");
            assert_eq!((page.records, page.batches[0].rows(), page.rejects.len()), (3, 2, 1), "{value}");
            assert_eq!(page.rejects[0].json, bad, "as it came");
            assert!(!page.rejects[0].reason.is_empty());
            let ids: Vec<_> = (0..2).map(|row| page.batches[0].columns[0].get(row)).collect();
            assert_eq!(ids, [1, 3].map(esi_syncd::rows::Cell::Int), "{value} at {place}");
        }
    }
}

#[test]
fn the_rows_of_its_nested_lists_go_with_it() {
    let record = |id: u32, last: &str| {
        format!(
            r#"{{"solar_system_id":{id},"cost_indices":[{{"activity":"copying","cost_index":0.1}},
                {{"activity":"reaction","cost_index":{last}}}]}}"#
        )
    };
    let body = format!("[{},{},{}]", record(1, "0.2"), record(2, "1e400"), record(3, "0.3"));
    let page = decode("industry_cost_indices", &body).expect("a page");
    assert_eq!((page.records, page.batches[0].rows(), page.rejects.len()), (3, 4, 1));
    assert!(page.rejects[0].reason.contains("number out of range"), "{}", page.rejects[0].reason);
}

#[test]
fn a_page_that_is_broken_otherwise_is_refused() {
    let bad = r#"{"id":2,"name":"\ud800","category":"x"}"#;
    for body in [
        format!("[{bad}"),
        format!("[{bad},]"),
        format!("[{bad}] x"),
        format!("{{\"a\":{bad}}}"),
        format!("[{bad},{{\"id\":3,\"name\":tru}}]"),
        bad.to_owned(),
    ] {
        assert!(decode("entity_names", &body).is_err(), "{body}");
    }
    // A reply of one record is that record.
    let page = decode("universe_regions", r#"{"region_id":1,"name":"\ud800"}"#).expect("a page");
    assert_eq!((page.records, page.rejects.len()), (1, 1));
}

async fn the_other_records_are_stored(db: &Db) {
    let patient = Patient::filled(db, small(), &["market_prices"], "").await;
    for (value, aside) in [("1e400", "%1e400%"), ("\"\\udead\"", "%udead%")] {
        patient.next_day();
        let prices: Vec<String> = (1..=100)
            .map(|id| {
                let price = if id == 50 { value } else { "2.5" };
                format!(r#"{{"type_id":{id},"average_price":{price},"adjusted_price":1.5}}"#)
            })
            .collect();
        let body = format!("[{}]", prices.join(","));
        patient.fault(Fault::on("/markets/prices").with(Trouble::Status {
            code: 200,
            body,
            headers: Vec::new(),
        }));
        assert_eq!(patient.pass().await, (1, 0), "one bad record fails nothing");
        let stored = "SELECT COUNT(*) AS n FROM market_prices WHERE average_price = 2.5";
        assert_eq!(number(&patient.ctx.store, stored).await, 99);
        assert_eq!(number(&patient.ctx.store, "SELECT COUNT(*) AS n FROM market_prices").await, 99);
        let rejects = format!("SELECT COUNT(*) AS n FROM sync_rejects WHERE json LIKE '{aside}'");
        assert_eq!(number(&patient.ctx.store, &rejects).await, 1, "kept for looking at");
        patient.sim.clear_faults();
    }
    patient.end().await;
}
