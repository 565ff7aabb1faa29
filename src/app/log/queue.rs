//! The queue between whoever logs and standard error.
//!
//! Standard error may be a pipe that nobody reads, or a terminal that was stopped with Ctrl-S: a write then waits until
//! somebody reads, and whoever writes waits with it. So one thread of its own does all the writing. Everybody else leaves
//! a line here and goes on. The queue is bounded: where it is full, lines are dropped and counted, and the count takes
//! their place in the log.
//!
//! What a reader could still get wrong: the process must give the thread a moment before it exits ([`Queue::drain`]), or
//! its last lines are lost.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many bytes of lines wait at most.
const ROOM: usize = 1 << 20;

/// What waits to be written.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::app::log) enum Entry {
    /// A whole line, with its line end.
    Line(Vec<u8>),
    /// So many lines were dropped here.
    Gap(u64),
}

#[derive(Debug, Default)]
struct State {
    entries: VecDeque<Entry>,
    /// Bytes of all lines in `entries`.
    bytes: usize,
    /// The thread is writing an entry that it has taken out.
    writing: bool,
    /// Entries written so far.
    written: u64,
}

/// Lines in the order in which they came, with the gaps between them.
#[derive(Debug, Default)]
pub(in crate::app::log) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    /// Leaves a line. Never waits for anybody who reads.
    pub fn put(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.bytes + line.len() > ROOM {
            // Gaps need no room of their own: between two of them stands a line.
            if let Some(Entry::Gap(lines)) = state.entries.back_mut() {
                *lines += 1;
            } else {
                state.entries.push_back(Entry::Gap(1));
            }
        } else {
            state.bytes += line.len();
            state.entries.push_back(Entry::Line(line.to_vec()));
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Writes what comes, for ever.
    pub fn work(&self, mut write: impl FnMut(Entry)) -> ! {
        loop {
            let entry = self.take();
            write(entry);
            let mut state = self.lock();
            state.writing = false;
            state.written += 1;
            drop(state);
            self.changed.notify_all();
        }
    }

    fn take(&self) -> Entry {
        let mut state = self.lock();
        loop {
            if let Some(entry) = state.entries.pop_front() {
                if let Entry::Line(line) = &entry {
                    state.bytes -= line.len();
                }
                state.writing = true;
                return entry;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until everything is written, or nothing was for as long as `patience`. True if everything is.
    pub fn drain(&self, patience: Duration) -> bool {
        let mut state = self.lock();
        let mut moved = (state.written, Instant::now());
        while state.writing || !state.entries.is_empty() {
            if moved.0 != state.written {
                moved = (state.written, Instant::now());
            }
            let Some(left) = patience.checked_sub(moved.1.elapsed()) else { return false };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_full_queue_counts_what_it_drops_in_its_place() {
        let queue = Queue::default();
        let line = vec![b'x'; ROOM / 4];
        for _ in 0..7 {
            queue.put(&line);
        }
        assert_eq!(queue.take(), Entry::Line(line.clone()));
        queue.put(b"after the gap");
        queue.put(&line);
        let order: Vec<Entry> = (0..5).map(|_| queue.take()).collect();
        let whole = || Entry::Line(line.clone());
        let after = Entry::Line(b"after the gap".to_vec());
        assert_eq!(order, [whole(), whole(), whole(), Entry::Gap(3), after]);
        assert_eq!(queue.take(), Entry::Gap(1));
    }

    #[test]
    fn draining_waits_for_a_slow_reader_and_gives_up_on_one_that_stands_still() {
        let queue = Arc::new(Queue::default());
        let (reads, read) = mpsc::channel::<()>();
        let works = Arc::clone(&queue);
        std::thread::spawn(move || works.work(|_| read.recv().unwrap_or(())));
        for _ in 0..6 {
            queue.put(b"line");
        }
        assert!(!queue.drain(Duration::from_millis(50)), "nobody reads");
        let slow = std::thread::spawn(move || {
            for _ in 0..6 {
                std::thread::sleep(Duration::from_millis(100));
                reads.send(()).expect("the writer is there");
            }
        });
        assert!(queue.drain(Duration::from_secs(5)), "each line took a while, and all were read");
        slow.join().expect("no panic");
    }
}
