//! The text of every statement that moves rows, generated from a table's declaration.
//!
//! No upsert is written by hand, so none can disagree with its twin in the other dialect. Names come from
//! declarations only, never from a reply. Hence only this module may assert that its strings are safe.

use std::fmt::Write as _;

use crate::declare::{Column, Dialect, LAST_SEEN, Source, Table, Type};

/// Most rows of one statement on SQLite: 500-row statements cost a thirtieth of single rows; more rows gain
/// nothing.
pub(in crate::store) const SQLITE_ROWS: usize = 500;
/// Most bound values of one statement on SQLite.
const SQLITE_BINDS: usize = 32_000;
/// Most rows of one statement on `PostgreSQL`, which takes whole columns as arrays.
pub(in crate::store) const POSTGRES_ROWS: usize = 10_000;

/// How many rows of this table one SQLite statement takes.
pub(in crate::store) fn sqlite_chunk(table: &Table) -> usize {
    SQLITE_ROWS.min(SQLITE_BINDS / table.columns.len().max(1))
}

/// A name as a quoted identifier, because names of the specification may be SQL keywords: `end`, `order`,
/// `group`.
fn ident(name: &str) -> String {
    Dialect::ident(name)
}

fn idents(names: &[&str]) -> String {
    names.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", ")
}

fn names(table: &Table) -> String {
    idents(&column_names(table))
}

fn prefixed(prefix: &str, columns: &[&str]) -> String {
    columns.iter().map(|c| format!("{prefix}{}", ident(c))).collect::<Vec<_>>().join(", ")
}

fn values(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row.as_str(); rows].join(",")
}

/// What an insert does if the key exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum OnConflict {
    /// The key cannot exist, because the target has no rows yet.
    Impossible,
    /// The old row stays.
    Keep,
    /// The new row replaces the old one if they differ.
    Update,
}

impl OnConflict {
    /// What a newer version of a row does. A row that is all key cannot differ.
    pub fn newer(table: &Table) -> Self {
        if assignments(table).is_empty() { Self::Keep } else { Self::Update }
    }
}

/// The columns that a newer version of a row may change.
fn assignments(table: &Table) -> Vec<&'static str> {
    let changes = |c: &&Column| !table.is_key(c) && c.source != Source::FirstSeen;
    table.columns.iter().filter(changes).map(|c| c.name).collect()
}

/// What happens to rows that are no longer in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Vanish {
    /// The rows are deleted.
    Delete,
    /// The rows stay, and `last_seen_at` says until when they were there. Binds the time before all other
    /// values.
    Mark,
}

impl Vanish {
    /// The beginning of the statement, up to its conditions.
    fn verb(self, table: &Table, first: &str) -> String {
        match self {
            Self::Delete => format!("DELETE FROM {} WHERE ", ident(table.name)),
            Self::Mark => {
                let column = ident(LAST_SEEN.name);
                format!("UPDATE {} SET {column} = {first} WHERE {column} IS NULL AND ", ident(table.name))
            }
        }
    }

    /// How many values it binds before the conditions.
    fn binds(self) -> usize {
        usize::from(self == Self::Mark)
    }
}

/// `INSERT` of `rows` rows with `?` placeholders, row by row.
pub(in crate::store) fn sqlite_insert(table: &Table, rows: usize, conflict: OnConflict) -> String {
    let mut sql = format!(
        "INSERT INTO {} ({}) VALUES {}",
        ident(table.name),
        names(table),
        values(table.columns.len(), rows)
    );
    let others: Vec<String> = assignments(table).into_iter().map(ident).collect();
    match conflict {
        OnConflict::Impossible => {}
        OnConflict::Update => {
            let set: Vec<String> = others.iter().map(|c| format!("{c} = excluded.{c}")).collect();
            let differ: Vec<String> =
                others.iter().map(|c| format!("{}.{c} IS NOT excluded.{c}", ident(table.name))).collect();
            let _ = write!(
                sql,
                " ON CONFLICT ({}) DO UPDATE SET {} WHERE {}",
                idents(table.key),
                set.join(", "),
                differ.join(" OR ")
            );
        }
        OnConflict::Keep => {
            let _ = write!(sql, " ON CONFLICT ({}) DO NOTHING", idents(table.key));
        }
    }
    sql
}

