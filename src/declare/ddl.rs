//! The DDL that a declaration asks for, in either dialect.
//!
//! Migrations are committed files and are not generated at run time, so that a database can say what was done to it. A test
//! compares the committed files with the DDL of this module, and prints that DDL if they differ.

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
            (Self::Sqlite, Type::Int) => "INTEGER",
            (Self::Postgres, Type::Int) => "BIGINT",
            (Self::Sqlite, Type::Real) => "REAL",
            (Self::Postgres, Type::Real) => "DOUBLE PRECISION",
            (_, Type::Bool) => "BOOLEAN",
            (_, Type::Text) | (Self::Sqlite, Type::Json) => "TEXT",
            (Self::Sqlite, Type::Time) => "DATETIME",
            (Self::Postgres, Type::Time) => "TIMESTAMPTZ",
            (_, Type::Date) => "DATE",
            (Self::Postgres, Type::Json) => "JSONB",
        }
    }

    /// A name as a quoted SQL identifier.
    #[must_use]
    pub fn ident(name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// The quoted name of a table or view, with its schema on PostgreSQL.
    #[must_use]
    pub fn qualified(schema: Option<&str>, name: &str) -> String {
        let name = Self::ident(name);
        schema.map_or(name.clone(), |schema| format!("{}.{name}", Self::ident(schema)))
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
            sql.push_str(&self.create_index(table, index));
        }
        sql
    }

    /// `ALTER TABLE` that adds a column. Existing rows get NULL, so the column cannot belong to the key.
    #[must_use]
    pub fn add_column(self, table: &Table, column: &Column) -> String {
        format!("ALTER TABLE {} ADD COLUMN {};\n", table.name, self.column(table, column))
    }

    /// `CREATE INDEX` for one list of columns.
    #[must_use]
    pub fn create_index(self, table: &Table, columns: &[&str]) -> String {
        format!("CREATE INDEX {} ON {} ({});\n", index_name(table, columns), table.name, columns.join(", "))
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
