//! Databases of somebody else, which are told before anything is made in them.

use super::{APPLICATION_ID, MigrationSet, files, migrations};
use crate::declare::Dialect;
use crate::store::{Store, StoreError};

/// The same of the file that `demo` fills: "ESID".
const DEMO_ID: i64 = 0x4553_4944;
/// Names that are shown of many.
const NAMED: usize = 3;

impl Store {
    /// Refuses a database that is somebody else's, before anything is made in it: its migrations are not ours, or a table
    /// or view has a name of ours.
    pub(in crate::store) async fn refuse_stranger(&self) -> Result<(), StoreError> {
        self.refuse_other_file().await?;
        let public = self.public();
        let applied = match self.applied(&public).await {
            Err(StoreError::Refused(_)) => {
                let history = public.set.history();
                return Err(StoreError::Foreign(format!(
                    "the database belongs to another program: its table {history} is not esi-syncd's; use another database"
                )));
            }
            applied => applied?,
        };
        public.judge(self.dialect(), &applied)?;
        if !applied.is_empty() {
            return Ok(());
        }
        let there = self.relations().await?;
        let taken: Vec<&str> =
            relations(self.dialect()).into_iter().filter(|name| there.contains(*name)).collect();
        if taken.is_empty() {
            return Ok(());
        }
        let (what, verb) =
            if taken.len() == 1 { ("a table or view", "is") } else { ("tables or views", "are") };
        let or = if self.dialect() == Dialect::Postgres { " or schema" } else { "" };
        Err(StoreError::Foreign(format!(
            "{what} called {} {verb} there already, and not made by esi-syncd: use another database{or}",
            shortened(&taken)
        )))
    }

    /// SQLite files say which program they belong to, if their program says so.
    async fn refuse_other_file(&self) -> Result<(), StoreError> {
        if self.dialect() != Dialect::Sqlite {
            return Ok(());
        }
        let rows = self.query("SELECT application_id AS n FROM pragma_application_id()", &[]).await?;
        let id = rows.first().map_or(Ok(None), |row| row.int("n"))?.unwrap_or(0);
        if [0, APPLICATION_ID, DEMO_ID].contains(&id) {
            return Ok(());
        }
        Err(StoreError::Foreign(format!(
            "the file belongs to another program (its application_id is {id}): use another file"
        )))
    }
}

/// The tables and views that the public set makes.
pub(in crate::store) fn relations(dialect: Dialect) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for line in migrations(dialect, MigrationSet::Public).iter().flat_map(|migration| migration.sql.lines()) {
        let made = line.strip_prefix("CREATE TABLE ");
        names.extend(made.and_then(|rest| rest.split([' ', '(']).next()).map(|name| name.trim_matches('"')));
    }
    names.extend(files::VIEWS.iter().map(|(name, _)| *name));
    names
}

/// The first of many names, and how many more there are.
pub(in crate::store) fn shortened(names: &[&str]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let first = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{first} and {more} more") } else { first }
}
