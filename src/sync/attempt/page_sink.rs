//! Takes a target's pages as they arrive.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::esi::{PageRefused, PageSink};
use crate::rows::{Decoder, Rows};

use super::memory::{Memory, Room};
use super::stored_pages::TargetPages;
use crate::sync::{Context, Job};

/// Decodes pages as they arrive, so that their bytes need not be kept, and reserves the memory for their
/// rows.
pub(in crate::sync) struct Sink<'a> {
    decoder: &'a Decoder,
    pub(in crate::sync) rows: Rows,
    memory: &'a Memory,
    room: Option<Room<'a>>,
    /// The latest expiry of the pages that arrived, also of a set that failed.
    pub(in crate::sync) not_before: Option<DateTime<Utc>>,
    /// The pages of the stored set.
    pub(in crate::sync) known: TargetPages,
}

impl<'a> Sink<'a> {
    pub(in crate::sync) fn new(ctx: &'a Context, job: &'a Job, known: TargetPages) -> Self {
        Self {
            decoder: &job.decoder,
            rows: Rows::default(),
            memory: &ctx.memory,
            room: None,
            not_before: None,
            known,
        }
    }
}

impl PageSink for Sink<'_> {
    async fn expect(&mut self, pages: u32, first: Option<usize>) {
        self.room = None;
        self.room = self.memory.room_for(pages, first.unwrap_or(self.known.page_bytes)).await;
    }

    fn page(&mut self, page: u32, body: Bytes, expires_at: DateTime<Utc>) -> Result<(), PageRefused> {
        self.not_before = self.not_before.max(Some(expires_at));
        // 204 means an empty reply.
        let body = if body.is_empty() { Bytes::from_static(b"[]") } else { body };
        let decoded =
            self.decoder.page(&body).map_err(|error| PageRefused(format!("unreadable: {error}")))?;
        self.rows.put(page, decoded);
        Ok(())
    }

    fn passed(&mut self, expires_at: DateTime<Utc>) {
        self.not_before = self.not_before.max(Some(expires_at));
    }

    fn records(&self, page: u32) -> Option<usize> {
        self.rows.records(page)
    }

    fn drop_page(&mut self, page: u32) {
        self.rows.forget(page);
    }
}