/// The same with `$n` arrays, one per column. If old rows matter, the values of the first `fixed` key columns
/// follow: with them the planner reads the rows of one target instead of the whole table.
///
/// Unchanged rows are filtered before the insert, because `PostgreSQL` would lock and so write them even
/// where `DO UPDATE .. WHERE` is false.
pub(in crate::store) fn postgres_upsert(table: &Table, conflict: OnConflict, fixed: usize) -> String {
    let others = assignments(table);
    let arrays: Vec<String> = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| format!("${}::{}[]", i + 1, array_type(c.ty)))
        .collect();
    let picked: Vec<String> = table
        .columns
        .iter()
        .map(|c| {
            if c.ty == Type::Json {
                format!("n.{0}::jsonb AS {0}", ident(c.name))
            } else {
                format!("n.{}", ident(c.name))
            }
        })
        .collect();
    let all = names(table);
    let source =
        format!("(SELECT {} FROM unnest({}) AS n({all})) AS n", picked.join(", "), arrays.join(", "));
    let insert = format!(
        "INSERT INTO {} ({all}) SELECT {} FROM {source}",
        ident(table.name),
        prefixed("n.", &column_names(table))
    );
    let key = idents(table.key);
    match conflict {
        OnConflict::Impossible => return insert,
        OnConflict::Update => {}
        OnConflict::Keep => return format!("{insert} ON CONFLICT ({key}) DO NOTHING"),
    }
    let mut on: Vec<String> = table.key.iter().map(|k| format!("o.{0} = n.{0}", ident(k))).collect();
    for (at, condition) in on.iter_mut().take(fixed).enumerate() {
        *condition = format!("o.{} = ${}", ident(table.key[at]), table.columns.len() + 1 + at);
    }
    let set: Vec<String> = others.iter().map(|c| format!("{0} = excluded.{0}", ident(c))).collect();
    format!(
        "{insert} LEFT JOIN {} AS o ON {} WHERE o.{} IS NULL OR ROW({}) IS DISTINCT FROM ROW({}) \
         ON CONFLICT ({key}) DO UPDATE SET {}",
        ident(table.name),
        on.join(" AND "),
        ident(table.key[0]),
        prefixed("o.", &others),
        prefixed("n.", &others),
        set.join(", ")
    )
}

fn column_names(table: &Table) -> Vec<&'static str> {
    table.columns.iter().map(|c| c.name).collect()
}

/// The element type of the array that carries a column.
fn array_type(ty: Type) -> &'static str {
    match ty {
        Type::Int => "bigint",
        Type::Real => "float8",
        Type::Bool => "boolean",
        Type::Text | Type::Json => "text",
        Type::Time => "timestamptz",
        Type::Date => "date",
    }
}

/// Which ends a run of keys has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Ends {
    /// Rows precede the run: its first key is above the last key of the run before.
    pub lower: bool,
    /// Rows follow the run: it ends with its own last key.
    pub upper: bool,
}

/// The conditions on the first `fixed` key columns. In a dialect with numbered binds, numbers start at
/// `next`.
fn fixed_conditions(table: &Table, fixed: usize, dialect: Dialect, next: usize) -> Vec<String> {
    let bind = |at: usize| match dialect {
        Dialect::Sqlite => "?".to_owned(),
        Dialect::Postgres => format!("${}", next + at),
    };
    table.key[..fixed]
        .iter()
        .enumerate()
        .map(|(at, column)| format!("{} = {}", ident(column), bind(at)))
        .collect()
}

