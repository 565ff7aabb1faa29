//! The work itself: which targets are due, how one attempt proceeds, and who wakes whom.
//!
//! The path of a datum: the scheduler rings ([`schedule`]), the dataset's [driver](schedule::driver) wakes, picks due targets
//! from the ledger (`targets`), and makes an attempt at each (`attempt`, or `batch` where one request asks for many
//! ids): fetch, decode, guard, commit rows and ledger entry together, one log line.
//!
//! The idea: *a bell is not work*. A cron scheduler that spawns what it triggers overlaps with itself and cannot be
//! drained; so a scheduled job only wakes a driver. There is one driver per dataset, it owns the dataset's work, and
//! what is due is decided by the ledger: by ESI's expiry first, and by the operator's cadence second. A driver that
//! is woken too often finds nothing due and goes back to sleep, so bells may be rung generously.
//!
//! What a reader could still get wrong: an attempt never returns an error for a failed request. Every result
//! becomes an [`Outcome`] and an entry in the ledger, and that entry alone decides the next attempt, also
//! after a restart. Only while ESI as a whole is away nothing is recorded: one task watches for its return
//! ([`watch_esi`]), and targets stay due.

mod attempt;
mod context;
mod job;
pub mod schedule;
mod targets;
pub mod watch;

pub use attempt::failure::{ABSENT, OMITTED};
pub use attempt::outcome::Outcome;
pub use context::Context;
pub use job::Job;
pub use schedule::adoption::adopt;
pub use schedule::driver::Turn;
pub use schedule::pass::{Planned, pass, sources};
pub use schedule::plan_input::plan_input;
pub use schedule::planner::Planner;
pub use targets::{Selected, UnknownRegion, deselect, selected, unknown_regions};
pub use watch::compatibility::Compatibility;
pub use watch::esi::watch_esi;
pub use watch::outage::Outage;
pub use watch::progress::{Counts, Progress};
