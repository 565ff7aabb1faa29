//! Names of the ids in other tables.

use crate::declare::{Dataset, Retention, Table, Targets, int, text};

pub(in crate::datasets) static DATASETS: &[Dataset] = &[Dataset::post("entity_names", "/universe/names")
    .doc("Names and categories of the ids in other tables; one request asks for a thousand ids.")
    .targets(Targets::Named { batch: 1000 })
    .every(7 * 24 * 3600)
    .retention(Retention::Upsert)
    .size(60_000, 1, 1)
    .tables(&[Table::new("entity_names", &["id"], &[int("id"), text("name"), text("category")])
        .indexes(&[&["name"]])])];
