//! One decoded page of a dataset, and its columns and rejects.

use esi_syncd::datasets;
use esi_syncd::declare::Dataset;
use esi_syncd::rows::{Decoder, Page};

use super::tree::cell;

pub fn dataset(name: &str) -> &'static Dataset {
    datasets::find(name).unwrap_or_else(|| panic!("no dataset {name}"))
}

pub fn page(name: &str, body: &str) -> Page {
    Decoder::new(dataset(name)).page(body.as_bytes()).unwrap_or_else(|e| panic!("{e}: {body}"))
}

/// A column of a page as texts, NULL as `NULL`.
pub fn column(page: &Page, table: &str, column: &str) -> Vec<String> {
    let batch = page.batches.iter().find(|b| b.table.name == table).expect("a table of the dataset");
    let at = batch.table.position(column).expect("a column of the table");
    (0..batch.rows()).map(|row| cell(&batch.columns[at].get(row))).collect()
}

/// The only reject of a page: its reason.
pub fn reason(page: &Page) -> &str {
    assert_eq!(page.rejects.len(), 1, "{:?}", page.rejects);
    &page.rejects[0].reason
}
