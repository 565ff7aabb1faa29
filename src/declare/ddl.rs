//! The DDL that a declaration asks for, in either dialect.
//!
//! Migrations are committed files, not generated at run time: a database must be able to say what was done to it.
//! This module is what the committed files are checked against, and what a failing check prints for pasting.

use std::fmt::Write as _;

use super::{Column, Dataset, Table, Type};

/// The two databases' SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, bundled.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// Both, in the order in which we list them.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The name of the dialect's folder of migrations, and of its value on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// The column type for a type of the vocabulary.
    #[must_use]
    pub const fn type_name(self, ty: Type) -> &'static str {
        match (self, ty) {
            (Self::Sqlite, Type::Int | Type::Bool) => "INTEGER",
            (Self::Sqlite, Type::Real) => "REAL",
            (Self::Sqlite, Type::Text | Type::Time | Type::Date | Type::Json)
            | (Self::Postgres, Type::Text) => "TEXT",
            (Self::Postgres, Type::Int) => "BIGINT",
            (Self::Postgres, Type::Real) => "DOUBLE PRECISION",
            (Self::Postgres, Type::Bool) => "BOOLEAN",
            (Self::Postgres, Type::Time) => "TIMESTAMPTZ",
            (Self::Postgres, Type::Date) => "DATE",
            (Self::Postgres, Type::Json) => "JSONB",
        }
    }

    fn column(self, table: &Table, column: &Column) -> String {
        let mut line = format!("{} {}", column.name, self.type_name(column.ty));
        if table.is_key(column) {
            if self == Self::Postgres && column.ty == Type::Text {
                line.push_str(" COLLATE \"C\"");
            }
            line.push_str(" NOT NULL");
        }
        line
    }

    /// `CREATE TABLE` and `CREATE INDEX` for one table.
    #[must_use]
    pub fn create_table(self, table: &Table) -> String {
        let mut sql = format!("CREATE TABLE {} (\n", table.name);
        for column in table.columns {
            let _ = writeln!(sql, "    {},", self.column(table, column));
        }
        let _ = write!(sql, "    PRIMARY KEY ({})\n)", table.key.join(", "));
        sql.push_str(if self == Self::Sqlite { " WITHOUT ROWID;\n" } else { ";\n" });
        for index in table.indexes {
            let (name, columns) = (index_name(table, index), index.join(", "));
            let _ = writeln!(sql, "CREATE INDEX {name} ON {} ({columns});", table.name);
        }
        sql
    }

    /// The statements for all tables of a dataset, ready to be a migration file.
    #[must_use]
    pub fn create_dataset(self, dataset: &Dataset) -> String {
        let tables: Vec<String> = dataset.tables.iter().map(|t| self.create_table(t)).collect();
        format!("-- {}: {}\n{}", dataset.name, dataset.operation(), tables.join("\n"))
    }
}

/// The name of a secondary index: the table and its columns.
#[must_use]
pub fn index_name(table: &Table, columns: &[&str]) -> String {
    format!("{}_{}_idx", table.name, columns.join("_"))
}
