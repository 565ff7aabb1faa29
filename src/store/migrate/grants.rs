//! The grants on a view, restored after the view was dropped and recreated. `PostgreSQL` only.

use crate::declare::Dialect;
use crate::store::{StoreError, Write};

/// A privilege on a view, or on one of its columns.
pub(super) struct Grant {
    view: String,
    /// The role, quoted, or `PUBLIC`.
    role: String,
    privilege: String,
    column: Option<String>,
    grantable: bool,
}

/// The grants on these views, except their owner's.
pub(super) async fn read(tx: &mut Write, schema: &str, views: &[String]) -> Result<Vec<Grant>, StoreError> {
    let sql = "SELECT a.privilege_type AS privilege, a.is_grantable AS grantable, acl.name AS column_name, \
               CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS role \
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
               CROSS JOIN LATERAL ( \
                   SELECT NULL::text AS name, c.relacl AS items \
                   UNION ALL SELECT attname::text, attacl FROM pg_attribute WHERE attrelid = c.oid \
               ) AS acl CROSS JOIN LATERAL aclexplode(acl.items) AS a \
               WHERE c.relname = $1 AND n.nspname = $2 AND a.grantee <> c.relowner";
    let mut grants = Vec::new();
    for view in views {
        for row in tx.query(sql, &[view.as_str().into(), schema.into()]).await? {
            grants.push(Grant {
                view: view.clone(),
                role: row.text("role")?.unwrap_or_default(),
                privilege: row.text("privilege")?.unwrap_or_default(),
                column: row.text("column_name")?,
                grantable: row.bool("grantable")?,
            });
        }
    }
    Ok(grants)
}

/// Restores these grants after the views were recreated, and revokes grants that default privileges have
/// added. The grant on a column is lost if the view no longer has the column.
pub(super) async fn restore(
    tx: &mut Write,
    schema: &str,
    views: &[String],
    grants: &[Grant],
) -> Result<(), StoreError> {
    for added in read(tx, schema, views).await? {
        let view = Dialect::qualified(Some(schema), &added.view);
        tx.batch(&format!("REVOKE ALL ON {view} FROM {}", added.role)).await?;
    }
    let columns = "SELECT attname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
                   JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relname = $1 AND n.nspname = $2 AND a.attname = $3";
    for grant in grants {
        let view = Dialect::qualified(Some(schema), &grant.view);
        let mut what = grant.privilege.clone();
        if let Some(column) = &grant.column {
            let args = [grant.view.as_str().into(), schema.into(), column.as_str().into()];
            if tx.query(columns, &args).await?.is_empty() {
                continue;
            }
            what = format!("{what} ({})", Dialect::ident(column));
        }
        let option = if grant.grantable { " WITH GRANT OPTION" } else { "" };
        tx.batch(&format!("GRANT {what} ON {view} TO {}{option}", grant.role)).await?;
    }
    Ok(())
}
