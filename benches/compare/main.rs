//! esi-syncd beside a hand-written minimum, in one run, as one table; started by `benches/run`.
//!
//! The idea is that absolute numbers say little and ratios say much: whatever else the machine does while this runs
//! slows both down. So the two take turns, several times, and the medians are compared. Both are processes of their
//! own, and so is the simulated ESI they read from. What the lines mean is in `benches/README.md`.

mod database;
mod decode;
mod idle;
mod market;
mod minimum;
mod pages;
mod process;
mod report;
mod views;
mod world;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use database::{Database, Server};
use process::Cost;
use report::Report;
use world::World;

/// What went wrong, in words; a benchmark has no one to handle it.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

const MIB: f64 = 1_048_576.0;
const ROUNDS: usize = 3;

/// Bars of the project: see `benches/README.md`.
mod bar {
    pub const TIMES_MINIMUM: f64 = 2.0;
    pub const PEAK_MIB: f64 = 200.0;
    pub const LOG_SHARE: f64 = 1.5;
    pub const IDLE_PERCENT: f64 = 0.5;
    pub const IDLE_MIB: f64 = 60.0;
    pub const BUCKET_PERCENT: f64 = 80.0;
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["minimum", base, url, regions] => {
            let regions = regions.split(',').map(str::parse).collect::<Result<_, _>>()?;
            minimum::run(base, url, regions).await
        }
        _ if std::env::var_os("ESI_BENCH").is_none() => {
            println!("this takes minutes and wants a database server beside it: ./benches/run");
            Ok(())
        }
        ref chosen => table(chosen).await,
    }
}

async fn table(chosen: &[&str]) -> Result<(), Fault> {
    let (kinds, parts): (Vec<&str>, Vec<&str>) =
        chosen.iter().partition(|c| ["SQLite", "PostgreSQL"].contains(c));
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let wanted_kind = |kind: &&str| kinds.is_empty() || kinds.contains(kind);
    let server = Server::given();
    let mut report = Report::new();
    let quiet = World::real_size("0")?;
    let regions = quiet.regions().await?;
    if wanted("decode") {
        let (typed, ours) = decode::speeds(&quiet.page().await?)?;
        report.compare("decoding a page", "MB/s", typed, ours, None);
    }
    for kind in
        [Some("SQLite"), server.as_ref().map(|_| "PostgreSQL")].into_iter().flatten().filter(wanted_kind)
    {
        let server = server.as_ref().filter(|_| kind == "PostgreSQL");
        if wanted("cold") {
            cold(&mut report, kind, server, &quiet, &regions).await?;
        }
        if wanted("memory") {
            memory(&mut report, kind, server, &quiet, &regions).await?;
        }
        if wanted("log") {
            log(&mut report, kind, server, &quiet, &regions).await?;
        }
        if wanted("warm") {
            unchanged(&mut report, kind, server, &quiet, &regions).await?;
            changed(&mut report, kind, server, &regions).await?;
        }
        if wanted("pages") {
            pages::saved(&mut report, kind, server, &regions).await?;
        }
        if wanted("views") {
            views::answers(&mut report, kind, server, &regions).await?;
        }
    }
    drop(quiet);
    if wanted("idle") {
        let db = Database::sqlite()?;
        let (percent, mib) = idle::watch(&db).await?;
        report.own("idle for a minute: share of one core", "%", percent, Some(bar::IDLE_PERCENT));
        report.own("idle: memory", "MiB", mib, Some(bar::IDLE_MIB));
        db.remove().await?;
    }
    if parts.contains(&"market") {
        let db = Database::sqlite()?;
        market::watch(&mut report, &db).await?;
        db.remove().await?;
    }
    match report.finish() {
        0 => Ok(()),
        missed => Err(format!("{missed} bars missed").into()),
    }
}

