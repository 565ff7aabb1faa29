//! All orders of all regions in real time, with ESI's limits enforced: whether they fit into the daemon's share of the
//! bucket, and what keeping them costs. It lasts longer than the bucket's window, so it is only measured by name.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::database::Database;
use crate::process::{self, Running};
use crate::report::Report;
use crate::world::World;
use crate::{Fault, bar, mib};

const WATCHED: Duration = Duration::from_mins(18);
const LOOK_EVERY: Duration = Duration::from_millis(500);
const KEPT: [&str; 2] = ["market_orders", "universe_regions"];
const WAITING: &str =
    "SELECT COUNT(*) FROM sync_targets WHERE dataset = 'market_orders' AND last_success_at IS NULL";
const STORED: &str =
    "SELECT COUNT(*) FROM sync_targets WHERE dataset = 'market_orders' AND last_success_at IS NOT NULL";

pub async fn watch(report: &mut Report, db: &Database) -> Result<(), Fault> {
    let world = World::start(&["--orders", "1500000", "--regions", "100"])?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("config.toml");
    let mut text = format!(
        "[esi]\nbase_url = \"{}\"\ncontact = \"bench@example.org\"\n[database]\nurl = \"{}\"\n\
         [datasets.market_orders]\nregions = \"all\"\n",
        world.base,
        db.url()
    );
    for dataset in esi_syncd::datasets::all().filter(|dataset| !KEPT.contains(&dataset.name)) {
        let _ = write!(text, "[datasets.{}]\nenabled = false\n", dataset.name);
    }
    std::fs::write(&path, text)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.arg("--config").arg(path).stdout(Stdio::null()).stderr(Stdio::null());
    let mut daemon = Running(command.spawn()?);
    let began = Instant::now();
    let (mut filled, mut log) = (None, 0);
    while began.elapsed() < WATCHED {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Some(status) = daemon.0.try_wait()? {
            return Err(format!("the daemon ended: {status}").into());
        }
        log = log.max(db.log().await?);
        // The tables are not there in the first second.
        let known = filled.is_some() || db.number(STORED).await.unwrap_or(0) < 100;
        if !known && db.number(WAITING).await? == 0 {
            filled = Some(began.elapsed().as_secs_f64());
        }
    }
    let counters = world.counters().await?;
    let count = |name: &str| counters[name].as_i64().ok_or_else(|| format!("no {name}"));
    let failed = counters["by_status"].as_object().into_iter().flatten();
    let failed: i64 = failed.filter(|(s, _)| s.as_str() >= "400").filter_map(|(_, n)| n.as_i64()).sum();
    let peak = &counters["bucket_peaks"]["market-order"];
    let share = peak[0].as_f64().zip(peak[1].as_f64()).ok_or("no use of the bucket")?;
    report.exact("the whole market: requests before expiry", 0, count("early")?);
    report.exact("the whole market: errors and broken limits", 0, failed);
    #[expect(clippy::cast_precision_loss, reason = "requests for a table")]
    let requests = count("requests")? as f64;
    report.own("the whole market: requests", "in 18 min", requests, None);
    let used = 100.0 * share.0 / share.1;
    report.own("the whole market: most of the bucket in its window", "%", used, Some(bar::BUCKET_PERCENT));
    report.own("the whole market: stored for the first time", "s", filled.ok_or("never filled")?, None);
    let memory = process::memory(daemon.0.id(), "VmHWM").unwrap_or_default();
    report.own("the whole market: peak memory", "MiB", memory, None);
    report.own("the whole market: longest log", "MiB", mib(log), None);
    Ok(())
}
