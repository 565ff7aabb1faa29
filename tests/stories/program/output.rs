//! What is printed decides nothing: not whether a pass ends well, and not what its exit code is.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::process::{Command, Output, Stdio};

use esi_syncd::clock::Clock;
use esi_syncd::datasets;
use esi_syncd::sim::{Fault, FaultKind as Trouble, Sim};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::esi::{only, reader, small, toml};
use crate::support::process::{Program, run};
use crate::support::{Db, on_both};

on_both!(a_pass_into_a_closed_pipe_ends_in_order, json_has_a_version);

const DOCUMENT: &str = include_str!("../../../docs/cli.md");

/// The reading end of this pipe is gone.
fn closed_pipe() -> Stdio {
    let (reads, writes) = std::io::pipe().expect("a pipe");
    drop(reads);
    writes.into()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn command(folder: &std::path::Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic")
}

async fn a_pass_into_a_closed_pipe_ends_in_order(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    sim.fault(Fault::on("/incursions").with(Trouble::status(500)));
    let text = toml(db.url(), &sim.base_url(), &only(&["market_prices", "incursions"]));
    std::fs::write(db.folder().join("config.toml"), text).expect("written");
    for (args, code) in
        [(["sync", "market_prices"], 0), (["sync", "market_prices"], 0), (["sync", "incursions"], 1)]
    {
        let mut pass = command(db.folder(), &args);
        pass.stdout(closed_pipe());
        let ended = output(pass).await;
        assert_eq!(ended.status.code(), Some(code), "{args:?}: {}", said(&ended));
        let store = reader(db).await;
        let instance = store.instance().await.expect("reads").expect("it ran");
        assert!(instance.stopped_at.is_some(), "{args:?} left the database as a killed process does");
        store.close().await;
    }
}

#[tokio::test]
async fn output_that_cannot_be_written_is_a_failure_with_a_reason() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("config.toml"), "[esi]\ncontact = \"me@example.org\"\n")
        .expect("written");
    for args in [
        &["datasets"][..],
        &["datasets", "--json"],
        &["schema"],
        &["spec", "coverage"],
        &["--help"],
        &["--version"],
    ] {
        let mut full = command(folder.path(), args);
        full.stdout(File::options().write(true).open("/dev/full").expect("Linux has it"));
        let ended = output(full).await;
        assert_eq!(ended.status.code(), Some(1), "{args:?}: {}", said(&ended));
        assert!(said(&ended).contains("standard output could not be written"), "{args:?}: {}", said(&ended));
        let mut closed = command(folder.path(), args);
        closed.stdout(closed_pipe());
        let ended = output(closed).await;
        assert_eq!(ended.status.code(), Some(0), "{args:?}: {}", said(&ended));
    }
    let ended = output(command(folder.path(), &["nosuch"])).await;
    assert_eq!(ended.status.code(), Some(2), "a wrong command line: {}", said(&ended));
    for args in [["schema", "--dialect", "postgresql"], ["schema", "--format", "md"]] {
        assert_eq!(output(command(folder.path(), &args)).await.status.code(), Some(0), "{args:?}");
    }
}

async fn json_has_a_version(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let url = sim.base_url();
    let text = toml(db.url(), &url, &only(&["market_prices", "incursions"]));
    sim.fault(Fault::on("/incursions").with(Trouble::status(500)));
    let ask = async |args: &[&str], code: i32| -> Value {
        std::fs::write(db.folder().join("config.toml"), &text).expect("written");
        let mut command = command(db.folder(), args);
        command.stdout(Stdio::piped());
        let ended = output(command).await;
        assert_eq!(ended.status.code(), Some(code), "{args:?}: {}", said(&ended));
        let json: Value = serde_json::from_slice(&ended.stdout)
            .unwrap_or_else(|e| panic!("{args:?}: {e}: {}", said(&ended)));
        let first = json.get(0).unwrap_or(&json);
        assert_eq!(first["format_version"], 1, "{args:?}: {first}");
        documented(&json);
        json
    };
    let sync = ask(&["sync", "--json"], 1).await;
    assert_eq!((&sync["exit_code"], &sync["stopped"]), (&Value::from(1), &Value::from(false)), "{sync}");
    let of = |name: &str| {
        let all = sync["datasets"].as_array().expect("a list");
        all.iter().find(|d| d["dataset"] == name).unwrap_or_else(|| panic!("no {name} in {sync}")).clone()
    };
    assert!(of("market_prices")["rows_written"].as_u64() > Some(0) && of("market_prices")["error"].is_null());
    assert!(of("incursions")["error"].as_str().is_some_and(|e| e.contains("500")), "{sync}");
    let check = ask(&["check", "--json"], 0).await;
    let checks = check["checks"].as_array().expect("a list");
    assert!(checks.iter().any(|c| c["what"] == "database" && c["level"] == "ok"), "{check}");
    for args in [&["status", "--json"][..], &["plan", "--json"], &["datasets", "--json"]] {
        ask(args, 0).await;
    }
    let missing = ask(&["sync", "nosuch", "--json"], 1).await;
    assert!(missing["error"].as_str().is_some_and(|e| e.contains("nosuch")), "{missing}");
}

