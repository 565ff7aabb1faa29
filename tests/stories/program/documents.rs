//! The documents are true: links have targets, the map names rooms and functions that exist, and the list of
//! datasets and views is complete.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use esi_syncd::datasets;
use esi_syncd::describe::views;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below a folder whose names end like this.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

fn documents() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benches/README.md"]
        .map(|name| root().join(name))
        .into();
    files(&root().join("docs"), ".md", &mut found);
    found
}

/// The anchor that a heading gets on the usual forges.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.trim().to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_anchor(document: &Path, wanted: &str) -> bool {
    read(document).lines().filter(|line| line.starts_with('#')).any(|line| {
        let heading = line.trim_start_matches('#');
        anchor(heading) == wanted
    })
}

#[test]
fn every_link_leads_somewhere() {
    let (mut lost, mut checked) = (Vec::new(), 0);
    for document in documents() {
        let text = read(&document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            checked += 1;
            let (path, wanted) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => document.clone(),
                path => document.parent().expect("a folder").join(path),
            };
            if !target.exists() || !wanted.is_empty() && !has_anchor(&target, wanted) {
                lost.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(lost.is_empty(), "links that lead nowhere:\n{}", lost.join("\n"));
    assert!(checked > 100, "only {checked} links were found");
}

/// What stands between backticks, outside of blocks of code.
fn names(text: &str) -> Vec<&str> {
    text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
}

/// Whether a word occurs right after one of these, as a whole.
fn is_defined(source: &str, before: &[&str], word: &str) -> bool {
    before.iter().any(|keyword| {
        source
            .match_indices(&format!("{keyword} {word}"))
            .any(|(at, all)| !source[at + all.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// Comments in the code count as well, as far as a line has both of a name's backticks.
#[test]
fn every_path_in_documents_and_comments_exists() {
    let (mut lost, mut checked) = (Vec::new(), 0);
    let mut check = |place: &Path, names: Vec<&str>| {
        for name in names {
            let is_ours =
                ["src/", "tests/", "docs/", "migrations/", "systemd/"].iter().any(|at| name.starts_with(at));
            // `<tag>.rs`, `{sqlite,postgres}` and `NAME.sql` stand for several; what has a space is a command.
            if !is_ours || name.contains(['<', '{', '*', ' ']) || name.contains("NAME") {
                continue;
            }
            checked += 1;
            if !root().join(name).exists() {
                lost.push(format!("{}: {name}", place.display()));
            }
        }
    };
    for document in documents() {
        check(&document, names(&read(&document)));
    }
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches"] {
        files(&root().join(folder), ".rs", &mut sources);
    }
    for path in sources {
        for comment in read(&path).lines().filter(|line| line.trim_start().starts_with("//")) {
            check(&path, names(comment));
        }
    }
    assert!(lost.is_empty(), "named, but not there (any more):\n{}", lost.join("\n"));
    assert!(checked > 60, "only {checked} paths were found");
}

#[test]
fn the_map_names_what_is_there() {
    let map = read(&root().join("docs/ARCHITECTURE.md"));
    let mut sources = Vec::new();
    files(&root().join("src"), ".rs", &mut sources);
    let source: String = sources.iter().map(|path| read(path)).collect();
    let mut lost = BTreeSet::new();
    let mut checked = 0;
    for name in names(&map) {
        let found = if let Some(function) = name.strip_suffix("()") {
            let function = function.rsplit("::").next().expect("a name");
            is_defined(&source, &["fn"], function)
        } else if name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphabetic) {
            is_defined(&source, &["struct", "enum", "trait"], name) || name == "Instant"
        } else {
            continue;
        };
        checked += 1;
        if !found {
            lost.insert(name);
        }
    }
    assert!(lost.is_empty(), "docs/ARCHITECTURE.md names what is not there (any more): {lost:#?}");
    assert!(checked > 60, "only {checked} names were found");
}

#[test]
fn the_map_has_every_room() {
    let map = read(&root().join("docs/ARCHITECTURE.md"));
    for entry in std::fs::read_dir(root().join("src")).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("a plain name");
        if !entry.path().is_dir() || name == "bin" {
            continue;
        }
        let heading = format!("\n### `src/{name}/`\n");
        let (_, room) =
            map.split_once(&heading).unwrap_or_else(|| panic!("docs/ARCHITECTURE.md lacks{heading}"));
        let room = room.split("\n#").next().expect("a section");
        for part in ["*Invariant:*", "*Boundary:*"] {
            assert!(room.contains(part), "docs/ARCHITECTURE.md: src/{name} has no {part}");
        }
    }
}

/// A promise names the file or the test that shows it; `some_test_..` is the beginning of a name.
#[test]
fn every_promise_names_tests_that_exist() {
    let promises = read(&root().join("docs/reliability.md"));
    let mut sources = Vec::new();
    for folder in ["tests", "src"] {
        files(&root().join(folder), ".rs", &mut sources);
    }
    let source: String = sources.iter().map(|path| read(path)).collect();
    let is_file = |name: &str| sources.iter().any(|path| path.ends_with(name));
    let (mut lost, mut checked) = (BTreeSet::new(), 0);
    for line in promises.lines().filter(|line| line.starts_with('|')) {
        // The last column.
        let shown = line.trim_end_matches('|').rsplit('|').next().expect("a column");
        // Commands to run stand there too.
        for name in names(shown).into_iter().filter(|name| !name.starts_with("./")) {
            let (beginning, whole) = (name.trim_end_matches('.'), !name.ends_with(".."));
            let found = if Path::new(name).extension().is_some_and(|ending| ending == "rs") {
                is_file(name)
            } else if beginning.contains('/') {
                root().join(name).exists()
            } else if beginning.contains('_')
                && beginning.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            {
                if whole {
                    is_defined(&source, &["fn"], beginning)
                } else {
                    source.contains(&format!("fn {beginning}"))
                }
            } else {
                continue;
            };
            checked += 1;
            if !found {
                lost.insert(name);
            }
        }
    }
    assert!(lost.is_empty(), "docs/reliability.md names tests that are not there (any more): {lost:#?}");
    assert!(checked > 100, "only {checked} names were found");
}

/// `docs/data.md` lists each dataset once, with the mark of those that are off unless the configuration enables them.
#[test]
fn every_dataset_and_view_is_listed() {
    let data = read(&root().join("docs/data.md"));
    let (list, rest) = data.split_once("\n## Views\n").expect("a section of views");
    let mut wrong = Vec::new();
    for dataset in datasets::all() {
        let name = format!("`{}`", dataset.name);
        let off = format!("{name}°");
        let count = |what: &str| {
            list.lines().filter(|l| l.starts_with('|')).map(|l| l.matches(what).count()).sum::<usize>()
        };
        let expected = usize::from(!dataset.enabled);
        if (count(&name), count(&off)) != (1, expected) {
            wrong.push(if dataset.enabled { name } else { off });
        }
    }
    let (list, _) = rest.split_once("\n## ").expect("a section behind the views");
    wrong.extend(views::all().map(|v| format!("`{}`", v.name)).filter(|name| !list.contains(name.as_str())));
    assert!(wrong.is_empty(), "docs/data.md does not list these, or not as they are: {wrong:?}");
}

#[test]
fn the_readme_is_short() {
    let lines = read(&root().join("README.md")).lines().count();
    assert!(lines <= 150, "README.md has {lines} lines; what is more belongs in docs/");
}
