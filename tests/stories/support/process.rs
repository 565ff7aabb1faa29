//! The real program, run as an operator would run it, with its output recorded.

use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest wait for an output or an end.
const SOON: Duration = Duration::from_secs(30);

/// A running `esi-syncd`; killed if it is dropped alive.
pub struct Program {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// The exit code and the output of a program.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// Standard output and standard error, line by line in order of arrival.
    pub said: String,
}

impl Program {
    /// Starts `esi-syncd ARGS` in this folder, with this text as its configuration file.
    pub fn start(folder: &Path, toml: &str, args: &[&str]) -> Self {
        std::fs::write(folder.join("config.toml"), toml).expect("written");
        Self::spawn(Command::new(env!("CARGO_BIN_EXE_esi-syncd")).args(args).current_dir(folder))
    }

    /// The same, and records its messages to the service manager.
    pub fn start_heard(folder: &Path, toml: &str, args: &[&str]) -> (Self, Ear) {
        std::fs::write(folder.join("config.toml"), toml).expect("written");
        let path = folder.join("notify");
        let ear = Ear::listen(&path);
        let mut command = Command::new("env");
        command
            .arg(format!("NOTIFY_SOCKET={}", path.display()))
            .arg("WATCHDOG_USEC=1000000")
            .arg(env!("CARGO_BIN_EXE_esi-syncd"));
        (Self::spawn(command.args(args).current_dir(folder)), ear)
    }

    /// Starts a command that the test has prepared.
    pub fn spawn(command: &mut Command) -> Self {
        for (name, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("ESI_SYNCD_")) {
            command.env_remove(name);
        }
        command
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("esi-syncd starts");
        let said = Arc::new(Mutex::new(String::new()));
        let out = child.stdout.take().expect("piped");
        let err = child.stderr.take().expect("piped");
        let readers = vec![collect(out, &said), collect(err, &said)];
        Self { child, said, readers }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its output so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("no panic").clone()
    }

    /// Sends a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.pid());
        let sent = Command::new("sh").args(["-c", &line]).status().expect("sh runs");
        assert!(sent.success(), "{line}");
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) -> ExitStatus {
        self.child.kill().expect("killed");
        self.child.wait().expect("reaped")
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("can be asked").is_some()
    }

    /// Waits until its output contains `what`.
    pub async fn says(&mut self, what: &str) {
        let began = Instant::now();
        while !self.said().contains(what) {
            assert!(!self.has_ended(), "the program ended without {what:?} in its output:\n{}", self.said());
            assert!(began.elapsed() < SOON, "no {what:?} in the output within {SOON:?}:\n{}", self.said());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits for its end.
    pub async fn end(self) -> Ended {
        self.end_within(SOON).await
    }

    /// Waits for its end for at most `patience`.
    pub async fn end_within(mut self, patience: Duration) -> Ended {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("can be asked") {
                break status;
            }
            assert!(
                began.elapsed() < patience,
                "the program did not end within {patience:?}:\n{}",
                self.said()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        for reader in std::mem::take(&mut self.readers) {
            reader.join().expect("no panic");
        }
        Ended { code: status.code(), said: self.said() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program's messages to the service manager.
pub struct Ear {
    said: Arc<Mutex<String>>,
}

impl Ear {
    fn listen(path: &Path) -> Self {
        let _ = std::fs::remove_file(path);
        let socket = UnixDatagram::bind(path).expect("a socket");
        let said = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&said);
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            let mut message = [0; 4096];
            while let Ok(length) = socket.recv(&mut message) {
                heard.lock().expect("no panic").push_str(&String::from_utf8_lossy(&message[..length]));
            }
        });
        Self { said }
    }

    /// All messages so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("no panic").clone()
    }

    /// The newest `STATUS=`.
    pub fn status(&self) -> String {
        self.said()
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("STATUS=").map(str::to_owned))
            .unwrap_or_default()
    }
}

fn collect(from: impl Read + Send + 'static, said: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            let mut said = said.lock().expect("no panic");
            said.push_str(&line);
            said.push('\n');
        }
    })
}

/// Runs `esi-syncd ARGS` to its end.
pub async fn run(folder: &Path, toml: &str, args: &[&str]) -> Ended {
    Program::start(folder, toml, args).end().await
}

impl Ended {
    /// Fails, and prints the output, unless the program ended with this code.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "wrong exit code; output:\n{}", self.said);
        self
    }

    /// Fails unless the output contains this.
    #[track_caller]
    pub fn contains(&self, what: &str) -> &Self {
        assert!(self.said.contains(what), "no {what:?} in the output:\n{}", self.said);
        self
    }

    /// Fails unless the output contains these texts in this order.
    #[track_caller]
    pub fn in_order(&self, steps: &[&str]) -> &Self {
        let mut rest = self.said.as_str();
        for step in steps {
            let at = rest
                .find(step)
                .unwrap_or_else(|| panic!("{step:?} is missing, or too early:\n{}", self.said));
            rest = &rest[at + step.len()..];
        }
        self
    }
}
