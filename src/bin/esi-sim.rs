//! The simulated ESI as a program: for measurements, and for trying the daemon without a network.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use clap::Parser;
use esi_syncd::clock::Clock;
use esi_syncd::sim::{OrderSettings, Sim, SimSettings, WorldSize};

/// By how much budgets grow where there are to be none.
const UNLIMITED: f64 = 100_000.0;

/// Serve an invented New Eden over the ESI protocol.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// From this all names, prices and movements follow
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Market orders of all regions together
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    orders: usize,
    /// Regions that have a market
    #[arg(long, value_name = "N", default_value_t = 6)]
    regions: usize,
    /// Item types
    #[arg(long, value_name = "N", default_value_t = 600)]
    types: usize,
    /// Solar systems
    #[arg(long, value_name = "N", default_value_t = 300)]
    systems: usize,
    /// Never answer 420 or 429 on its own account
    #[arg(long)]
    no_limits: bool,
    /// Never compress
    #[arg(long)]
    no_gzip: bool,
    /// How long every reply takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency_ms: u64,
    /// Share of the orders that change at every rebuild, 0..1
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    change_share: f64,
    /// Seconds of the world for every second of yours
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Memory for rendered bodies, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 512)]
    cache_mib: usize,
}

impl Arguments {
    fn settings(&self) -> SimSettings {
        let world = WorldSize {
            regions: self.regions.max(8),
            types: self.types,
            systems: self.systems,
            ..WorldSize::default()
        };
        SimSettings {
            listen: self.listen,
            seed: self.seed,
            world,
            orders: OrderSettings { total: self.orders, regions: self.regions },
            enforce_limits: !self.no_limits,
            // A polite client obeys what the headers say, so without limits they must not say there are any.
            limit_scale: if self.no_limits { UNLIMITED } else { 1.0 },
            gzip: !self.no_gzip,
            latency: Duration::from_millis(self.latency_ms),
            change_share: self.change_share,
            cache_bytes: self.cache_mib << 20,
            ..SimSettings::default()
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let clock = Clock::starting_at(Utc::now(), arguments.speed);
    let sim = match Sim::start(arguments.settings(), clock).await {
        Ok(sim) => sim,
        Err(e) => {
            eprintln!("cannot listen on {}: {e}", arguments.listen);
            return ExitCode::FAILURE;
        }
    };
    println!("{}", sim.base_url());
    if let Err(e) = tokio::signal::ctrl_c().await {
        eprintln!("cannot wait for the interrupt: {e}");
    }
    sim.stop().await;
    ExitCode::SUCCESS
}
