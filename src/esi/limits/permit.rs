//! Permission to send one request, which settles its cost.

use std::sync::Arc;

use super::Inner;
use super::charge::Charge;
use super::state::Granted;

/// Permission to send one request. Dropping it returns the slot and settles what is not settled yet.
#[derive(Debug)]
pub(in crate::esi) struct Permit {
    limits: Arc<Inner>,
    granted: Granted,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Reserved,
    Sent,
    Settled,
}

impl Permit {
    pub(super) fn new(limits: Arc<Inner>, granted: Granted) -> Self {
        Self { limits, granted, stage: Stage::Reserved }
    }

    /// Marks the request as sent, before anything is sent: from here on it counts even if no reply comes.
    pub fn sent(&mut self) {
        self.stage = Stage::Sent;
    }

    /// Settles the reservation by the reply's head. The slot stays taken until the permit is dropped.
    pub fn charge(&mut self, charge: &Charge) {
        if self.stage == Stage::Sent {
            self.stage = Stage::Settled;
            let is_news = self.limits.lock().settle(&self.granted, charge, self.limits.clock.now());
            self.limits.changed();
            if is_news {
                self.limits.announced.notify_one();
            }
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        {
            let mut state = self.limits.lock();
            let ask = &self.granted.ask;
            match self.stage {
                Stage::Reserved => state.refund(ask),
                Stage::Sent => state.unanswered(ask, self.limits.clock.now()),
                Stage::Settled => {}
            }
            state.slots.give_back(ask.priority, ask.bucket.is_some());
        }
        if self.stage == Stage::Sent {
            self.limits.changed();
        }
        self.limits.answer_waiters();
    }
}
