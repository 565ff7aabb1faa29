//! What the database itself says about its tables.

use crate::declare::Dialect;

use super::{Row, Store, StoreError};

/// A column as the database's catalog describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogColumn {
    /// The column's name.
    pub name: String,
    /// The type, in the dialect's own words.
    pub ty: String,
    /// Whether the column refuses NULL.
    pub not_null: bool,
    /// The position in the primary key, from 1; 0 for other columns.
    pub key: i64,
}

impl Store {
    /// The columns of a table, in order; empty if the table does not exist.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn catalog_columns(&self, table: &str) -> Result<Vec<CatalogColumn>, StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT name, type AS ty, \"notnull\" AS not_null, pk AS key FROM pragma_table_info($1) ORDER BY cid"
            }
            Dialect::Postgres => {
                "SELECT a.attname::text AS name, upper(format_type(a.atttypid, a.atttypmod)) AS ty, \
                 a.attnotnull::int::bigint AS not_null, \
                 COALESCE(array_position(i.indkey::int[], a.attnum::int) + 1, 0)::bigint AS key \
                 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
                 LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
                 WHERE c.relname = $1 AND c.relnamespace = quote_ident(current_schema())::regnamespace \
                 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
            }
        };
        let read = |row: &Row| {
            Ok(CatalogColumn {
                name: row.text("name")?.unwrap_or_default(),
                ty: row.text("ty")?.unwrap_or_default().replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
                not_null: row.int("not_null")? == Some(1),
                key: row.int("key")?.unwrap_or(0),
            })
        };
        self.query(sql, &[table.into()]).await?.iter().map(read).collect()
    }

    /// The names of the secondary indexes of a table.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn catalog_indexes(&self, table: &str) -> Result<Vec<String>, StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL ORDER BY name"
            }
            Dialect::Postgres => {
                "SELECT x.relname::text AS name FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid \
                 JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname = $1 AND NOT i.indisprimary \
                 AND c.relnamespace = quote_ident(current_schema())::regnamespace ORDER BY 1"
            }
        };
        let rows = self.query(sql, &[table.into()]).await?;
        rows.iter().map(|row| Ok(row.text("name")?.unwrap_or_default())).collect()
    }

    /// The version of the database's software.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn software(&self) -> Result<String, StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "SELECT 'SQLite ' || sqlite_version() AS name",
            Dialect::Postgres => "SELECT 'PostgreSQL ' || current_setting('server_version') AS name",
        };
        let rows = self.query(sql, &[]).await?;
        rows.first().map_or(Ok(None), |row| row.text("name")).map(Option::unwrap_or_default)
    }

    /// The size of the database in bytes; on SQLite without its log.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn bytes(&self) -> Result<u64, StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()"
            }
            Dialect::Postgres => "SELECT pg_database_size(current_database()) AS n",
        };
        Ok(u64::try_from(self.number(sql, &[]).await?).unwrap_or(0))
    }

    /// The newest schema version of the database; 0 if it has none of our tables yet.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn schema_version(&self) -> Result<i64, StoreError> {
        if self.catalog_columns("sync_migrations").await?.is_empty() {
            return Ok(0);
        }
        let rows = self.query("SELECT MAX(version) AS version FROM sync_migrations", &[]).await?;
        rows.first().map_or(Ok(None), |row| row.int("version")).map(|version| version.unwrap_or(0))
    }
}
