//! Lists the files of the schema: numbered migrations by dialect and set, and views. To add one, put it into its folder.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest's folder"));
    let migrations = root.join("migrations");
    let mut code = String::new();
    for dialect in ["sqlite", "postgres"] {
        for set in ["public", "private"] {
            let constant = format!("{dialect}_{set}").to_uppercase();
            let _ = writeln!(code, "pub(super) static {constant}: &[Migration] = &[");
            for (name, path) in files(&migrations.join(dialect).join(set)) {
                let (version, name) = name.split_once('_').expect("a migration is named like 0001_what.sql");
                let version: i64 = version.parse().expect("a migration's name starts with a number");
                let _ = writeln!(
                    code,
                    "    Migration {{ version: {version}, name: {name:?}, sql: include_str!({path:?}) }},"
                );
            }
            code.push_str("];\n");
        }
    }
    code.push_str("pub(super) static VIEWS: &[(&str, &str)] = &[\n");
    for (name, path) in files(&migrations.join("views")) {
        let _ = writeln!(code, "    ({name:?}, include_str!({path:?})),");
    }
    code.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo sets the output folder");
    fs::write(Path::new(&out).join("migrations.rs"), code).expect("the output folder is writable");
}

/// The SQL files of a folder, sorted: their names without the ending, and their paths.
fn files(folder: &Path) -> Vec<(String, String)> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_str().expect("a plain name").to_owned();
            (name, path.display().to_string())
        })
        .collect();
    files.sort();
    files
}
