//! Tag *Universe*: the map, item types, factions and races, and the hourly counts.

mod bodies;
mod map;
mod names;
mod others;
mod people;
mod things;
mod visits;

use crate::declare::Dataset;

pub(in crate::datasets) static DATASETS: &[&[Dataset]] = &[
    map::DATASETS,
    bodies::DATASETS,
    things::DATASETS,
    others::DATASETS,
    people::DATASETS,
    visits::DATASETS,
    names::DATASETS,
];
