//! What others put around the program: variables of a container platform, shells that were not asked, files that are no
//! configuration. It starts, or it says what to do.

use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::process::{Ended, Program};

const PLAIN: &str = "[database]\nurl = \"sqlite://esi.db\"\n[esi]\ncontact = \"me@example.org\"\n";

async fn in_folder(folder: &TempDir, toml: &str, args: &[&str], env: &[(&str, &str)]) -> Ended {
    std::fs::write(folder.path().join("config.toml"), toml).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_esi-syncd"));
    command.args(args).current_dir(folder.path()).envs(env.iter().copied()).stdin(Stdio::null());
    let ended = Program::spawn(&mut command).end().await;
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 1, "something was created: {}", ended.said);
    ended
}

async fn ask(toml: &str, args: &[&str], env: &[(&str, &str)]) -> Ended {
    in_folder(&TempDir::new().expect("a folder"), toml, args, env).await
}

/// A pod beside a service called `esi-syncd`.
#[tokio::test]
async fn service_links_are_no_settings() {
    let links = [
        ("ESI_SYNCD_PORT", "tcp://10.96.0.12:9150"),
        ("ESI_SYNCD_PORT_9150_TCP", "tcp://10.96.0.12:9150"),
        ("ESI_SYNCD_PORT_9150_TCP_ADDR", "10.96.0.12"),
        ("ESI_SYNCD_PORT_9150_TCP_PORT", "9150"),
        ("ESI_SYNCD_PORT_9150_TCP_PROTO", "tcp"),
        ("ESI_SYNCD_SERVICE_HOST", "10.96.0.12"),
        ("ESI_SYNCD_SERVICE_PORT", "9150"),
        ("ESI_SYNCD_SERVICE_PORT_METRICS", "9150"),
    ];
    let check = ask(PLAIN, &["check"], &links).await;
    check.contains("warn  configuration  ignored the variable ESI_SYNCD_PORT and 7 more");
    assert_eq!(check.said.matches("ESI_SYNCD_").count(), 1, "one line: {}", check.said);
    ask(PLAIN, &["datasets"], &links).await.expect(0);
    for (typo, meant) in [
        ("ESI_SYNCD_ESI__CONTCAT", "ESI_SYNCD_ESI__CONTACT"),
        ("ESI_SYNCD_SHUTDOWN_GRACES", "ESI_SYNCD_SHUTDOWN_GRACE"),
        ("ESI_SYNCD_DATABSE__URL", "ESI_SYNCD_DATABASE__URL"),
    ] {
        let ended = ask(PLAIN, &["datasets"], &[(typo, "x")]).await;
        ended.expect(78).contains(&format!("did you mean `{meant}`?"));
    }
    ask(PLAIN, &["datasets"], &[("ESI_SYNCD_DATABASE_URL", "sqlite://x.db")])
        .await
        .expect(78)
        .contains("two underscores")
        .contains("ESI_SYNCD_DATABASE__URL");
}

#[tokio::test]
async fn a_path_that_only_a_shell_understands_is_refused() {
    for (url, says) in [
        ("sqlite://~/esi.db", "`~` is replaced by shells only"),
        ("sqlite://$HOME/esi.db", "`$` and a name are replaced by shells only"),
        ("sqlite:///data/${USER}/esi.db", "`$` and a name are replaced by shells only"),
        ("sqlite://esi.db\\n", "a line end or another control character"),
        ("sqlite:///data\\r/esi.db", "a line end or another control character"),
        ("sqlite://esi.db ", "begins or ends with a blank"),
        ("sqlite:// esi.db", "begins or ends with a blank"),
        ("sqlite:///data/", "names a folder"),
        ("postgres://me@host/esi\\n", "a line end or another control character"),
    ] {
        let text = format!("[database]\nurl = \"{url}\"\n");
        for args in [&["check"][..], &["sync"], &["run"]] {
            ask(&text, args, &[]).await.expect(78).contains(says);
        }
        let env = url.replace("\\n", "\n").replace("\\r", "\r");
        ask("", &["check"], &[("ESI_SYNCD_DATABASE__URL", &env)]).await.expect(78).contains(says);
    }
    ask("sso.client_secret_file = \"~/secret\"", &["check"], &[]).await.expect(78).contains("`~`");
    ask("[database]\nurl = \"sqlite://my data/it's $5.db\"\n", &["datasets"], &[]).await.expect(0);
}

