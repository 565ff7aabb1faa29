//! Views follow their files: `migrations/views/NAME.sql` is the query of the view NAME.
//!
//! The table `sync_views` holds a hash of each view in the database; a start recreates the views whose file
//! has another hash. A file is one text for both databases: comments, then a query. Where the databases need
//! different words, only one of them reads the text of `[sqlite:..]` or `[postgres:..]`.
//!
//! Others may depend on our views: they grant them to readers and select from them in views of their own.
//! `PostgreSQL` replaces a view in place if its columns stay (new ones may follow); grants and dependent
//! views then remain. Otherwise the view must be dropped. Our own views on it are dropped and recreated with
//! it, and grants are restored. If somebody else's view depends on it, we report that view and drop nothing.
//! SQLite resolves names when a view is read, so it has no such conflict.

use std::collections::{BTreeMap, BTreeSet};

use super::{OnMigration, files, grants, progress};
use crate::declare::{Dialect, digest};
use crate::store::{Row, Store, StoreError, Write};

/// The statement that creates a view; `None` if there is no view of this name.
#[must_use]
pub fn create_view(dialect: Dialect, view: &str) -> Option<String> {
    let (name, text) = files::VIEWS.iter().find(|(name, _)| *name == view)?;
    Some(format!("CREATE VIEW {name} AS\n{};", query(text, dialect)))
}

/// The query in a view's file, in the dialect of one database.
fn query(text: &str, dialect: Dialect) -> String {
    let body: Vec<&str> = text.lines().skip_while(|line| line.starts_with("--")).collect();
    let mut text = body.join("\n");
    for one in Dialect::ALL {
        let begin = format!("[{}:", one.name());
        while let Some(from) = text.find(&begin) {
            let end = text[from..].find(']').map_or(text.len(), |at| from + at);
            let own = if one == dialect { text[from + begin.len()..end].to_owned() } else { String::new() };
            text.replace_range(from..(end + 1).min(text.len()), &own);
        }
    }
    text
}

/// A view as its file defines it.
struct View {
    name: &'static str,
    query: String,
    hash: String,
}

/// All views, each after those that it selects from.
fn views(dialect: Dialect) -> Vec<View> {
    let mut ordered = Vec::new();
    for (name, _) in files::VIEWS {
        place(name, dialect, &mut ordered);
    }
    ordered
}

fn place(name: &str, dialect: Dialect, ordered: &mut Vec<View>) {
    let Some((name, text)) = files::VIEWS.iter().find(|(known, _)| *known == name) else { return };
    if ordered.iter().any(|view| view.name == *name) {
        return;
    }
    let query = query(text, dialect);
    for word in query.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| word != name) {
        place(word, dialect, ordered);
    }
    let hash = digest(&query);
    ordered.push(View { name, query, hash });
}

impl Store {
    /// Recreates the views whose files have changed.
    pub(super) async fn renew_views(&self, tell: OnMigration) -> Result<(), StoreError> {
        let wanted = views(self.dialect());
        let ours = self.noted_views().await?;
        let there = self.relations().await?;
        let changed: BTreeSet<&str> = wanted
            .iter()
            .filter(|view| ours.get(view.name) != Some(&view.hash) || !there.contains(view.name))
            .map(|view| view.name)
            .collect();
        let gone: Vec<&str> =
            ours.keys().map(String::as_str).filter(|name| wanted.iter().all(|v| v.name != *name)).collect();
        if let Some(taken) = changed.iter().find(|name| !ours.contains_key(**name) && there.contains(**name))
        {
            return Err(StoreError::Foreign(format!(
                "the database has a table or view {taken} that esi-syncd did not make, and esi-syncd brings a view of \
                 this name: rename yours"
            )));
        }
        if changed.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let what = format!("{} views", changed.len() + gone.len());
        progress::watched(&what, tell, self.replace_views(&wanted, changed, &gone)).await
    }

    /// Our views in the database, with their hashes.
    async fn noted_views(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = self.query("SELECT view_name, hash FROM sync_views", &[]).await?;
        let text = |row: &Row, column| row.text(column).map(Option::unwrap_or_default);
        rows.iter().map(|row| Ok((text(row, "view_name")?, text(row, "hash")?))).collect()
    }

