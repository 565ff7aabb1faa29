//! Whether the daemon could start on this database and write to it: what `check` asks without changing anything.
//!
//! Rights are asked of the database's own catalogue. Only where a migration is due is a table created as well, in a
//! transaction that is rolled back: a right that the catalogue shows may still be overruled, by an event trigger or a
//! tablespace for example. No migration is tried.

use std::collections::HashSet;

use sqlx::Executor as _;

use super::migrate::{relations, shortened};
use super::{Begun, Store, StoreError, Write, newest};
use crate::declare::Dialect;

/// Who we are to a PostgreSQL server, and what it lets us do.
struct Session {
    role: String,
    database: String,
    /// The schema of our tables.
    schema: String,
    may_create: bool,
    is_standby: bool,
    is_read_only: bool,
    encoding: String,
}

/// A relation of the schema that has one of our names.
struct Standing {
    name: String,
    /// We may do with it what a daemon does.
    usable: bool,
    /// It is ours, or of a role that we are a member of.
    owned: bool,
    is_table: bool,
}

impl Store {
    /// What would keep a daemon from starting here, or from writing once it has started. Each obstacle is the error that it
    /// would lead to.
    ///
    /// # Errors
    /// If the database cannot be asked.
    pub async fn obstacles(&self) -> Result<Vec<StoreError>, StoreError> {
        let mut found = Vec::new();
        // What we may not even read is told with the other rights below.
        let looked = match self.refuse_stranger().await {
            Ok(()) => self.schema_version().await,
            Err(error @ StoreError::Foreign(_)) => {
                found.push(error);
                Ok(i64::MAX)
            }
            Err(error) => Err(error),
        };
        let has = match looked {
            Err(StoreError::Denied(_)) if self.dialect() == Dialect::Postgres => i64::MAX,
            looked => looked?,
        };
        let is_due = has < newest(self.dialect());
        if self.dialect() == Dialect::Postgres {
            let session = self.session().await?;
            let there = self.ours().await?;
            found.extend(session.obstacles(is_due));
            found.extend(session.missing_rights(&there, is_due));
        }
        if is_due
            && found.is_empty()
            && let Err(error) = self.try_create().await
        {
            found.push(error);
        }
        Ok(found)
    }

    async fn session(&self) -> Result<Session, StoreError> {
        let sql = "SELECT current_user::text AS role, current_database()::text AS name, \
                   COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS may_create, \
                   pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only, \
                   pg_encoding_to_char(encoding)::text AS encoding \
                   FROM pg_database WHERE datname = current_database()";
        let rows = self.query(sql, &[]).await?;
        let row = rows.first().ok_or_else(|| StoreError::Refused("the catalogue is empty".to_owned()))?;
        Ok(Session {
            role: row.text("role")?.unwrap_or_default(),
            database: row.text("name")?.unwrap_or_default(),
            schema: self.schema().unwrap_or_default().to_owned(),
            may_create: row.bool("may_create")?,
            is_standby: row.bool("standby")?,
            is_read_only: row.bool("read_only")?,
            encoding: row.text("encoding")?.unwrap_or_default(),
        })
    }

    /// Tables and views of the schema that have our names.
    async fn ours(&self) -> Result<Vec<Standing>, StoreError> {
        let sql = "SELECT c.relname::text AS name, c.relkind IN ('r', 'p') AS is_table, \
                   pg_has_role(c.relowner, 'USAGE') AS owned, \
                   has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') \
                   AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') AS usable \
                   FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
                   WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname";
        let ours: HashSet<&str> = relations(self.dialect()).into_iter().collect();
        let mut there = Vec::new();
        for row in self.query(sql, &[]).await? {
            let name = row.text("name")?.unwrap_or_default();
            if ours.contains(name.as_str()) {
                there.push(Standing {
                    usable: row.bool("usable")?,
                    owned: row.bool("owned")?,
                    is_table: row.bool("is_table")?,
                    name,
                });
            }
        }
        Ok(there)
    }

    /// Creates a table and takes it back.
    async fn try_create(&self) -> Result<(), StoreError> {
        const TABLE: &str = "CREATE TABLE esi_syncd_check (id INTEGER)";
        match self {
            Self::Sqlite(db) => db.try_statement(TABLE).await,
            Self::Postgres(db) => {
                let mut probe = Begun(Some(db.pool().acquire().await?));
                probe.execute("BEGIN; SET LOCAL lock_timeout = '1s'").await?;
                probe.execute(TABLE).await?;
                probe.execute("ROLLBACK").await?;
                drop(Write::Postgres(probe));
                Ok(())
            }
        }
    }
}

impl Session {
    fn obstacles(&self, is_due: bool) -> Vec<StoreError> {
        let mut found = Vec::new();
        let Self { encoding, .. } = self;
        let (role, database) = (quoted(&self.role), quoted(&self.database));
        if encoding != "UTF8" {
            found.push(StoreError::Foreign(format!(
                "database {database} has the encoding {encoding}, which lacks letters that ESI sends: create it with \
                 CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0"
            )));
        }
        if self.is_standby {
            found.push(StoreError::Unavailable(
                "this server is a standby and takes no writes: point [database] url at the primary"
                    .to_owned(),
            ));
        } else if self.is_read_only {
            found.push(StoreError::Denied(format!(
                "sessions of role {role} are read-only: ALTER ROLE {role} SET default_transaction_read_only = off; \
                 if the database or the server sets it, change it there"
            )));
        }
        if is_due && !self.may_create {
            let schema = quoted(&self.schema);
            found.push(StoreError::Denied(format!(
                "role {role} may not create tables in schema {schema}: GRANT USAGE, CREATE ON SCHEMA {schema} TO {role}"
            )));
        }
        found
    }

    fn missing_rights(&self, there: &[Standing], is_due: bool) -> Option<StoreError> {
        let role = quoted(&self.role);
        let schema = quoted(&self.schema);
        let foreign: Vec<&str> =
            there.iter().filter(|s| is_due && !s.owned).map(|s| s.name.as_str()).collect();
        if !foreign.is_empty() {
            return Some(StoreError::Denied(format!(
                "a migration is due, and role {role} does not own what it changes ({}): start as the owner once, or \
                 ALTER TABLE .. OWNER TO {role}",
                shortened(&foreign)
            )));
        }
        let closed: Vec<&str> =
            there.iter().filter(|s| s.is_table && !s.usable).map(|s| s.name.as_str()).collect();
        (!closed.is_empty()).then(|| {
            StoreError::Denied(format!(
                "role {role} may not write to {}: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} \
                 TO {role}",
                shortened(&closed)
            ))
        })
    }
}

/// A name as PostgreSQL's statements take it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
