//! Mistakes of an operator: each ends with its own exit code, says what to do, and creates nothing.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use esi_syncd::clock::Clock;
use esi_syncd::sim::Sim;
use tempfile::TempDir;

use crate::support::esi::{only, reader, small, toml};
use crate::support::process::{Program, run};
use crate::support::{self, Db, Kind, on_both};

on_both!(before_there_is_a_database, without_a_contact);

/// Nobody listens on the discard port.
const NOBODY: &str = "http://127.0.0.1:9";

fn files(folder: &Path) -> Vec<String> {
    let all = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        all.map(|f| f.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_unknown_key_is_shown_where_it_stands() {
    let folder = TempDir::new().expect("a folder");
    let text = "[database]\nurl = \"sqlite://esi.db\"\n\n[esi]\n  contakt = \"me@example.org\"\n";
    for args in [&["run"][..], &["sync"], &["status"], &["check"], &["datasets"]] {
        let began = Instant::now();
        let ended = run(folder.path(), text, args).await;
        assert!(began.elapsed() < Duration::from_secs(1), "{args:?} took {:?}", began.elapsed());
        ended.expect(78).contains("config.toml:5:3").contains("^^^^^^^").contains("contact");
        assert_eq!(files(folder.path()), ["config.toml"], "{args:?} created something");
    }
    let missing = ["--config", "no/such.toml", "run"];
    run(folder.path(), "", &missing).await.expect(78).contains("no/such.toml does not exist");
}

async fn before_there_is_a_database(db: &Db) {
    let toml = toml(db.url(), NOBODY, "");
    for args in [["status"], ["prune"]] {
        run(db.folder(), &toml, &args).await.expect(1).contains("`esi-syncd sync` creates");
    }
    run(db.folder(), &toml, &["check"]).await.contains("database").contains("fail  ESI");
    let datasets = run(db.folder(), &toml, &["datasets", "--json"]).await;
    let list: serde_json::Value = serde_json::from_str(&datasets.expect(0).said).expect("JSON");
    for dataset in list.as_array().expect("a list") {
        for key in ["name", "operation", "tables", "enabled"] {
            assert!(!dataset[key].is_null(), "{key} is missing in {dataset}");
        }
    }
    run(db.folder(), &toml, &["schema"])
        .await
        .expect(0)
        .contains("CREATE TABLE sync_targets")
        .contains("market_orders");
    run(db.folder(), &toml, &["schema", "--dialect", "postgres", "market_orders"])
        .await
        .expect(0)
        .contains("BIGINT");
    run(db.folder(), &toml, &["schema", "market_order"])
        .await
        .expect(1)
        .contains("did you mean `market_orders`?");
    assert_eq!(files(db.folder()), ["config.toml"], "something was created");
    if db.kind == Kind::Postgres {
        let store = reader(db).await;
        let tables = "SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = 'public'";
        assert_eq!(support::esi::number(&store, tables).await, 0, "tables were created");
        store.close().await;
    }
}

async fn without_a_contact(db: &Db) {
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let text = toml(db.url(), &sim.base_url(), &only(&["incursions"]));
    let text = text.replace("contact = \"story@example.org\"\n", "");
    let ended = run(db.folder(), &text, &["sync", "incursions"]).await;
    ended.expect(0).contains("WARN").contains("contact = \"you@example.org\"");
    run(db.folder(), &text, &["status"]).await.expect(0).contains("contact = \"you@example.org\"");
    run(db.folder(), &text, &["check"]).await.expect(0).contains("warn  configuration");
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_a_missing_permission() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("file"), "in the way").expect("written");
    let url = format!("sqlite://{}", folder.path().join("file/esi.db").display());
    for args in [&["run"][..], &["sync"]] {
        let ended = run(folder.path(), &toml(&url, NOBODY, ""), args).await;
        ended.expect(77).contains("file");
    }
}

/// As another user, where we may become one: a folder, and a database, that are only for reading.
#[tokio::test]
async fn a_folder_of_somebody_else_is_a_missing_permission() {
    let folder = TempDir::new().expect("a folder");
    let may_become = Command::new("setpriv").args(["--reuid=65534", "true"]).status();
    if !may_become.is_ok_and(|status| status.success()) {
        println!("skipped: not root, or no setpriv here");
        return;
    }
    let program = folder.path().join("esi-syncd");
    std::fs::copy(env!("CARGO_BIN_EXE_esi-syncd"), &program).expect("copied");
    let open = Command::new("chmod").arg("755").arg(folder.path()).arg(&program).status();
    assert!(open.expect("chmod runs").success());
    let url = format!("sqlite://{}", folder.path().join("esi.db").display());
    std::fs::write(folder.path().join("config.toml"), toml(&url, NOBODY, "")).expect("written");
    let as_other = || {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program).arg("run");
        command.current_dir(folder.path());
        command
    };
    Program::spawn(&mut as_other()).end().await.expect(77).contains("ermission denied");
    // A database that is there, its lock writable by all, the file itself not.
    let db = support::Db::create(Kind::Sqlite).await.expect("a database");
    db.open().await.close().await;
    for name in files(db.folder()) {
        std::fs::copy(db.folder().join(&name), folder.path().join(&name)).expect("copied");
    }
    let lock = folder.path().join("esi.db.lock");
    assert!(Command::new("chmod").arg("666").arg(&lock).status().expect("chmod runs").success());
    Program::spawn(&mut as_other()).end().await.expect(77);
}

