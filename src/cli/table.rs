//! Tables for people: aligned columns, no more.
//!
//! Names and numbers are never broken, since they are there to be copied and compared. Only columns of prose wrap, to
//! what the terminal leaves them; where that is too little the terminal itself wraps the line.

use std::io::IsTerminal as _;

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets,
};

/// What a column of prose has at least, however narrow the terminal is.
const NARROWEST: u16 = 24;

/// A table with these headings. The columns at the positions `prose` fit the terminal, the others are as wide as they are.
pub(super) fn table(headings: &[&str], prose: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(headings.iter().copied());
    table
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─');
    let columns = std::env::var("COLUMNS").ok();
    let is_terminal = std::io::stdout().is_terminal();
    let size = table.width();
    if let Some(width) = width(is_terminal, columns.as_deref(), size) {
        arrange(&mut table, width, prose);
    }
    table
}

/// How many characters a line may have; `None`: as many as it likes. A terminal that does not know its size says 0.
fn width(is_terminal: bool, columns: Option<&str>, size: Option<u16>) -> Option<u16> {
    let wanted = columns.and_then(|columns| columns.trim().parse().ok());
    [wanted, size].into_iter().flatten().find(|width| is_terminal && *width > 0)
}

fn arrange(table: &mut Table, width: u16, prose: &[usize]) {
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    for (at, column) in table.column_iter_mut().enumerate() {
        let fits = if prose.contains(&at) {
            ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST))
        } else {
            ColumnConstraint::ContentWidth
        };
        column.set_constraint(fits);
    }
}

/// Aligns the columns at these positions to the right: numbers.
pub(super) fn numbers(table: &mut Table, columns: &[usize]) {
    for &at in columns {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// A number with thin groups: `1 234 567`.
pub(super) fn grouped(n: impl std::fmt::Display) -> String {
    let digits = n.to_string();
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |d| ("-", d));
    let mut out = String::from(sign);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_is_what_was_asked_for_or_what_the_terminal_has() {
        assert_eq!(width(true, None, Some(80)), Some(80));
        assert_eq!(width(true, Some("60"), Some(80)), Some(60));
        assert_eq!(width(true, Some("60"), Some(0)), Some(60));
        for columns in [None, Some(""), Some("0"), Some("wide"), Some("99999")] {
            assert_eq!(width(true, columns, Some(0)), None, "{columns:?}: a terminal without a size");
        }
        assert_eq!(width(false, Some("60"), None), None, "a pipe has all the room in the world");
    }

    #[test]
    fn names_and_numbers_are_never_broken() {
        for width in [1, 10, 40, 60, 100] {
            let mut table = table(&["dataset", "rows", "what it is"], &[2]);
            arrange(&mut table, width, &[2]);
            let doc = "one word after the other, and then some more of them until the line is full";
            table.add_row(["character_corporation_history", "1 234 567", doc]);
            let shown = table.to_string();
            assert!(shown.contains("character_corporation_history"), "{width}:\n{shown}");
            assert!(shown.contains("1 234 567"), "{width}:\n{shown}");
            assert_eq!(doc.split(' ').filter(|word| !shown.contains(word)).count(), 0, "{width}:\n{shown}");
        }
    }
}
