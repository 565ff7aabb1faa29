//! Whole days of everything at once.
//!
//! A program of their own, because a day is judged by its clock: beside many other stories, what is late for want of a
//! processor would be taken for stale.

mod soak;
mod story;
#[path = "../stories/support/mod.rs"]
mod support;

use std::num::NonZero;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};

static PROCESSORS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, NonZero::get)));

/// A processor for one day. However many tests run at a time, no more days than processors do.
async fn processor() -> SemaphorePermit<'static> {
    PROCESSORS.acquire().await.expect("nobody closes it")
}
