//! All declared tables as one text, to compare two databases.
//!
//! Two databases are equal if their rows agree in key order: JSON compared parsed, doubles by bits, booleans as 0 or 1,
//! times in whole seconds of UTC. A line is `table | column=value | ..`, so the first line that differs shows the fault.

use esi_syncd::datasets;
use esi_syncd::declare::{Dialect, Table, Type};
use esi_syncd::store::{Row, Store};
use serde_json::Value;

/// The rows of every declared table.
pub async fn dump(store: &Store) -> String {
    let mut text = String::new();
    for (_, table) in datasets::tables() {
        for line in dump_table(store, table).await {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// The rows of one table, in key order.
pub async fn dump_table(store: &Store, table: &Table) -> Vec<String> {
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|c| match (c.ty, store.dialect()) {
            (Type::Json, Dialect::Postgres) => format!("{0}::text AS {0}", c.name),
            (Type::Date, Dialect::Postgres) => format!("to_char({0}, 'YYYY-MM-DD') AS {0}", c.name),
            _ => c.name.to_owned(),
        })
        .collect();
    let sql = format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name, table.key.join(", "));
    let rows = store.query(&sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    rows.iter().map(|row| line(table, row)).collect()
}

fn line(table: &Table, row: &Row) -> String {
    let cells: Vec<String> =
        table.columns.iter().map(|c| value(row, c.name, c.ty).unwrap_or_else(|| "NULL".to_owned())).collect();
    line_of(table, &cells)
}

fn value(row: &Row, name: &str, ty: Type) -> Option<String> {
    match ty {
        Type::Int => row.int(name).expect("an integer").map(|v| v.to_string()),
        Type::Real => double(row, name).map(|v| format!("{v:?}")),
        Type::Bool => boolean(row, name).map(|v| v.to_string()),
        Type::Text => row.text(name).expect("a text").map(|v| format!("{v:?}")),
        Type::Date => row.text(name).expect("a day"),
        Type::Time => row.time(name).expect("an instant").map(|v| v.to_rfc3339()),
        Type::Json => row.text(name).expect("JSON").map(|v| {
            canonical(&serde_json::from_str(&v).unwrap_or_else(|e| panic!("{name} is not JSON ({e}): {v}")))
        }),
    }
}

/// `{:?}` of a double is the shortest text that reads back as the same bits, the sign of zero included.
fn double(row: &Row, name: &str) -> Option<f64> {
    use sqlx::Row as _;
    match row {
        Row::Sqlite(row) => row.try_get(name).expect("a double"),
        Row::Postgres(row) => row.try_get(name).expect("a double"),
    }
}

fn boolean(row: &Row, name: &str) -> Option<bool> {
    use sqlx::Row as _;
    match row {
        Row::Sqlite(row) => row.try_get(name).expect("a boolean"),
        Row::Postgres(row) => row.try_get(name).expect("a boolean"),
    }
}

/// A dump's line for a row: its cells as text, in the order of the table.
pub fn line_of(table: &Table, cells: &[String]) -> String {
    let columns = table.columns.iter().zip(cells);
    columns.fold(table.name.to_owned(), |line, (column, cell)| format!("{line} | {}={cell}", column.name))
}

/// JSON with sorted keys and one spelling per number: JSONB turns `1e2` into `100`.
pub fn canonical(json: &Value) -> String {
    match json {
        Value::Array(all) => format!("[{}]", all.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(all) => {
            let mut fields: Vec<(&String, &Value)> = all.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let fields: Vec<String> =
                fields.iter().map(|(k, v)| format!("{}:{}", Value::from(k.as_str()), canonical(v))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Number(n) if n.is_f64() => {
            let n = n.as_f64().expect("checked") + 0.0;
            if n.fract() == 0.0 && n.abs() < 1e15 { format!("{n:.0}") } else { format!("{n:e}") }
        }
        Value::Number(n) if n.as_i64().is_none_or(|n| n.unsigned_abs() >= 1_000_000_000_000_000) => {
            format!("{:e}", n.as_f64().expect("a number"))
        }
        other => other.to_string(),
    }
}

/// Fails with the first line in which two dumps differ.
pub fn assert_same(left: (&str, &str), right: (&str, &str)) {
    let ((left_name, left), (right_name, right)) = (left, right);
    if left == right {
        return;
    }
    let (mut a, mut b) = (left.lines(), right.lines());
    for at in 1.. {
        let (one, two) = (a.next(), b.next());
        assert!(
            one == two,
            "the dumps differ, first in line {at} (of {} and {}):\n{left_name:>12}: {}\n{right_name:>12}: {}",
            left.lines().count(),
            right.lines().count(),
            one.unwrap_or("(no more lines)"),
            two.unwrap_or("(no more lines)"),
        );
        if one.is_none() {
            break;
        }
    }
}
