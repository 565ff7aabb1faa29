//! A dataset with everything needed to work on it.

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
    /// The last rewind of the clock that its due times have followed.
    pub(super) rewinds: AtomicU64,
    /// The factor by which the plan stretches the cadence, as an `f64`'s bits.
    stretch: AtomicU64,
}

impl Job {
    /// Prepares a dataset. `language` is part of the fingerprint.
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

    /// The path of a target's request, with its fixed query and those of the target's parameters that have no
    /// place in the path.
    pub(super) fn path(&self, target: &Target) -> String {
        target.target.path(self.dataset.path, self.dataset.query)
    }

    pub(super) fn priority(&self) -> Priority {
        match self.dataset.class {
            Class::Live => Priority::Live,
            Class::Detail => Priority::Detail,
        }
    }

    /// Whether the request holds no id of ours, so that only ESI can make it fail.
    pub(super) fn cannot_fail(&self) -> bool {
        self.dataset.param().is_none() && self.dataset.method == crate::declare::Method::Get
    }

    /// The target with these values, in the order of the path's parameters.
    pub(super) fn target_of(&self, values: &[String]) -> TargetKey {
        TargetKey::new(self.dataset.path_params().chain(std::iter::once("id")).zip(values))
    }

    /// Whether the stored validators still fit what we would ask and how we would read it.
    pub(super) fn knows(&self, target: &Target) -> bool {
        target.fingerprint.as_deref() == Some(&self.fingerprint)
    }

    /// The configured freshness of a target: the operator's cadence, ours, or ESI's lifetime.
    #[must_use]
    pub fn period(&self) -> Duration {
        plan::period(self.dataset, &self.settings)
    }

    /// The same, stretched where the limits require it.
    #[must_use]
    pub fn stretched_period(&self) -> Duration {
        Duration::from_secs_f64((self.period().as_secs_f64() * self.stretch()).round())
    }

    /// The factor by which the cadence is stretched because the limits do not suffice: 1 or more.
    pub(super) fn stretch(&self) -> f64 {
        f64::from_bits(self.stretch.load(Ordering::Relaxed))
    }

    pub(super) fn set_stretch(&self, factor: f64) {
        self.stretch.store(factor.clamp(1.0, 10_000.0).to_bits(), Ordering::Relaxed);
    }
}

/// What a validator depends on: the compatibility date, the language, and the declaration.
fn fingerprint(dataset: &Dataset, language: &str) -> String {
    digest(&format!("{COMPATIBILITY_DATE} {language}\n{}", dataset.canonical()))
}
