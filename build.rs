//! Lists the migration files, so that adding one is dropping a file into each dialect's folder.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets the manifest's folder");
    let mut code = String::new();
    for dialect in ["sqlite", "postgres"] {
        let folder = Path::new(&root).join("migrations").join(dialect);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<String> = fs::read_dir(&folder)
            .expect("the folder of migrations is there")
            .map(|entry| entry.expect("a readable entry").file_name().into_string().expect("a plain name"))
            .filter(|name| Path::new(name).extension().is_some_and(|e| e == "sql"))
            .collect();
        files.sort();
        let constant = dialect.to_uppercase();
        let _ = writeln!(code, "pub(super) static {constant}: &[(i64, &str, &str)] = &[");
        for file in files {
            let (version, name) = file
                .trim_end_matches(".sql")
                .split_once('_')
                .expect("a migration is named like 0001_what.sql");
            let version: i64 = version.parse().expect("a migration's name starts with a number");
            let path = folder.join(&file);
            let path = path.display().to_string();
            let _ = writeln!(code, "    ({version}, {name:?}, include_str!({path:?})),");
        }
        code.push_str("];\n");
    }
    let out = env::var("OUT_DIR").expect("cargo sets the output folder");
    fs::write(Path::new(&out).join("migrations.rs"), code).expect("the output folder is writable");
}