async fn new(server: Option<&Server>) -> Result<Database, Fault> {
    match server {
        Some(server) => Database::postgres(server).await,
        None => Database::sqlite(),
    }
}

/// A pass of the minimum.
async fn minimum(world: &World, db: &Database, regions: &[i64]) -> Result<Cost, Fault> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["minimum", &world.base, &db.url(), &list(regions, ",")]);
    Ok(process::run(command).await?.0)
}

/// A pass of `esi-syncd sync market_orders`: what it cost, and how many rows it says it wrote.
async fn ours(world: &World, db: &Database, regions: &[i64]) -> Result<(Cost, i64), Fault> {
    let folder = TempDir::with_prefix("esi-bench-config-")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.arg("--config").arg(configuration(&folder, &world.base, db, Some(regions))?);
    command.args(["sync", "market_orders"]);
    let (cost, log) = process::run(command).await?;
    let mut written = 0;
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let find = |name| line.get(name).or_else(|| line.get("fields")?.get(name))?.as_i64();
        written += find("written").unwrap_or(0);
    }
    Ok((cost, written))
}

/// Writes a configuration; without regions, all of it is default.
fn configuration(
    folder: &TempDir,
    base: &str,
    db: &Database,
    regions: Option<&[i64]>,
) -> Result<PathBuf, Fault> {
    let path = folder.path().join("config.toml");
    let mut text = format!(
        "[esi]\nbase_url = \"{base}\"\ncontact = \"bench@example.org\"\n[database]\nurl = \"{}\"\n\
         [log]\nformat = \"json\"\n",
        db.url()
    );
    // Histories have a pace of their own: all of them would take half an hour.
    text += "[datasets.market_history]\nmax_pairs = 10\n";
    if let Some(regions) = regions {
        let _ = write!(text, "[datasets.market_orders]\nregions = [{}]\n", list(regions, ", "));
    }
    std::fs::write(&path, text)?;
    Ok(path)
}

fn list(regions: &[i64], between: &str) -> String {
    regions.iter().map(i64::to_string).collect::<Vec<_>>().join(between)
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "bytes for a table")]
fn mib(bytes: i64) -> f64 {
    bytes as f64 / MIB
}

/// Everything from nothing, both in turns.
async fn cold(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    world: &World,
    regions: &[i64],
) -> Result<(), Fault> {
    let (mut theirs, mut own) = (Vec::new(), Vec::new());
    let (mut their_server, mut own_server) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let db = new(server).await?;
        let before = db.server_cpu();
        theirs.push(minimum(world, &db, regions).await?);
        their_server.push(db.server_cpu() - before);
        let rows = db.number("SELECT COUNT(*) FROM market_orders").await?;
        db.remove().await?;
        let db = new(server).await?;
        let before = db.server_cpu();
        own.push(ours(world, &db, regions).await?.0);
        own_server.push(db.server_cpu() - before);
        if db.number("SELECT COUNT(*) FROM market_orders").await? != rows {
            return Err("the two did not store the same number of rows".into());
        }
        db.remove().await?;
    }
    let pick = |costs: &[Cost], get: fn(&Cost) -> f64| median(costs.iter().map(get).collect());
    for (what, unit, get, bar) in [
        ("wall", "s", (|c: &Cost| c.wall) as fn(&Cost) -> f64, Some(bar::TIMES_MINIMUM)),
        ("CPU", "s", |c: &Cost| c.cpu, Some(bar::TIMES_MINIMUM)),
        ("peak memory", "MiB", |c: &Cost| c.peak, None),
    ] {
        report.compare(&format!("{kind}, cold: {what}"), unit, pick(&theirs, get), pick(&own, get), bar);
    }
    if server.is_some() {
        let (theirs, own) = (median(their_server), median(own_server));
        report.compare(&format!("{kind}, cold: CPU of the server"), "s", theirs, own, None);
    }
    Ok(())
}

