//! The daemon when there is next to nothing to do: a small world is filled, and then watched for a minute.
//!
//! "Next to nothing" is not nothing: server status is asked for every half minute and each region every five, as in
//! real life. The rest of what is seen here is timers.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::database::Database;
use crate::process::{self, Running};
use crate::world::World;
use crate::{Fault, configuration};

const WATCHED: Duration = Duration::from_mins(1);
const LONGEST: Duration = Duration::from_mins(6);
/// Drivers that are fed by other tables look again half a minute after these have changed.
const QUIET: Duration = Duration::from_secs(40);
/// What ESI's limits stretch over most of an hour also in a small world: as long as it comes in, nothing is idle.
const SLOW: &str = "[datasets.wars]\nenabled = false\n[datasets.public_contract_items]\nenabled = false\n";

/// Percent of one core, and MiB.
pub async fn watch(db: &Database) -> Result<(f64, f64), Fault> {
    let world = World::start(&[])?;
    let folder = tempfile::tempdir()?;
    let config = configuration(&folder, &world.base, db, None)?;
    OpenOptions::new().append(true).open(&config)?.write_all(SLOW.as_bytes())?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.arg("--config").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
    let daemon = Running(command.spawn()?);
    let pid = daemon.0.id();
    let began = Instant::now();
    let (mut targets, mut since) = (0, Instant::now());
    while since.elapsed() < QUIET {
        if began.elapsed() > LONGEST {
            return Err("the small world was not filled within six minutes".into());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        // The tables are not there in the first second.
        let count = |condition: &str| format!("SELECT COUNT(*) FROM sync_targets WHERE {condition}");
        let now = db.number(&count("last_success_at IS NOT NULL")).await.unwrap_or(0);
        let waiting = db.number(&count("last_success_at IS NULL AND failures = 0")).await.unwrap_or(1);
        if now != targets || now == 0 || waiting > 0 {
            (targets, since) = (now, Instant::now());
        }
    }
    let (before, began) = (process::cpu_of(pid), Instant::now());
    tokio::time::sleep(WATCHED).await;
    let share = (process::cpu_of(pid) - before) / began.elapsed().as_secs_f64() * 100.0;
    Ok((share, process::memory(pid, "VmRSS").unwrap_or_default()))
}
