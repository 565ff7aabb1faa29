//! Questions on a database of real size: every query of `docs/queries` and the example of every view.
//!
//! The market is the simulated one: a million and a half orders of fifteen thousand types. What else the questions touch is
//! as large as the simulated world has it, but for contracts, of which it has few: these are written by hand, as many as
//! there really are.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use esi_syncd::describe::views;
use tempfile::TempDir;

use crate::database::{Database, Server};
use crate::report::Report;
use crate::world::World;
use crate::{Fault, configuration, median, new, process};

/// What the questions are about, without what has a pace of its own.
const DATASETS: [&str; 27] = [
    "market_orders",
    "market_prices",
    "market_groups",
    "universe_regions",
    "universe_constellations",
    "universe_systems",
    "universe_stations",
    "universe_categories",
    "universe_groups",
    "universe_types",
    "system_jumps",
    "system_kills",
    "industry_cost_indices",
    "industry_facilities",
    "insurance_prices",
    "sovereignty_systems",
    "incursions",
    "fw_systems",
    "wars",
    "war_killmail_refs",
    "killmails",
    "public_structures",
    "alliances",
    "corporations",
    "character_affiliations",
    "entity_names",
    "server_status",
];

/// 45,000 contracts of four items each.
const CONTRACTS: &str = "\
    INSERT INTO public_contracts (region_id, contract_id, type, issuer_id, issuer_corporation_id, date_issued, \
        date_expired, price, start_location_id, first_seen_at) \
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000) \
    SELECT 10000001 + i % 100, 190000000 + i, 'item_exchange', 90000000 + i % 9000, 98000000 + i % 900, \
        '2026-01-01 00:00:00Z', '2026-02-01 00:00:00Z', i * 1000.0, 60003760, '2026-01-01 00:00:00Z' FROM n; \
    INSERT INTO public_contract_items (contract_id, record_id, type_id, quantity, is_included) \
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 179999) \
    SELECT 190000001 + i / 4, i, (SELECT type_id FROM universe_types WHERE type_id >= i % 15000 ORDER BY type_id LIMIT 1), \
        1 + i % 7, TRUE FROM n";

/// Fills a database and asks it everything, three times.
pub async fn answers(
    report: &mut Report,
    kind: &str,
    server: Option<&Server>,
    regions: &[i64],
) -> Result<(), Fault> {
    let size = ["--orders", "1500000", "--regions", "100", "--types", "15000", "--systems", "5000"];
    let world = World::start(&[&size[..], &["--no-limits", "--no-gzip", "--change-share", "0"]].concat())?;
    let db = new(server).await?;
    fill(&world, &db, regions).await?;
    db.execute(CONTRACTS).await?;
    db.execute("ANALYZE").await?;
    for (name, sql) in questions()? {
        let mut times = Vec::new();
        for _ in 0..3 {
            let began = Instant::now();
            db.rows(&sql).await.map_err(|error| format!("{name}: {error}"))?;
            times.push(began.elapsed().as_secs_f64() * 1e3);
        }
        report.own(&format!("{kind}, {name}"), "ms", median(times), None);
    }
    db.remove().await
}

async fn fill(world: &World, db: &Database, regions: &[i64]) -> Result<(), Fault> {
    let folder = TempDir::with_prefix("esi-bench-config-")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.arg("--config").arg(configuration(&folder, &world.base, db, Some(regions))?);
    command.env("ESI_SYNCD_ESI__MAX_RATE", "1000").env("ESI_SYNCD_ESI__BACKFILL_RATE", "1000");
    command.arg("sync").args(DATASETS);
    process::run(command).await.map(drop)
}

/// Every question by its name.
fn questions() -> Result<Vec<(String, String)>, Fault> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/queries"))? {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "sql") {
            all.push((name, std::fs::read_to_string(path)?));
        }
    }
    all.extend(views::all().map(|view| (format!("example of {}", view.name), view.example.to_owned())));
    all.sort();
    Ok(all)
}
