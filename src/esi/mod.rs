//! The API client service: the only part of the daemon that talks to ESI.
//!
//! One [`Client`] lives as long as the process. A caller hands it a [`Request`] or, for numbered pages, a
//! [`SetRequest`], and gets back bytes with the facts of the reply, or a [`FetchError`] that says when to try again.
//! The one idea behind it: *politeness is arithmetic*. Before anything is sent, the request reserves what ESI will
//! charge for it (tokens of its bucket, or one possible error of the legacy limit, and always a slot), and the reply
//! settles the reservation. So the limits hold by construction, and a 429 is an event worth reading about rather
//! than the way of finding out.
//!
//! The path of a request: [`Client::fetch`] asks `health` whether ESI answers at all ([`Client::may_begin`] also whether
//! the game server is there, which matters to live data), waits in [`Limits`] for its turn,
//! sends through `http`, reads the head with `reply` and `expiry`, and the body under a cap with `body`. A failed try
//! that is worth another goes round again, with a new reservation.
//!
//! What a reader could still get wrong:
//! - All waiting and all times go through [`crate::clock::Clock`]; only the socket timeouts are real time.
//! - A reply's expiry is the time of receipt plus a lifetime that was computed against the reply's own `Date`.
//!   Comparing `Expires` with the local clock would make a wrong clock a reason to hammer ESI.
//! - A 304 on page 1 of several says nothing about the others, and nothing about rows whose page is not known; so
//!   [`fetch_set`] asks every page for itself, and with validators only where the caller knows the rows of each.
//! - Failures are returned, not logged: the caller knows the target and logs once.

mod client;
mod health;
mod limits;
mod set;

pub use client::Client;
pub use client::backoff::backoff;
pub use client::error::{FetchError, FetchErrorKind};
pub use client::reply::{Meta, Reply};
pub use client::request::{Priority, Request};
pub use client::settings::ClientSettings;
pub use client::waits::Wait;
pub use health::condition::{Condition, ConditionState};
pub use limits::{BudgetSnapshot, LONGEST_PAUSE, Limits, SpentSlot, StoredPause};
pub use set::paging::fetch_set;
pub use set::{PageRefused, PageSink, Set, SetError, SetRequest, StoredSize, Validators};

/// The `X-Compatibility-Date` of every request: the date whose specification the declarations were written against.
///
/// It is compiled in because the tables are; a newer date may change types, so it comes with a new release.
pub const COMPATIBILITY_DATE: &str = "2026-08-18";