/// Deletes or marks the rows of a run of keys that are not among `rows` keys. The first `fixed` key columns are those of
/// the target.
///
/// Binds, in order: the time of [`Vanish::Mark`], the scope's values, the lower key, the upper key, then the keys of the
/// run.
pub(super) fn sqlite_vanish(table: &Table, vanish: Vanish, fixed: usize, ends: Ends, rows: usize) -> String {
    let mut conditions = fixed_conditions(table, fixed, Dialect::Sqlite, 0);
    let key = idents(&table.key[fixed..]);
    let width = table.key.len() - fixed;
    let one = values(width, 1);
    if ends.lower {
        conditions.push(format!("({key}) > {one}"));
    }
    if ends.upper {
        conditions.push(format!("({key}) <= {one}"));
    }
    conditions.push(format!("({key}) NOT IN (VALUES {})", values(width, rows)));
    format!("{}{}", vanish.verb(table, "?"), conditions.join(" AND "))
}

/// The same for `PostgreSQL`, the keys of the run as arrays after the scalar binds.
pub(super) fn postgres_vanish(table: &Table, vanish: Vanish, fixed: usize, ends: Ends) -> String {
    let rest = &table.key[fixed..];
    let key = idents(rest);
    let mut next = 1 + vanish.binds();
    let mut conditions = fixed_conditions(table, fixed, Dialect::Postgres, next);
    next += fixed;
    for (wanted, operator) in [(ends.lower, ">"), (ends.upper, "<=")] {
        if wanted {
            let binds: Vec<String> = (next..next + rest.len()).map(|n| format!("${n}")).collect();
            conditions.push(format!("({key}) {operator} ({})", binds.join(", ")));
            next += rest.len();
        }
    }
    let arrays: Vec<String> = rest
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let column = table.columns[table.position(name).unwrap_or_default()];
            format!("${}::{}[]", next + i, array_type(column.ty))
        })
        .collect();
    conditions.push(format!("({key}) NOT IN (SELECT * FROM unnest({}))", arrays.join(", ")));
    format!("{}{}", vanish.verb(table, "$1"), conditions.join(" AND "))
}

/// Deletes or marks the rows of these keys, of a table with one key column beside the target's. Binds the time of
/// [`Vanish::Mark`], the scope's values, then the keys.
pub(super) fn sqlite_vanish_keys(table: &Table, vanish: Vanish, fixed: usize, keys: usize) -> String {
    let mut conditions = fixed_conditions(table, fixed, Dialect::Sqlite, 0);
    conditions.push(format!("{} IN {}", ident(table.key[fixed]), values(keys, 1)));
    format!("{}{}", vanish.verb(table, "?"), conditions.join(" AND "))
}

/// The same for `PostgreSQL`, the keys as one array.
pub(super) fn postgres_vanish_keys(table: &Table, vanish: Vanish, fixed: usize) -> String {
    let first = 1 + vanish.binds();
    let mut conditions = fixed_conditions(table, fixed, Dialect::Postgres, first);
    conditions.push(format!("{} = ANY(${}::bigint[])", ident(table.key[fixed]), first + fixed));
    format!("{}{}", vanish.verb(table, "$1"), conditions.join(" AND "))
}

/// Deletes or marks all rows of a target, or of the table. Binds the time of [`Vanish::Mark`], then the
/// scope's values.
pub(super) fn vanish_all(table: &Table, vanish: Vanish, fixed: usize, dialect: Dialect) -> String {
    let first = match dialect {
        Dialect::Sqlite => "?",
        Dialect::Postgres => "$1",
    };
    let mut conditions = fixed_conditions(table, fixed, dialect, 1 + vanish.binds());
    if conditions.is_empty() {
        conditions.push("1 = 1".to_owned());
    }
    format!("{}{}", vanish.verb(table, first), conditions.join(" AND "))
}

/// Asks whether a target, or the table, has any row yet.
pub(super) fn any_row(table: &Table, fixed: usize, dialect: Dialect) -> String {
    let conditions = fixed_conditions(table, fixed, dialect, 1);
    let condition =
        if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    format!("SELECT EXISTS (SELECT 1 FROM {}{condition}) AS found", ident(table.name))
}

/// `COPY` of whole rows in `PostgreSQL`'s binary format.
pub(super) fn postgres_copy(table: &Table) -> String {
    format!("COPY {} ({}) FROM STDIN (FORMAT binary)", ident(table.name), names(table))
}