#[tokio::test]
async fn an_address_with_a_secret_is_refused_without_showing_it() {
    for (url, says) in [
        ("sqlite://user:canary@host/esi.db", "has no user and no password"),
        ("sqlite://canary@host/esi.db", "has no user and no password"),
        ("sqlite:///user:ca/canary@host/esi.db", "has no user and no password"),
        ("sqlite://esi.db?password=canary", "takes no parameters"),
        ("postgres://me@127.0.0.1:9/esi?sslmodus=canary", "did you mean `sslmode`?"),
        ("postgres://me@127.0.0.1:9/esi?pasword=canary", "did you mean `password`?"),
        ("postgres://me@127.0.0.1:9/esi?canary", "known are sslmode, "),
        ("postgres://me@127.0.0.1:9/esi?connect_timeout=canary", "a parameter that is not known"),
        ("postgres://me@127.0.0.1:9/esi?sslmode=canary", "one of disable, allow, prefer"),
        ("postgres://me@127.0.0.1:9/esi?port=canary", "a number"),
    ] {
        let text = format!("[log]\nlevel = \"trace\"\n[database]\nurl = \"{url}\"\n");
        for (text, env) in [(text.as_str(), &[][..]), ("", &[("ESI_SYNCD_DATABASE__URL", url)])] {
            let ended = ask(text, &["sync"], env).await;
            ended.expect(78).contains(says).contains("<hidden>");
            assert!(!ended.said.contains("canary"), "{url}: {}", ended.said);
        }
    }
}

#[tokio::test]
async fn a_bad_rate_is_one_mistake() {
    for rate in ["0", "\"fast\"", "5000"] {
        let ended = ask(&format!("[esi]\nmax_rate = {rate}\nbackfill_rate = 50\n"), &["check"], &[]).await;
        ended.expect(78).contains("max_rate: ");
        assert!(!ended.said.contains(": backfill_rate"), "{}", ended.said);
    }
    let slow = ask("[esi]\nmax_rate = 5\nbackfill_rate = 50\n", &["check"], &[]).await;
    slow.expect(78).contains("up to max_rate, which is 5");
}

/// Files that are no configuration: told in a moment, in a few lines, without filling the memory.
#[tokio::test]
async fn what_is_too_much_is_told_quickly() {
    let list = |of: &mut dyn FnMut(&mut String, usize), n: usize| {
        let mut text = String::new();
        (0..n).for_each(|i| of(&mut text, i));
        text
    };
    let keys = |n| list(&mut |text, i| writeln!(text, "key_{i} = {i}").expect("written"), n);
    let numbers = |n| list(&mut |text, i| write!(text, "{},", 10_000_000 + i).expect("written"), n);
    let long = "x".repeat(200_000);
    for (what, text, says) in [
        ("700,000 keys", keys(700_000), "larger than 1024 KiB"),
        ("40,000 keys", keys(40_000), "40000 keys stand here"),
        ("900 keys", keys(900), "and 880 more mistakes"),
        (
            "300,000 regions",
            format!("datasets.market_orders.regions = [{}]", numbers(300_000)),
            "larger than",
        ),
        (
            "100,000 regions",
            format!("datasets.market_orders.regions = [{}]", numbers(100_000)),
            "100000 regions",
        ),
        ("a value of 10 MB", format!("esi.contact = \"{}\"", long.repeat(50)), "larger than"),
        ("a value of 200 KB", format!("esi.contact = \"{long}\""), "a text of 200000 bytes"),
        ("a key of 200 KB", format!("{long} = 1"), "unknown key `xxx"),
        ("a word of 200 KB", format!("esi.timeout = \"{}\"", &long[..4_000]), "is not a duration"),
        ("a line of 200 KB", format!("esi.contact = {long}"), "config.toml:1:"),
    ] {
        let began = Instant::now();
        let ended = ask(&text, &["check"], &[]).await;
        let took = began.elapsed();
        ended.expect(78).contains(says);
        assert!(took < Duration::from_secs(5), "{what} took {took:?}");
        assert!(ended.said.len() < 10_000, "{what}: {} bytes were said", ended.said.len());
    }
    let folder = TempDir::new().expect("a folder");
    let device = ["--config", "/dev/zero", "check"];
    in_folder(&folder, "", &device, &[]).await.expect(78).contains("larger than");
}

#[tokio::test]
async fn settings_that_do_nothing_yet_are_warned_of() {
    let text = format!("{PLAIN}[http]\nlisten = \"127.0.0.1:9150\"\n[sso]\nclient_id = \"abc\"\n");
    let check = ask(&text, &["check"], &[]).await;
    check.contains("[http] listen = \"127.0.0.1:9150\" does nothing yet").contains("[sso] does nothing yet");
    let quiet = ask(PLAIN, &["check"], &[]).await;
    assert!(!quiet.said.contains("does nothing yet"), "{}", quiet.said);
}
