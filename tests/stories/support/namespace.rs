//! A mount namespace for one test, in which it may mount a small disk and fill it.
//!
//! A process can only enter a namespace with `unsafe` code, which this project forbids. So the test runs itself again under
//! `unshare`. This works as root where mounting is allowed, and as another user where unprivileged users may have
//! namespaces. Elsewhere the test reports on standard error that it is left out.

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Marks the inner run; its value says whether root is only a mapped user.
const MARK: &str = "ESI_TEST_NAMESPACE";
const WAYS: [(&str, &[&str]); 2] =
    [("root", &["--mount"]), ("mapped", &["--user", "--map-root-user", "--mount"])];

/// True inside the namespace. Outside, this runs the test of this name again inside one, and returns false. `module` is
/// the test's `module_path!()`.
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
            "LEFT OUT: {test}: it needs to mount a tmpfs; allow `unshare --mount` as root, or user namespaces"
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
    assert!(done.status.success(), "the test failed in its namespace:\n{said}");
    assert!(said.contains("1 passed"), "there is no test {name}:\n{said}");
    print!("{said}");
    false
}

/// Whether this process is root only inside a user namespace.
pub fn is_mapped() -> bool {
    std::env::var(MARK).is_ok_and(|kind| kind == "mapped")
}

/// Prints a line even if the test passes.
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
    /// Mounts a disk of `mib` MiB at this folder.
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

    /// Fills it, except for this many bytes.
    pub fn fill(&self, but_for: u64) {
        let mut file = std::fs::File::create(self.ballast()).expect("a file");
        let block = vec![1; 64 * 1024];
        while file.write(&block).is_ok_and(|written| written > 0) {}
        let full = file.metadata().expect("known").size();
        file.set_len(full.checked_sub(but_for).expect("more than that")).expect("cut");
    }

    /// Frees the filled space.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).expect("removed");
    }
}
