//! The table.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};

/// What has been measured so far.
#[derive(Debug)]
pub struct Report {
    table: Table,
    missed: u32,
}

impl Report {
    pub fn new() -> Self {
        let mut table = Table::new();
        table.load_preset(UTF8_HORIZONTAL_ONLY);
        table.set_header(["", "minimum", "esi-syncd", "ratio", "bar", ""]);
        for column in 1..4 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table, missed: 0 }
    }

    /// A line whose bar, if it has one, is `met`.
    fn line(&mut self, cells: [String; 4], bar: &str, met: Option<bool>) {
        let mark = match met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        self.missed += u32::from(met == Some(false));
        let [what, minimum, ours, ratio] = cells;
        eprintln!("{what}: {minimum} {ours} {ratio} {mark}");
        self.table.add_row([what, minimum, ours, ratio, bar.to_owned(), mark.to_owned()]);
    }

    /// Two measurements of the same thing; the bar, if any, is on their ratio.
    pub fn compare(&mut self, what: &str, unit: &str, minimum: f64, ours: f64, bar: Option<f64>) {
        let ratio = ours / minimum;
        let cells = [what.to_owned(), show(minimum, unit), show(ours, unit), format!("{ratio:.2}")];
        let text = bar.map(|bar| format!("<= {bar} x")).unwrap_or_default();
        self.line(cells, &text, bar.map(|bar| ratio <= bar));
    }

    /// A measurement of ours alone.
    pub fn own(&mut self, what: &str, unit: &str, ours: f64, bar: Option<f64>) {
        let cells = [what.to_owned(), String::new(), show(ours, unit), String::new()];
        let text = bar.map(|bar| format!("<= {}", show(bar, unit))).unwrap_or_default();
        self.line(cells, &text, bar.map(|bar| ours <= bar));
    }

    /// A count that must be another count exactly.
    pub fn exact(&mut self, what: &str, expected: i64, ours: i64) {
        let cells = [what.to_owned(), String::new(), ours.to_string(), String::new()];
        self.line(cells, &format!("= {expected}"), Some(ours == expected));
    }

    /// Shows the table; how many bars were missed.
    pub fn finish(self) -> u32 {
        println!("{}", self.table);
        self.missed
    }
}

fn show(value: f64, unit: &str) -> String {
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}