/// Peak memory with few and with many regions, the largest among them.
async fn memory(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    world: &World,
    regions: &[i64],
) -> Result<(), Fault> {
    for count in [1, 10, regions.len()] {
        let mut peaks = Vec::new();
        for _ in 0..3 {
            let db = new(server).await?;
            peaks.push(ours(world, &db, &regions[..count]).await?.0.peak);
            db.remove().await?;
        }
        let highest = peaks.into_iter().fold(0.0, f64::max);
        let what = format!("{kind}, cold: highest of 3 memory peaks, {count} regions");
        report.own(&what, "MiB", highest, Some(bar::PEAK_MIB));
    }
    Ok(())
}

/// What a cold pass writes to the write-ahead log, in sizes of the database that comes of it.
async fn log(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    world: &World,
    regions: &[i64],
) -> Result<(), Fault> {
    let mut shares = Vec::new();
    for is_ours in [false, true] {
        let db = new(server).await?;
        if is_ours || server.is_some() {
            // The tables; on SQLite the reader needs a file to read.
            ours(world, &db, &regions[regions.len() - 1..]).await?;
            if !is_ours {
                db.execute("DROP TABLE market_orders CASCADE").await?;
            }
        } else {
            db.create().await?;
        }
        let before = db.log().await?;
        let reader = db.hold_log().await?;
        if is_ours {
            ours(world, &db, regions).await?;
        } else {
            minimum(world, &db, regions).await?;
        }
        let written = db.log().await? - before;
        drop(reader);
        db.settle().await?;
        shares.push(mib(written) / mib(db.size().await?));
        db.remove().await?;
    }
    let what = format!("{kind}, cold: log written, in sizes of the database");
    report.compare(&what, "x", shares[0], shares[1], None);
    report.own(&what, "x", shares[1], Some(bar::LOG_SHARE));
    Ok(())
}

/// Makes the orders look expired, as they will be in five minutes.
async fn expire(db: &Database) -> Result<(), Fault> {
    db.execute("UPDATE sync_targets SET expires_at = '2000-01-01 00:00:00Z'").await
}

/// A pass in which ESI rebuilt everything and nothing is different.
async fn unchanged(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    world: &World,
    regions: &[i64],
) -> Result<(), Fault> {
    let db = new(server).await?;
    ours(world, &db, regions).await?;
    world.next_version().await?;
    expire(&db).await?;
    let before = db.log().await?;
    let (cost, written) = ours(world, &db, regions).await?;
    report.exact(&format!("{kind}, nothing changed: rows written"), 0, written);
    report.own(&format!("{kind}, nothing changed: wall"), "s", cost.wall, None);
    report.own(&format!("{kind}, nothing changed: CPU"), "s", cost.cpu, None);
    if server.is_some() {
        let log = mib(db.log().await? - before);
        report.own(&format!("{kind}, nothing changed: log written"), "MiB", log, None);
    }
    db.remove().await
}

/// A pass after a hundredth of the orders changed.
async fn changed(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    regions: &[i64],
) -> Result<(), Fault> {
    let world = World::real_size("0.01")?;
    let db = new(server).await?;
    ours(&world, &db, regions).await?;
    db.keep_copy().await?;
    world.next_version().await?;
    expire(&db).await?;
    let before = db.log().await?;
    let (cost, written) = ours(&world, &db, regions).await?;
    let log = mib(db.log().await? - before);
    report.exact(&format!("{kind}, 1 % changed: rows written"), db.changed().await?, written);
    report.own(&format!("{kind}, 1 % changed: wall"), "s", cost.wall, None);
    report.own(&format!("{kind}, 1 % changed: CPU"), "s", cost.cpu, None);
    report.own(&format!("{kind}, 1 % changed: peak memory"), "MiB", cost.peak, Some(bar::PEAK_MIB));
    if server.is_some() {
        report.own(&format!("{kind}, 1 % changed: log written"), "MiB", log, None);
    }
    db.remove().await
}