    /// The names of all tables and views in our schema.
    pub(super) async fn relations(&self) -> Result<BTreeSet<String>, StoreError> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')",
            Dialect::Postgres => {
                "SELECT relname::text AS name FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace"
            }
        };
        let rows = self.query(sql, &[]).await?;
        rows.iter().map(|row| Ok(row.text("name")?.unwrap_or_default())).collect()
    }

    async fn replace_views(
        &self,
        wanted: &[View],
        changed: BTreeSet<&str>,
        gone: &[&str],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin_schema(None).await?;
        match self.schema() {
            None => replace_on_sqlite(&mut tx, wanted, &changed, gone).await?,
            Some(schema) => replace_on_postgres(&mut tx, schema, wanted, changed, gone).await?,
        }
        tx.execute("DELETE FROM sync_views", &[]).await?;
        for view in wanted {
            let sql = "INSERT INTO sync_views (view_name, hash) VALUES ($1, $2)";
            tx.execute(sql, &[view.name.into(), view.hash.clone().into()]).await?;
        }
        // A recreated view has lost its comments.
        tx.execute("UPDATE sync_instance SET documentation = NULL", &[]).await?;
        tx.commit().await
    }
}

async fn replace_on_sqlite(
    tx: &mut Write,
    wanted: &[View],
    changed: &BTreeSet<&str>,
    gone: &[&str],
) -> Result<(), StoreError> {
    for name in changed.iter().chain(gone) {
        tx.batch(&format!("DROP VIEW IF EXISTS {}", Dialect::ident(name))).await?;
    }
    for view in wanted.iter().filter(|view| changed.contains(view.name)) {
        tx.batch(&format!("CREATE VIEW {} AS\n{}", view.name, view.query)).await?;
    }
    Ok(())
}

async fn replace_on_postgres(
    tx: &mut Write,
    schema: &str,
    wanted: &[View],
    changed: BTreeSet<&str>,
    gone: &[&str],
) -> Result<(), StoreError> {
    let mut changed: BTreeSet<String> = changed.into_iter().map(str::to_owned).collect();
    let known: BTreeSet<&str> = wanted.iter().map(|view| view.name).chain(gone.iter().copied()).collect();
    let (mut lost, mut dropped) = (Vec::new(), Vec::new());
    for view in wanted {
        if !changed.contains(view.name) {
            continue;
        }
        let name = Dialect::qualified(Some(schema), view.name);
        let replace = format!("CREATE OR REPLACE VIEW {name} AS\n{}", view.query);
        tx.batch("SAVEPOINT view").await?;
        if let Err(error) = tx.batch(&replace).await {
            if !matches!(error, StoreError::Refused(_)) {
                return Err(error);
            }
            tx.batch("ROLLBACK TO SAVEPOINT view").await?;
            // Our own views on this one come later in the order, and are recreated there.
            let names = ours_on(tx, schema, view.name, &known).await?;
            lost.extend(grants::read(tx, schema, &names).await?);
            drop_views(tx, schema, &names).await?;
            dropped.extend(names.iter().cloned());
            changed.extend(names);
            tx.batch(&replace).await?;
        }
    }
    for name in gone {
        let names = ours_on(tx, schema, name, &known).await?;
        drop_views(tx, schema, &names).await?;
    }
    grants::restore(tx, schema, &dropped, &lost).await
}

/// A view and our views that select from it, directly or through others. A view of somebody else's on it is
/// an error.
async fn ours_on(
    tx: &mut Write,
    schema: &str,
    view: &str,
    known: &BTreeSet<&str>,
) -> Result<Vec<String>, StoreError> {
    let sql = "WITH RECURSIVE standing (oid) AS ( \
                   SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE c.relname = $1 AND n.nspname = $2 \
                   UNION \
                   SELECT r.ev_class FROM standing JOIN pg_depend d ON d.refobjid = standing.oid \
                   AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_rewrite'::regclass \
                   JOIN pg_rewrite r ON r.oid = d.objid \
               ) SELECT c.relname::text AS name, n.nspname = $2 AS here, c.oid::regclass::text AS full_name \
               FROM standing JOIN pg_class c ON c.oid = standing.oid JOIN pg_namespace n ON n.oid = c.relnamespace";
    let mut names = Vec::new();
    for row in tx.query(sql, &[view.into(), schema.into()]).await? {
        let name = row.text("name")?.unwrap_or_default();
        if !row.bool("here")? || !known.contains(name.as_str()) {
            let theirs = row.text("full_name")?.unwrap_or(name);
            return Err(StoreError::Foreign(format!(
                "the view {theirs} selects from {view}, whose columns change with this version of esi-syncd: keep its \
                 definition (pg_get_viewdef('{theirs}')), drop it, start esi-syncd, and make it again"
            )));
        }
        names.push(name);
    }
    Ok(names)
}

/// Drops views that only depend on each other.
async fn drop_views(tx: &mut Write, schema: &str, names: &[String]) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = names.iter().map(|name| Dialect::qualified(Some(schema), name)).collect();
    tx.batch(&format!("DROP VIEW {}", names.join(", "))).await
}
