//! The database, as a start would find it.

use std::path::Path;

use super::{PATIENCE, Report};
use crate::app::supervisor::{enabled, location};
use crate::cli::Exit;
use crate::cli::plan::plan_input;
use crate::config::{Config, DatabaseUrl};
use crate::esi::COMPATIBILITY_DATE;
use crate::plan::PlanInput;
use crate::store::{Store, StoreError, newest};
use crate::sync::{Compatibility, unknown_regions};

/// What the database could tell for the plan.
#[derive(Default)]
pub(super) struct Seen {
    pub known: PlanInput,
    pub bytes: u64,
}

pub(super) async fn look(config: &Config, report: &mut Report) -> Seen {
    let opened = tokio::time::timeout(PATIENCE, Store::open_to_read(&location(config))).await;
    let store = match opened {
        Ok(Ok(store)) => store,
        Ok(Err(error)) => {
            unopened(config, &error, report);
            return Seen::default();
        }
        Err(_) => {
            report.fail("database", "no answer within 10 s: is the server running?", Exit::Failed);
            return Seen::default();
        }
    };
    if let Err(error) = look_at(config, &store, report).await {
        report.fail("database", &error.to_string(), exit_of(&error));
    }
    let seen = Seen {
        known: plan_input(config, &store).await.unwrap_or_default(),
        bytes: store.bytes().await.unwrap_or_default(),
    };
    store.close().await;
    seen
}

fn unopened(config: &Config, error: &StoreError, report: &mut Report) {
    if let (DatabaseUrl::Sqlite(path), StoreError::Unavailable(_)) = (&config.database.url, error) {
        let folder = folder_of(path);
        return match tempfile_in(folder) {
            Ok(()) => report.ok("database", &format!("{} will be created at the first run", path.display())),
            Err(e) => report.fail(
                "database",
                &format!("{} cannot be created: {e}; make its folder writable", path.display()),
                Exit::Denied,
            ),
        };
    }
    let text = format!("{error}; check [database] url, and that the server runs");
    report.fail("database", &text, exit_of(error));
}

/// How a start ends that meets this.
fn exit_of(error: &StoreError) -> Exit {
    match error {
        StoreError::Denied(_) => Exit::Denied,
        StoreError::Foreign(_) => Exit::Configuration,
        _ => Exit::Failed,
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a file can be created in the folder, or in the nearest one above it that exists.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let mut folder = folder;
    while !folder.exists() {
        folder = folder.parent().unwrap_or(Path::new("/"));
    }
    let probe = folder.join(format!(".esi-syncd-check-{}", std::process::id()));
    std::fs::File::create_new(&probe)?;
    std::fs::remove_file(&probe)
}

async fn look_at(config: &Config, store: &Store, report: &mut Report) -> Result<(), StoreError> {
    report.ok("database", &store.software().await?);
    let obstacles = store.obstacles().await?;
    for obstacle in &obstacles {
        report.fail("database", &obstacle.to_string(), exit_of(obstacle));
    }
    if let DatabaseUrl::Sqlite(path) = &config.database.url
        && let Err(error) = tempfile_in(folder_of(path))
    {
        let text = format!(
            "the lock and the log beside {} cannot be created: {error}; make its folder writable",
            path.display()
        );
        report.fail("database", &text, Exit::Denied);
    }
    if obstacles.iter().any(|obstacle| !obstacle.is_transient()) {
        return Ok(());
    }
    let (has, knows) = (store.schema_version().await?, newest(store.dialect()));
    if has == 0 {
        report.ok("schema", "none yet; the first run creates the tables");
        return Ok(());
    }
    match has.cmp(&knows) {
        std::cmp::Ordering::Less => {
            report.warn("schema", &format!("version {has}; the next start brings it to {knows}"));
        }
        _ => report.ok("schema", &format!("version {has}")),
    }
    tenant(config, store, report).await?;
    match store.try_write().await {
        Ok(()) if obstacles.is_empty() => report.ok("writing", "the database takes writes"),
        Ok(()) => {}
        Err(error) if error.is_transient() && obstacles.is_empty() => {
            report.warn("writing", &format!("another program holds a write lock right now ({error})"));
        }
        Err(error) => report.fail("writing", &error.to_string(), Exit::Denied),
    }
    if store.running().await? {
        let holder = store.instance().await?.map(|i| i.holder).unwrap_or_default();
        report.ok("instance", &format!("the daemon is running: {holder}"));
    }
    compatibility(config, store, report).await?;
    for (name, settings) in &config.datasets {
        let Some(regions) = settings.regions.as_ref().filter(|_| settings.enabled) else { continue };
        for region in unknown_regions(store, regions).await? {
            report.warn("regions", &format!("[datasets.{name}]: {region}"));
        }
    }
    Ok(())
}

/// A database holds the data of one game server.
async fn tenant(config: &Config, store: &Store, report: &mut Report) -> Result<(), StoreError> {
    let rows = store.query("SELECT tenant FROM sync_instance WHERE id = 1", &[]).await?;
    let theirs = rows.first().map_or(Ok(None), |row| row.text("tenant"))?;
    if let Some(theirs) = theirs.filter(|theirs| *theirs != config.esi.tenant) {
        let text = format!(
            "the database holds data of tenant {theirs:?}, the configuration says {:?}: use another database, or set \
             `tenant = {theirs:?}` under [esi]",
            config.esi.tenant
        );
        report.fail("database", &text, Exit::Configuration);
    }
    Ok(())
}

/// What the copy of ESI's own tables says about the compiled-in date.
async fn compatibility(config: &Config, store: &Store, report: &mut Report) -> Result<(), StoreError> {
    let found = Compatibility::read(store, &enabled(config)).await?;
    let what = "compatibility";
    match (found.outdated(), &found.oldest, &found.newest) {
        (Some(text), ..) => report.fail(what, &text, Exit::Failed),
        (None, Some(oldest), Some(newest)) => {
            report.ok(what, &format!("date {COMPATIBILITY_DATE}; ESI serves {oldest} to {newest}"));
        }
        _ => report.ok(what, &format!("date {COMPATIBILITY_DATE}; not known yet which ones ESI serves")),
    }
    for change in found.changes.iter().filter(|change| change.is_severe()) {
        report.warn(what, &change.words());
    }
    Ok(())
}
