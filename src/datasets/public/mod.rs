//! The datasets from ESI's public routes.

use crate::declare::Dataset;

mod activities;
mod alliance;
mod character;
mod contracts;
mod corporation;
mod dogma;
mod freelance;
mod incursions;
mod industry;
mod insurance;
mod killmails;
mod loyalty;
mod market;
mod meta;
mod military;
mod paragon;
mod sovereignty;
mod status;
mod universe;
mod warfare;
mod wars;

pub(super) static ALL: &[&[&[Dataset]]] = &[
    &[status::DATASETS, meta::DATASETS, market::DATASETS, contracts::DATASETS],
    universe::DATASETS,
    &[dogma::DATASETS, industry::DATASETS, insurance::DATASETS, loyalty::DATASETS],
    &[incursions::DATASETS, sovereignty::DATASETS, warfare::DATASETS, activities::DATASETS],
    &[alliance::DATASETS, corporation::DATASETS, character::DATASETS],
    &[wars::DATASETS, killmails::DATASETS],
    &[freelance::DATASETS, military::DATASETS, paragon::DATASETS],
];
