//! A dataset with all that is needed to work on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::config::DatasetSettings;
use crate::declare::{Class, Dataset, TargetKey, digest};
use crate::esi::{COMPATIBILITY_DATE, Priority};
use crate::plan;
use crate::rows::Decoder;
use crate::store::Target;

use super::attempt::batch::Errors;
use super::attempt::cursor::Rewalks;
use super::attempt::stored_pages::Proof;
use super::targets::table_ids::ColumnReads;

/// A dataset, how the operator wants it, and its prepared decoder.
#[derive(Debug)]
pub struct Job {
    /// The declaration.
    pub dataset: &'static Dataset,
    /// What the configuration says.
    pub settings: DatasetSettings,
    pub(super) decoder: Decoder,
    pub(super) fingerprint: String,
    pub(super) errors: Errors,
    pub(super) looks: ColumnReads,
    pub(super) rewalks: Rewalks,
    pub(super) proof: Proof,
    /// Up to which rewind of the clock its due times have followed.
    pub(super) rewinds: AtomicU64,
    /// By how much the plan stretches the cadence: an `f64`'s bits.
    stretch: AtomicU64,
}

impl Job {
    /// Prepares a dataset. `language` is part of what a stored validator stands for.
    #[must_use]
    pub fn new(dataset: &'static Dataset, settings: DatasetSettings, language: &str) -> Self {
        Self {
            decoder: Decoder::new(dataset),
            fingerprint: fingerprint(dataset, language),
            errors: Errors::default(),
            looks: ColumnReads::default(),
            rewalks: Rewalks::default(),
            proof: Proof::default(),
            rewinds: AtomicU64::new(0),
            stretch: AtomicU64::new(1.0_f64.to_bits()),
            dataset,
            settings,
        }
    }

    /// The path of a target's request: filled, with its fixed query and those of the target's parameters that the
    /// path has no place for.
    pub(super) fn path(&self, target: &Target) -> String {
        target.target.path(self.dataset.path, self.dataset.query)
    }

    pub(super) fn priority(&self) -> Priority {
        match self.dataset.class {
            Class::Live => Priority::Live,
            Class::Detail => Priority::Detail,
        }
    }

    /// Whether a request can only fail because ESI does: no id of ours is in it.
    pub(super) fn cannot_fail(&self) -> bool {
        self.dataset.param().is_none() && self.dataset.method == crate::declare::Method::Get
    }

    /// The target with these values of the path's parameters, in its order.
    pub(super) fn target_of(&self, values: &[String]) -> TargetKey {
        TargetKey::new(self.dataset.path_params().chain(std::iter::once("id")).zip(values))
    }

    /// Whether the stored validators still stand for what we would ask and how we would read it.
    pub(super) fn knows(&self, target: &Target) -> bool {
        target.fingerprint.as_deref() == Some(&self.fingerprint)
    }

    /// How long a target is meant to stay fresh, as configured: the operator's cadence, ours, or ESI's lifetime.
    #[must_use]
    pub fn period(&self) -> Duration {
        plan::period(self.dataset, &self.settings)
    }

    /// The same, as far as the limits allow.
    #[must_use]
    pub fn stretched_period(&self) -> Duration {
        Duration::from_secs_f64((self.period().as_secs_f64() * self.stretch()).round())
    }

    /// By how much the cadence is stretched, because the limits do not suffice: 1 or more.
    pub(super) fn stretch(&self) -> f64 {
        f64::from_bits(self.stretch.load(Ordering::Relaxed))
    }

    pub(super) fn set_stretch(&self, factor: f64) {
        self.stretch.store(factor.clamp(1.0, 10_000.0).to_bits(), Ordering::Relaxed);
    }
}

/// What a validator stands for: the compatibility date, the language, and the declaration: question and columns.
fn fingerprint(dataset: &Dataset, language: &str) -> String {
    digest(&format!("{COMPATIBILITY_DATE} {language}\n{}", dataset.canonical()))
}
