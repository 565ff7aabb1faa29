//! A mount namespace of a test's own, in which it may mount a small disk and fill it.
//!
//! A process cannot enter a namespace without code that this project does not allow itself, so the test runs itself
//! again under `unshare`. As root this works wherever mounting is allowed; elsewhere where unprivileged users may have
//! namespaces. Where neither is so, the test says on standard error that it is left out.

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Tells the inner run that it is one, and whether its root is only a mapped user.
const MARK: &str = "ESI_TEST_NAMESPACE";
const WAYS: [(&str, &[&str]); 2] =
    [("root", &["--mount"]), ("mapped", &["--user", "--map-root-user", "--mount"])];

/// True in a namespace of its own. Outside of one, this runs the test of this name again inside, and is false.
/// `module` is the test's `module_path!()`.
pub fn inside(module: &str, test: &str) -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let mounts = |args: &[&str]| {
        let tried =
            Command::new("unshare").args(args).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
        tried.is_ok_and(|done| done.status.success())
    };
    let Some((kind, args)) = WAYS.into_iter().find(|(_, args)| mounts(args)) else {
        say(&format!(
            "LEFT OUT: {test}: nobody may mount a tmpfs here (`unshare --mount` as root, or with user namespaces)"
        ));
        return false;
    };
    let this = std::env::current_exe().expect("this test");
    let (_program, module) = module.split_once("::").expect("tests are in modules of the test program");
    let name = format!("{module}::{test}");
    let done = Command::new("unshare")
        .args(args)
        .arg(this)
        .args(["--exact", &name, "--nocapture"])
        .env(MARK, kind)
        .output()
        .expect("unshare runs");
    let said = words(&done);
    assert!(done.status.success(), "in a namespace of its own:\n{said}");
    assert!(said.contains("1 passed"), "no such test: {name}:\n{said}");
    print!("{said}");
    false
}

/// Whether we are root only in a namespace, where everybody else is nobody.
pub fn is_mapped() -> bool {
    std::env::var(MARK).is_ok_and(|kind| kind == "mapped")
}

/// Says something even if the test passes.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn words(done: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    format!("{out}{err}")
}

/// A small disk.
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts one of so many MiB at this folder.
    pub fn mount(at: &Path, mib: u32) -> Self {
        std::fs::create_dir_all(at).expect("created");
        let size = format!("size={mib}m,mode=0755");
        let done = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output();
        let done = done.expect("mount runs");
        assert!(done.status.success(), "{}", words(&done));
        Self(at.to_owned())
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Fills it but for so many bytes.
    pub fn fill(&self, but_for: u64) {
        let mut file = std::fs::File::create(self.ballast()).expect("a file");
        let block = vec![1; 64 * 1024];
        while file.write(&block).is_ok_and(|written| written > 0) {}
        let full = file.metadata().expect("known").size();
        file.set_len(full.checked_sub(but_for).expect("more than that")).expect("cut");
    }

    /// Makes room again.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("removed");
    }
}
