//! `datasets`: what there is to copy.

use serde_json::json;

use super::Exit;
use super::say::{self, say};
use super::table::table;
use crate::config::{Config, Every, RegionRef, Regions};
use crate::datasets;
use crate::declare::{Class, Dataset};
use crate::describe::catalog;

pub(super) fn datasets(config: &Config, as_json: bool) -> Exit {
    if as_json {
        let all: Vec<_> = datasets::all().map(|d| describe(config, d)).collect();
        say::json(all.into());
        return Exit::Fine;
    }
    let mut out = table(&["dataset", "on", "asked", "operation", "what it is"], &[4]);
    for dataset in datasets::all() {
        out.add_row([
            dataset.name.to_owned(),
            if enabled(config, dataset) { "yes" } else { "no" }.to_owned(),
            cadence(config, dataset),
            dataset.operation(),
            dataset.doc.to_owned(),
        ]);
    }
    say!("{out}");
    say!(
        "Change any of them under [datasets.NAME] in config.toml: enabled, every, and the dataset's own keys."
    );
    Exit::Fine
}

fn enabled(config: &Config, dataset: &Dataset) -> bool {
    config.datasets.get(dataset.name).is_some_and(|s| s.enabled)
}

fn cadence(config: &Config, dataset: &Dataset) -> String {
    match config.datasets.get(dataset.name).map(|s| &s.every) {
        None | Some(Every::Expires) => catalog::cadence(dataset),
        Some(Every::After(every)) => format!("every {}", humantime::format_duration(*every)),
        Some(Every::Cron(line)) => format!("cron {line}"),
    }
}

fn describe(config: &Config, dataset: &Dataset) -> serde_json::Value {
    let settings = config.datasets.get(dataset.name);
    let regions = settings.and_then(|s| s.regions.as_ref()).map(|regions| match regions {
        Regions::All => json!("all"),
        Regions::List(list) => list
            .iter()
            .map(|region| match region {
                RegionRef::Id(id) => json!(id),
                RegionRef::Name(name) => json!(name),
            })
            .collect(),
    });
    json!({
        "name": dataset.name,
        "operation": dataset.operation(),
        "ids": catalog::ids(dataset),
        "source": dataset.id_list().map(|list| format!("GET {}", list.path)),
        "tables": dataset.tables.iter().map(|t| t.name).collect::<Vec<_>>(),
        "enabled": enabled(config, dataset),
        "backfill": dataset.class == Class::Detail,
        "asked": cadence(config, dataset),
        "budget": dataset.group.map(|g| g.name),
        "parameters": dataset.params(),
        "regions": regions,
        "doc": dataset.doc,
    })
}