#[tokio::test]
async fn postgres_that_refuses_says_why() {
    let Some(db) = Db::create(Kind::Postgres).await else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    let folder = TempDir::new().expect("a folder");
    let absent = format!("{}_absent", db.url());
    run(folder.path(), &toml(&absent, NOBODY, ""), &["sync"]).await.expect(77).contains("does not exist");
    let mut stranger = url::Url::parse(db.url()).expect("a URL");
    stranger.set_username("nobody_we_know").expect("set");
    let ended = run(folder.path(), &toml(stranger.as_str(), NOBODY, ""), &["run"]).await;
    ended.expect(77).contains("nobody_we_know");
    let mut silent = url::Url::parse(db.url()).expect("a URL");
    silent.set_port(Some(9)).expect("set");
    let began = Instant::now();
    let ended = run(folder.path(), &toml(silent.as_str(), NOBODY, ""), &["sync"]).await;
    ended.expect(1).contains("not available");
    assert!(began.elapsed() < Duration::from_secs(12), "took {:?}", began.elapsed());
    run(folder.path(), &toml(silent.as_str(), NOBODY, ""), &["check"])
        .await
        .expect(1)
        .contains("fail  database");
    db.remove().await;
}

/// A password travels in the URL alone: no log at its loudest, no status, no argument list shows it.
#[tokio::test]
async fn no_password_is_ever_shown() {
    const CANARY: &str = "canary-7f3e";
    let Some(db) = Db::create(Kind::Postgres).await else {
        println!("skipped: ESI_TEST_PG=skip");
        return;
    };
    let sim = Sim::start(small(), Clock::system()).await.expect("a port");
    let mut url = url::Url::parse(db.url()).expect("a URL");
    url.set_password(Some(CANARY)).expect("set");
    let mut text = toml(url.as_str(), &sim.base_url(), &only(&["incursions", "server_status"]));
    text.push_str(
        "[log]\nlevel = \"trace,sqlx=trace,hyper=trace,reqwest=trace,h2=trace,tokio_cron_scheduler=trace\"\n",
    );
    let mut said = String::new();
    let mut daemon = Program::start(db.folder(), &text, &["run"]);
    daemon.says("stored").await;
    let arguments = std::fs::read(format!("/proc/{}/cmdline", daemon.pid())).expect("running");
    said.push_str(&String::from_utf8_lossy(&arguments));
    for args in [&["status"][..], &["status", "--json"], &["check"], &["datasets"], &["sync"]] {
        said.push_str(&run(db.folder(), &text, args).await.said);
    }
    daemon.signal("TERM");
    said.push_str(&daemon.end().await.expect(0).said);
    for (user, port) in [("nobody_we_know", None), ("postgres", Some(9))] {
        let mut wrong = url.clone();
        wrong.set_username(user).expect("set");
        wrong.set_port(port.or(url.port())).expect("set");
        let text = text.replace(url.as_str(), wrong.as_str());
        for args in [&["sync"][..], &["status"], &["check"]] {
            said.push_str(&run(db.folder(), &text, args).await.said);
        }
    }
    said.push_str(
        &run(db.folder(), &text.replace("[esi]", "[esi]\nurl = 1"), &["run"]).await.expect(78).said,
    );
    assert!(said.contains("TRACE") && said.contains("rows_affected"), "trace was on, that of sqlx too");
    let shown: Vec<&str> = said.lines().filter(|l| l.contains(CANARY)).collect();
    assert!(shown.is_empty(), "{shown:#?}");
    let store = reader(&db).await;
    for table in ["sync_instance", "sync_targets"] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table} AS t WHERE t::text LIKE '%{CANARY}%'");
        assert_eq!(support::esi::number(&store, &sql).await, 0, "{table}");
    }
    store.close().await;
    db.remove().await;
}
