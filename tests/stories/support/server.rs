//! A PostgreSQL server for one test, which the test may stop, kill and starve.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;

use super::namespace::{is_mapped, say};

/// The server; dropping it stops it.
pub struct Server {
    bin: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Server {
    /// Creates a server and starts it. `None`, with a line of output, if PostgreSQL is skipped or its programs are unknown.
    pub fn create(test: &str) -> Option<Self> {
        if std::env::var("ESI_TEST_PG").is_ok_and(|v| v == "skip") {
            println!("skipped: ESI_TEST_PG=skip");
            return None;
        }
        let Some(bin) = std::env::var_os("ESI_TEST_PG_BIN").map(PathBuf::from) else {
            say(&format!("LEFT OUT: {test}: it needs a server of its own, and ESI_TEST_PG_BIN is not set"));
            return None;
        };
        let folder = TempDir::with_prefix("esi-test-server-").expect("a folder");
        own(folder.path());
        let mut server = Self { bin, folder, port: 0 };
        let data = server.data();
        let init =
            ["--no-sync", "--auth=trust", "--locale=C", "--encoding=UTF8", "--username=postgres", "-D"];
        must(server.command("initdb").args(init).arg(&data));
        // Another process may take the port before the server does.
        let started = (0..8).any(|_| {
            server.port = free_port();
            server.try_start().status.success()
        });
        assert!(started, "{}", server.log());
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for a tablespace.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = as_owner(&self.bin.join(program));
        command.current_dir(self.folder.path()).env("LC_ALL", "C");
        command
    }

    fn control(&self) -> Command {
        let mut command = self.command("pg_ctl");
        command
            .arg("-D")
            .arg(self.data())
            .arg("-l")
            .arg(self.folder.path().join("log"))
            .args(["-w", "-t", "60"]);
        let folder = self.folder.path().display();
        command.arg("-o").arg(format!(
            "-c fsync=off -c autovacuum=off -c listen_addresses=127.0.0.1 -c max_connections=50 -p {} -k {folder}",
            self.port
        ));
        command
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn try_start(&self) -> Output {
        self.control().arg("start").output().expect("pg_ctl runs")
    }

    /// Starts it again; returns when it accepts connections.
    pub fn start(&self) {
        let done = self.try_start();
        assert!(done.status.success(), "{}", self.log());
    }

    /// Stops it cleanly.
    pub fn stop(&self) {
        must(self.control().args(["-m", "fast", "stop"]));
    }

    /// Starts it again as a standby, whose primary never comes: it can be read, and takes no writes.
    pub fn become_standby(&self) {
        self.stop();
        let signal = self.data().join("standby.signal");
        must(as_owner(Path::new("touch")).arg(signal));
        self.start();
    }

    /// Kills all its processes, and starts it again.
    pub fn restart_at_once(&self) {
        must(self.control().args(["-m", "immediate", "restart"]));
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs a statement.
    pub async fn execute(&self, sql: &str) {
        let mut admin = PgConnection::connect(&self.url("postgres")).await.expect("connects");
        admin.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        admin.close().await.expect("closes");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.control().args(["-m", "immediate", "stop"]).output();
    }
}

/// Gives a folder to the user that the server runs as.
pub fn own(folder: &Path) {
    if let Some(user) = user() {
        must(Command::new("chown").arg(format!("{user}:")).arg(folder));
    }
}

/// The user that the server runs as, if we are root; PostgreSQL refuses to run as root.
fn user() -> Option<String> {
    std::env::var("ESI_TEST_PG_USER").ok().filter(|user| !user.is_empty())
}

fn as_owner(program: &Path) -> Command {
    let mut command;
    if let Some(user) = user() {
        command = Command::new("setpriv");
        command.arg(format!("--reuid={user}")).arg(format!("--regid={user}")).arg("--clear-groups");
    } else if is_mapped() {
        command = Command::new("unshare");
        command.args(["--user", "--map-user=1000", "--map-group=1000"]);
    } else {
        return Command::new(program);
    }
    command.arg(program);
    command
}

fn must(command: &mut Command) {
    let done = command.output().expect("it runs");
    assert!(
        done.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

fn free_port() -> u16 {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    taken.local_addr().expect("an address").port()
}
