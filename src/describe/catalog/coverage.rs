//! Which operations of ESI are copied and which are not, as a document: `docs/coverage.md`.
//!
//! The specification's facts have all operations, the declarations have the copied ones, and a list beside the facts has
//! the reasons for the rest. The document counts all three, so its numbers are always true.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::words;
use crate::datasets;
use crate::declare::Dataset;
use crate::spec::{Operation, Undeclared, facts, undeclared};

/// The document.
#[must_use]
pub fn coverage() -> String {
    let undeclared: Vec<Undeclared> = undeclared().collect();
    let copied = |public: bool| reads(public).filter(|o| !by_name(o).is_empty()).count();
    let of = |operation: &Operation| undeclared.iter().find(|u| u.operation == operation.name());
    let never = |public: bool| reads(public).filter_map(of).filter(|u| u.never.is_some()).count();
    let (all, own) = (reads(true).count() - never(true), reads(false).count() - never(false));
    let mut text = format!(
        "# Coverage\n\nWritten by `esi-syncd spec coverage`; do not edit. Every read operation of ESI's specification of \
         compatibility date {}, and the tables it fills.\n\n\
         | | copied | of | never copied |\n|---|---|---|---|\n\
         | public operations | {} | {all} | {} |\n\
         | operations that need a character's token | {} | {own} | {} |\n\n\
         An operation that only lists ids has no table; its ids are the parameters of another operation. `off` means that \
         the dataset runs only if the configuration enables it.\n",
        facts().compat_date,
        copied(true),
        never(true),
        copied(false),
        never(false),
    );
    text.push_str("\n## Public operations\n");
    let mut tags: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in reads(true).filter(|o| !by_name(o).is_empty()) {
        tags.entry(&operation.tag).or_default().push(operation);
    }
    for (tag, operations) in tags {
        let _ = writeln!(text, "\n### {tag}\n\n| Operation | Tables | Asked | |\n|---|---|---|---|");
        for operation in operations {
            row(&mut text, operation);
        }
    }
    let never = undeclared.iter().filter_map(|u| Some((u.operation, u.never?)));
    text.push_str("\n## Never copied\n\n| Operation | Why |\n|---|---|\n");
    for (operation, why) in never {
        let _ = writeln!(text, "| `{operation}` | {why} |");
    }
    text.push_str(
        "\n## Not copied yet\n\nThese operations need a character's token, which esi-syncd cannot get yet.\n\n",
    );
    for later in undeclared.iter().filter(|u| u.never.is_none()) {
        let _ = writeln!(text, "- `{}`", later.operation);
    }
    text
}

/// The read operations: the public ones, or those that need a token.
fn reads(public: bool) -> impl Iterator<Item = &'static Operation> {
    facts().operations.iter().filter(move |o| o.reads() && o.auth != public)
}

/// The datasets that an operation feeds.
fn by_name(operation: &Operation) -> Vec<&'static Dataset> {
    let name = operation.name();
    let lists = |d: &Dataset| {
        d.id_list().is_some_and(|list| operation.method == "GET" && list.path == operation.path)
    };
    datasets::all().filter(|d| d.operation() == name || lists(d)).collect()
}

fn row(text: &mut String, operation: &Operation) {
    for dataset in by_name(operation) {
        let own = dataset.operation() == operation.name();
        let tables: Vec<String> =
            dataset.tables.iter().map(|t| format!("[{0}](schema.md#{0})", t.name)).collect();
        let tables = tables.join(", ");
        let off = if dataset.enabled { "" } else { "off" };
        let (what, when) = if own {
            (tables, words::cadence(dataset))
        } else {
            (format!("ids for {tables}"), String::new())
        };
        let _ = writeln!(text, "| `{}` | {what} | {when} | {off} |", operation.name());
    }
}