/// Every key has its place in the documentation.
fn documented(json: &Value) {
    match json {
        Value::Array(all) => all.iter().for_each(documented),
        Value::Object(keys) => {
            for (key, value) in keys {
                let named = [format!("`{key}`"), format!("\"{key}\"")];
                assert!(
                    named.iter().any(|name| DOCUMENT.contains(name)),
                    "docs/cli.md does not know {key}: {json}"
                );
                documented(value);
            }
        }
        _ => {}
    }
}

/// What a terminal of this size shows of a command.
fn on_terminal(folder: &std::path::Path, args: &[&str], size: (u16, u16), env: &[(&str, &str)]) -> String {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&ours).expect("granted");
    unlockpt(&ours).expect("unlocked");
    let name = ptsname(&ours, Vec::new()).expect("a name");
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("opens");
    let (columns, rows) = size;
    tcsetwinsize(&theirs, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })
        .expect("sized");
    let end = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("a second handle"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.args(args).current_dir(folder).env_remove("COLUMNS").env_remove("NO_COLOR").env("TERM", "xterm");
    command.envs(env.iter().copied()).stdin(Stdio::null()).stdout(end(&theirs)).stderr(end(&theirs));
    let mut child = command.spawn().expect("it starts");
    drop((command, theirs));
    let mut shown = Vec::new();
    let mut ours = File::from(ours);
    let mut some = [0; 4096];
    // The end of a terminal is an error.
    while let Ok(read) = ours.read(&mut some) {
        shown.extend_from_slice(&some[..read]);
    }
    child.wait().expect("it ends");
    String::from_utf8_lossy(&shown).replace("\r\n", "\n")
}

#[tokio::test]
async fn names_are_whole_on_every_terminal() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("config.toml"), "[esi]\ncontact = \"me@example.org\"\n")
        .expect("written");
    for (size, env) in [
        ((0, 0), &[][..]),
        ((0, 0), &[("COLUMNS", "100")]),
        ((40, 20), &[]),
        ((200, 50), &[("COLUMNS", "60")]),
        ((120, 30), &[("COLUMNS", "0")]),
    ] {
        let shown = on_terminal(folder.path(), &["datasets"], size, env);
        for dataset in datasets::all() {
            assert!(shown.contains(dataset.name), "{} is broken at {size:?} {env:?}:\n{shown}", dataset.name);
            assert!(shown.contains(&dataset.operation()), "{} at {size:?}:\n{shown}", dataset.operation());
        }
    }
    let lines =
        |size, env: &[(&str, &str)]| on_terminal(folder.path(), &["datasets"], size, env).lines().count();
    assert!(lines((0, 0), &[("COLUMNS", "100")]) > lines((0, 0), &[]), "COLUMNS makes prose wrap");
    assert!(lines((250, 50), &[("COLUMNS", "100")]) > lines((250, 50), &[]), "and wins over the terminal");
}

#[tokio::test]
async fn no_color_holds_for_log_lines() {
    let db = Db::create(crate::support::Kind::Sqlite).await.expect("never skipped");
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["incursions"]));
    std::fs::write(db.folder().join("config.toml"), format!("{text}[sso]\nclient_id = \"x\"\n"))
        .expect("written");
    let folder = db.folder().to_owned();
    let shown = tokio::task::spawn_blocking(move || {
        let args = ["sync", "incursions"];
        let plain = on_terminal(&folder, &args, (100, 30), &[("NO_COLOR", "1")]);
        (plain, on_terminal(&folder, &args, (100, 30), &[]))
    });
    let (plain, coloured) = shown.await.expect("no panic");
    let warning =
        |shown: &str| shown.lines().find(|l| l.contains("[sso]")).map(str::to_owned).expect("a warning");
    assert!(warning(&coloured).contains("\u{1b}[33m"), "{coloured:?}");
    assert!(!warning(&plain).contains("\u{1b}[33m"), "{plain:?}");
    db.remove().await;
}

/// The reader of a pass's summary takes its time; the database is free meanwhile.
#[tokio::test]
async fn nobody_waits_for_the_reader_of_a_summary() {
    Db::run(crate::support::Kind::Sqlite, async |db: &Db| {
        let sim = Sim::start(small(), Clock::system()).await.expect("a port");
        let text = toml(db.url(), &sim.base_url(), &only(&["market_prices"]));
        run(db.folder(), &text, &["sync", "market_prices"]).await.expect(0);
        let ended = Program::start(db.folder(), &text, &["sync", "market_prices"]).end().await;
        ended.expect(0).contains("nothing to do before");
    })
    .await;
}
