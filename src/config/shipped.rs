//! The shipped `config.toml` documents every key with its default; these tests keep that true.

use super::*;

const SHIPPED: &str = include_str!("../../config.toml");

fn read(text: &str) -> Result<Config, ConfigError> {
    let source = ConfigSource { name: "config.toml".to_owned(), text: text.to_owned() };
    load(&source, std::iter::empty(), &crate::datasets::supported())
}

/// The shipped file with every `# key = default` line uncommented.
fn uncommented() -> String {
    let setting = |line: &str| {
        let (key, _) = line.strip_prefix("# ")?.split_once(" = ")?;
        key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then(|| line[2..].to_owned())
    };
    SHIPPED.lines().map(|line| setting(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

#[test]
fn the_shipped_file_says_nothing_but_the_defaults() {
    let defaults = read("").expect("the built-in defaults");
    assert_eq!(read(SHIPPED).unwrap_or_else(|error| panic!("{error}")), defaults);
    assert_eq!(read(&uncommented()).unwrap_or_else(|error| panic!("{error}")), defaults);
}

/// The readers know which keys there are: each is asked by way of a key that cannot exist.
#[test]
fn every_key_is_documented() {
    let document: toml::Table = uncommented().parse().expect("TOML");
    let mut checked = 0;
    let mut check = |place: &str, table: &toml::Table| {
        let inline = if place.is_empty() { "zzz = 1".to_owned() } else { format!("[{place}]\nzzz = 1") };
        let Err(ConfigError::Invalid { problems, .. }) = read(&inline) else {
            panic!("`zzz` is no key of [{place}]")
        };
        for key in &problems[0].valid {
            assert!(table.contains_key(key), "config.toml does not document `{key}` of [{place}]");
            checked += 1;
        }
    };
    check("", &document);
    for (name, section) in &document {
        let Some(section) = section.as_table() else { continue };
        check(name, section);
        for (inner, dataset) in section.iter().filter(|_| name == "datasets") {
            check(&format!("datasets.{inner}"), dataset.as_table().expect("a section"));
        }
    }
    assert!(checked > 45, "only {checked} keys were checked");
}
