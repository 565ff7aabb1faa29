//! Tag *Universe*: the map, the things in it, the peoples, and the hourly counts.

mod map;
mod names;
mod people;
mod things;
mod visits;

use crate::dataset::Dataset;

pub(super) static DATASETS: &[&[Dataset]] =
    &[map::DATASETS, things::DATASETS, people::DATASETS, visits::DATASETS, names::DATASETS];
