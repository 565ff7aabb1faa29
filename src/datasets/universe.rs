//! Tag *Universe*: the map, the things in it, the peoples, and the hourly counts.

mod bodies;
mod map;
mod names;
mod others;
mod people;
mod things;
mod visits;

use crate::dataset::Dataset;

pub(super) static DATASETS: &[&[Dataset]] = &[
    map::DATASETS,
    bodies::DATASETS,
    things::DATASETS,
    others::DATASETS,
    people::DATASETS,
    visits::DATASETS,
    names::DATASETS,
];
