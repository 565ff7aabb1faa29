//! Memory for sets that are being read.
//!
//! The daemon's memory must not depend on how many regions are configured. So room for all rows of a set is
//! reserved at once, before its pages are decoded: sets that reserved page by page could wait for each other
//! for ever. A set larger than all the room gets all of it, and is read alone.

use tokio::sync::{Semaphore, SemaphorePermit};

/// All the room there is, in KiB.
const ROOM: u32 = 96 * 1024;
/// Sets smaller than this, in bytes of JSON, are not counted.
const SMALL: usize = 64 * 1024;

/// The room, shared by all sets.
#[derive(Debug)]
pub(in crate::sync) struct Memory(Semaphore);

/// A set's share of the room, given back when it is dropped.
pub(in crate::sync) struct Room<'a>(#[expect(dead_code, reason = "held for its drop")] SemaphorePermit<'a>);

impl Default for Memory {
    fn default() -> Self {
        Self(Semaphore::new(ROOM as usize))
    }
}

impl Memory {
    /// Waits for room for the rows of a set of `pages` pages whose first has `first` bytes of JSON. Decoded
    /// rows take about half of their JSON, and each page is briefly held twice.
    pub async fn room_for(&self, pages: u32, first: usize) -> Option<Room<'_>> {
        let json = first.saturating_mul(pages as usize);
        if json < SMALL {
            return None;
        }
        let needed = u32::try_from(json / 1024 * 6 / 10).unwrap_or(u32::MAX).clamp(1, ROOM);
        self.0.acquire_many(needed).await.ok().map(Room)
    }
}
