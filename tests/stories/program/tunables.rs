//! The shipped `config.toml`, read with the real declarations.

use esi_syncd::config;
use esi_syncd::config::{Config, ConfigSource};
use esi_syncd::datasets;

fn load(source: &ConfigSource) -> Config {
    config::load(source, std::iter::empty(), &datasets::supported()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_shipped_configuration_says_nothing_but_the_defaults() {
    let text = include_str!("../../../config.toml").to_owned();
    let shipped = load(&ConfigSource { name: "config.toml".to_owned(), text });
    assert_eq!(shipped, load(&ConfigSource::built_in()));
    assert_eq!(shipped.datasets.len(), datasets::all().count());
}

#[test]
fn the_shipped_configuration_shows_every_dataset() {
    let text = include_str!("../../../config.toml");
    let missing: Vec<&str> = datasets::all()
        .map(|d| d.name)
        .filter(|name| !text.contains(&format!("\n[datasets.{name}]\n")))
        .collect();
    assert!(missing.is_empty(), "config.toml has no section for {missing:?}");
}
