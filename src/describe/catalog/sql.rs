//! The SQL of views, as the migrations have it.

use crate::declare::Dialect;
use crate::store;

/// The statement that makes a view: that of the newest migration which has one. `None` if there is no such view.
#[must_use]
pub fn view_sql(dialect: Dialect, view: &str) -> Option<&'static str> {
    let begin = format!("CREATE VIEW {view} ");
    let found = store::migrations(dialect).filter_map(|(_, _, sql)| {
        let from = sql.find(&begin)?;
        let statement = &sql[from..];
        Some(statement.find(";\n").map_or(statement, |end| &statement[..=end]))
    });
    found.last()
}
