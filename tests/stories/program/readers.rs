//! A user in the daemon's group may read its SQLite database: while it runs, after it stopped, and after
//! `kill -9`.
//!
//! The daemon and its readers are different users here, as in the systemd unit: umask 027, a folder of 0750.
//! So this needs root, `setpriv` and `sh`; without them it says so and passes. What a reader could still get
//! wrong: root reads everything, so the test's own process must not do the reading.

use std::path::Path;
use std::process::Command;

use esi_syncd::clock::Clock;
use esi_syncd::sim::Sim;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::esi::{only, small, toml};
use crate::support::process::{Ended, Program};

/// The daemon's user and group, and a user of another group. None of them needs a name.
const DAEMON: &str = "4242";
const READER: &str = "4343";

/// A folder that all may enter, with the program, its configuration, and the daemon's folder in it.
struct Place(TempDir);

impl Place {
    fn new(esi_url: &str) -> Self {
        let place = Self(TempDir::new().expect("a folder"));
        let url = format!("sqlite://{}", place.state().join("esi.db").display());
        let text = toml(&url, esi_url, &only(&["server_status", "market_prices", "incursions"]));
        std::fs::write(place.path().join("config.toml"), text).expect("written");
        std::fs::copy(env!("CARGO_BIN_EXE_esi-syncd"), place.path().join("esi-syncd")).expect("copied");
        std::fs::create_dir(place.state()).expect("created");
        shell(place.path(), "chmod 755 . esi-syncd && chmod 644 config.toml");
        shell(place.path(), &format!("chown {DAEMON}:{DAEMON} state && chmod 750 state"));
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn state(&self) -> std::path::PathBuf {
        self.path().join("state")
    }

    /// `esi-syncd ARGS` as this user, in this group and these further ones.
    fn start(&self, user: &str, groups: &str, args: &[&str]) -> Program {
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={user}"), groups.to_owned()]);
        command.args(["sh", "-c", "umask 027; exec \"$@\"", "sh"]);
        command.arg(self.path().join("esi-syncd")).args(["--config", "config.toml"]).args(args);
        Program::spawn(command.current_dir(self.path()))
    }

    fn daemon(&self) -> Program {
        self.start(DAEMON, "--clear-groups", &["run"])
    }

    /// As somebody in the daemon's group.
    async fn reader(&self, args: &[&str]) -> Ended {
        self.start(READER, &format!("--groups={DAEMON}"), args).end().await
    }

    /// Members of the group see that the daemon runs, or not, and the prices; they cannot write. Others see nothing.
    async fn is_read_by_the_group_alone(&self, when: &str, running: bool) {
        let ended = self.reader(&["status", "--json"]).await;
        ended.expect(0);
        let json: Value =
            serde_json::from_str(&ended.said).unwrap_or_else(|e| panic!("{when}: {e}: {}", ended.said));
        assert_eq!(json["running"], running, "{when}: {json}");
        let all = json["datasets"].as_array().expect("a list");
        let prices = all.iter().find(|d| d["dataset"] == "market_prices").expect("market_prices");
        assert!(prices["rows"].as_i64().is_some_and(|rows| rows > 0), "{when}: {prices}");
        let writing = self.reader(&["prune"]).await;
        assert_eq!(writing.code, Some(77), "{when}: a reader wrote: {}", writing.said);
        let outsider = self.start(READER, "--clear-groups", &["status"]).end().await;
        assert_ne!(outsider.code, Some(0), "{when}: an outsider read: {}", outsider.said);
        for end in ["", "-wal", "-shm"] {
            let mode = shell(self.path(), &format!("stat -c '%a %u %g' state/esi.db{end}"));
            assert_eq!(mode.trim(), format!("640 {DAEMON} {DAEMON}"), "{when}: esi.db{end}");
        }
    }
}

/// Runs a line of shell here; returns what it printed.
fn shell(folder: &Path, line: &str) -> String {
    let done = Command::new("sh").args(["-c", line]).current_dir(folder).output().expect("sh runs");
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

fn may_become_others() -> bool {
    let tried =
        Command::new("setpriv").args(["--reuid=4242", "--regid=4242", "--clear-groups", "true"]).status();
    tried.is_ok_and(|status| status.success())
}

#[tokio::test]
async fn the_group_reads_while_it_runs_after_it_stopped_and_after_a_kill() {
    if !may_become_others() {
        println!("skipped: not root, or no setpriv here");
        return;
    }
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let place = Place::new(&sim.base_url());
    let mut daemon = place.daemon();
    stored(&mut daemon).await;
    place.is_read_by_the_group_alone("running", true).await;
    daemon.signal("TERM");
    daemon.end().await.expect(0);
    place.is_read_by_the_group_alone("stopped", false).await;
    let mut daemon = place.daemon();
    daemon.says("esi-syncd is running").await;
    daemon.kill();
    place.is_read_by_the_group_alone("killed", false).await;
}

/// Waits until the prices are in the database.
async fn stored(daemon: &mut Program) {
    daemon.says("esi-syncd is running").await;
    daemon.says("stored dataset=\"market_prices\"").await;
}
