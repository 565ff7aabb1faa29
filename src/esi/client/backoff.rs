//! How long to leave ESI alone after a failure.

use std::time::Duration;

/// The longest wait between two tries of one request.
const LONGEST_BETWEEN_TRIES: Duration = Duration::from_mins(1);

/// How long a target waits after `failures` failed runs in a row, if the error names no time: 0, 1, 2, 5, and from then
/// on 15 minutes.
#[must_use]
pub fn backoff(failures: u32) -> Duration {
    let minutes = match failures {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 5,
        _ => 15,
    };
    Duration::from_mins(minutes)
}

/// The wait before try `attempt + 1` of one request: a random time up to 1 s, 2 s, 4 s, .. (full jitter), so that requests
/// that failed together do not return together.
pub(in crate::esi) fn between_tries(attempt: u32) -> Duration {
    longest_between_tries(attempt).mul_f64(fastrand::f64())
}

fn longest_between_tries(attempt: u32) -> Duration {
    Duration::from_secs(1 << attempt.saturating_sub(1).min(6)).min(LONGEST_BETWEEN_TRIES)
}

/// Bounds the retries of the whole process: when everything fails, retries only add load.
#[derive(Debug)]
pub(in crate::esi) struct RetryBudget(f64);

impl RetryBudget {
    const AT_START: f64 = 10.0;
    const PER_SUCCESS: f64 = 0.1;
    /// A cap, so that many successes cannot pay for a storm of retries.
    const MOST: f64 = 40.0;

    pub(in crate::esi) fn new() -> Self {
        Self(Self::AT_START)
    }

    pub(in crate::esi) fn succeeded(&mut self) {
        self.0 = (self.0 + Self::PER_SUCCESS).min(Self::MOST);
    }

    /// Takes one retry, if there is one.
    pub(in crate::esi) fn take(&mut self) -> bool {
        let granted = self.0 >= 1.0;
        if granted {
            self.0 -= 1.0;
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_backs_off_to_a_quarter_of_an_hour() {
        let minutes: Vec<_> = (0..7).map(|n| backoff(n).as_secs() / 60).collect();
        assert_eq!(minutes, [0, 1, 2, 5, 15, 15, 15]);
        assert_eq!(backoff(u32::MAX), Duration::from_mins(15));
    }

    #[test]
    fn tries_are_spread_up_to_a_doubling_bound() {
        let bounds: Vec<_> = (1..10).map(|n| longest_between_tries(n).as_secs()).collect();
        assert_eq!(bounds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(longest_between_tries(u32::MAX), LONGEST_BETWEEN_TRIES);
        for _ in 0..1000 {
            assert!(between_tries(2) <= Duration::from_secs(2));
        }
    }

    #[test]
    fn a_storm_of_failures_runs_out_of_retries() {
        let mut budget = RetryBudget::new();
        assert_eq!((0..100).filter(|_| budget.take()).count(), 10);
        for _ in 0..25 {
            budget.succeeded();
        }
        assert_eq!((0..100).filter(|_| budget.take()).count(), 2);
    }
}
