//! Standard error is a pipe that nobody reads: the daemon goes on, and stops when it is told to.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use esi_syncd::clock::Clock;
use esi_syncd::sim::Sim;

use crate::support::esi::{FORGE, eventually, number, only, reader, reader_when_ready, small, toml};
use crate::support::process::Program;
use crate::support::{Db, on_both};

on_both!(
    a_log_that_nobody_reads_stops_nothing,
    what_was_dropped_is_counted_when_somebody_reads_again,
    timeouts_two_signals_are_one,
);

/// So much is said in a few seconds that no pipe holds it.
const LOUD: &str =
    "[log]\nlevel = \"trace,sqlx=trace,hyper=trace,reqwest=trace,h2=trace,hyper_util=trace\"\n";

struct Unread(Child);

impl Unread {
    fn start(db: &Db, sim: &Sim, datasets: &str) -> Self {
        let text = toml(db.url(), &sim.base_url(), &format!("{datasets}{LOUD}"));
        std::fs::write(db.folder().join("config.toml"), text).expect("written");
        let child = Command::new(env!("CARGO_BIN_EXE_esi-syncd"))
            .current_dir(db.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("esi-syncd starts");
        Self(child)
    }

    fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.0.id());
        assert!(Command::new("sh").args(["-c", &line]).status().expect("sh runs").success());
    }

    async fn ends_with(&mut self, code: i32) {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.0.try_wait().expect("can be asked") {
                break status;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(status.code(), Some(code));
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn filled(db: &Db) {
    let store = reader_when_ready(db).await;
    let forge = format!("SELECT COUNT(*) AS n FROM market_orders WHERE region_id = {FORGE}");
    eventually("prices and orders are stored", 30, async || {
        number(&store, "SELECT COUNT(*) AS n FROM market_prices").await > 0
            && number(&store, &forge).await > 1_000
    })
    .await;
    store.close().await;
}

async fn a_log_that_nobody_reads_stops_nothing(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let few = only(&["server_status", "market_orders", "market_prices", "incursions"]);
    let mut daemon = Unread::start(db, &sim, &few);
    filled(db).await;
    daemon.signal("TERM");
    daemon.ends_with(0).await;
    let store = reader(db).await;
    let stopped = store.instance().await.expect("reads").expect("it ran").stopped_at;
    assert!(stopped.is_some(), "it stopped in order");
    store.close().await;
}

async fn what_was_dropped_is_counted_when_somebody_reads_again(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let mut daemon = Unread::start(db, &sim, "max_rate = 1000\nbackfill_rate = 1000\n");
    filled(db).await;
    eventually("it has much to tell", 30, async || sim.counters().requests > 400).await;
    let mut log = daemon.0.stderr.take().expect("piped");
    let reader = std::thread::spawn(move || {
        let mut all = String::new();
        log.read_to_string(&mut all).expect("text");
        all
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    daemon.signal("TERM");
    daemon.ends_with(0).await;
    let log = reader.join().expect("no panic");
    assert!(log.len() > 1 << 20, "it said {} bytes: too little to fill anything", log.len());
    let gap =
        log.lines().find(|line| line.contains("log lines were dropped here")).expect("the gap is told of");
    assert!(gap.contains("WARN") && gap.contains("lines="), "{gap}");
    let last = log.lines().rfind(|line| line.contains("stopped")).expect("the end is told of");
    assert!(last.contains("duration_ms"), "{last}");
}

/// `timeout` signals its child, and then the group that the child is in.
async fn timeouts_two_signals_are_one(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["server_status"]));
    std::fs::write(db.folder().join("config.toml"), text).expect("written");
    let mut command = Command::new("timeout");
    command.args(["--preserve-status", "4", env!("CARGO_BIN_EXE_esi-syncd")]).current_dir(db.folder());
    let ended = Program::spawn(&mut command).end().await;
    ended.expect(0).in_order(&["esi-syncd is running", "told to stop", "database closed", "stopped"]);
}
