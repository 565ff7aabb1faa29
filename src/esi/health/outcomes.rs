//! The outcomes of the last requests, and what they say about ESI and about single routes.
//!
//! Routes differ in traffic: a backfill sends ten requests a second on one route, while a dozen live routes are asked once
//! a minute. So failures are weighed by route. A route on which everything fails is broken itself, however many requests
//! it makes. ESI is down when at least half of the routes fail.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

/// How long an outcome counts.
const MEMORY: TimeDelta = TimeDelta::seconds(60);
/// The fewest requests in a minute that ESI is judged by; half of them must have failed.
const MIN_REQUESTS: usize = 20;
/// The fewest requests in a minute that a route is judged by.
const MIN_ROUTE_REQUESTS: usize = 10;
/// The fewest routes that ESI is judged by.
const MIN_ROUTES: usize = 3;
/// With fewer requests than these, ESI is down after this time without an answer ..
const SILENCE: TimeDelta = TimeDelta::minutes(5);
/// .. if at least this many requests failed in it.
const MIN_SILENT_FAILURES: usize = 5;

/// What a request's outcome shows, together with earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::esi) enum Evidence {
    /// Neither the route nor ESI can be judged broken.
    Nothing,
    /// This route is broken.
    Route,
    /// ESI is down.
    Outage,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    all: usize,
    failed: usize,
}

impl Count {
    fn fails(self) -> bool {
        self.failed * 2 >= self.all
    }
}

/// The outcomes of the last minute, and the failures since the last answer.
#[derive(Debug, Default)]
pub(in crate::esi) struct Outcomes {
    names: HashMap<String, usize>,
    recent: VecDeque<(DateTime<Utc>, usize, bool)>,
    /// The recent outcomes counted by route.
    counts: Vec<Count>,
    silence: Option<Silence>,
}

/// Failures since the last answer.
#[derive(Debug)]
struct Silence {
    since: DateTime<Utc>,
    failed: usize,
    routes: HashSet<usize>,
}

impl Outcomes {
    /// Adds the outcome of a request on `route`.
    pub fn note(&mut self, now: DateTime<Utc>, route: &str, failed: bool) -> Evidence {
        self.forget(now);
        let id = self.id(route);
        self.recent.push_back((now, id, failed));
        self.counts[id].all += 1;
        if !failed {
            self.silence = None;
            return Evidence::Nothing;
        }
        self.counts[id].failed += 1;
        let silence =
            self.silence.get_or_insert_with(|| Silence { since: now, failed: 0, routes: HashSet::new() });
        // A clock that was set back must not prolong the silence.
        silence.since = silence.since.min(now);
        silence.failed += 1;
        silence.routes.insert(id);
        let silent = now - silence.since >= SILENCE
            && silence.failed >= MIN_SILENT_FAILURES
            && silence.routes.len() >= MIN_ROUTES;
        if silent || self.mostly_failed() {
            self.clear();
            return Evidence::Outage;
        }
        let count = self.counts[id];
        if count.all >= MIN_ROUTE_REQUESTS && count.fails() {
            self.recent.retain(|&(_, other, _)| other != id);
            self.counts[id] = Count::default();
            return Evidence::Route;
        }
        Evidence::Nothing
    }

    /// Forgets all outcomes.
    pub fn clear(&mut self) {
        self.recent.clear();
        self.counts.fill(Count::default());
        self.silence = None;
    }

    fn mostly_failed(&self) -> bool {
        let active = self.counts.iter().filter(|count| count.all > 0);
        let routes = active.clone().count();
        let failing = active.filter(|count| count.fails()).count();
        let failed: usize = self.counts.iter().map(|count| count.failed).sum();
        self.recent.len() >= MIN_REQUESTS
            && failed * 2 >= self.recent.len()
            && routes >= MIN_ROUTES
            && failing * 2 >= routes
    }

    fn forget(&mut self, now: DateTime<Utc>) {
        while let Some(&(when, id, failed)) = self.recent.front() {
            if now - MEMORY < when && when <= now {
                break;
            }
            self.counts[id].all -= 1;
            self.counts[id].failed -= usize::from(failed);
            self.recent.pop_front();
        }
    }

    fn id(&mut self, route: &str) -> usize {
        if let Some(&id) = self.names.get(route) {
            return id;
        }
        let id = self.counts.len();
        self.names.insert(route.to_owned(), id);
        self.counts.push(Count::default());
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE_NAMES: [&str; 4] = ["/a", "/b", "/c", "/d"];

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    /// Adds `times` outcomes on the routes in turn. Returns what the last one shows.
    fn note(outcomes: &mut Outcomes, now: i64, times: usize, failed: impl Fn(usize) -> bool) -> Evidence {
        (0..times).fold(Evidence::Nothing, |_, n| outcomes.note(at(now), ROUTE_NAMES[n % 4], failed(n)))
    }

    #[test]
    fn half_of_twenty_failing_is_an_outage() {
        let mut outcomes = Outcomes::default();
        assert_eq!(note(&mut outcomes, 1, 19, |n| n / 4 % 2 == 0), Evidence::Nothing, "too few to judge");
        assert_eq!(outcomes.note(at(1), "/d", true), Evidence::Outage);
        assert_eq!(note(&mut outcomes, 2, 19, |_| true), Evidence::Nothing, "the count starts again");
    }

    #[test]
    fn old_failures_are_forgotten() {
        let mut outcomes = Outcomes::default();
        note(&mut outcomes, 0, 19, |_| true);
        note(&mut outcomes, 61, 12, |_| false);
        assert_eq!(note(&mut outcomes, 61, 11, |_| true), Evidence::Nothing);
    }

    #[test]
    fn a_broken_route_is_its_own_trouble() {
        let mut outcomes = Outcomes::default();
        let (mut broken, mut outages) = (0, 0);
        for n in 0..300 {
            match outcomes.note(at(n / 10), "/universe/types/{type_id}", true) {
                Evidence::Route => broken += 1,
                Evidence::Outage => outages += 1,
                Evidence::Nothing => {}
            }
            if n % 50 == 0 {
                note(&mut outcomes, n / 10, 3, |_| false);
            }
        }
        assert_eq!((broken, outages), (30, 0), "every tenth failure reports the route");
        for _ in 0..30 {
            outages += i32::from(outcomes.note(at(31), "/other", true) == Evidence::Outage);
        }
        assert_eq!(outages, 0, "two broken routes of five are not an outage");
    }

    #[test]
    fn a_quiet_configuration_notices_as_well() {
        let mut outcomes = Outcomes::default();
        for minute in 0..5 {
            assert_eq!(outcomes.note(at(minute * 60), ROUTE_NAMES[0], true), Evidence::Nothing);
            assert_eq!(outcomes.note(at(minute * 60 + 1), ROUTE_NAMES[1], true), Evidence::Nothing);
        }
        assert_eq!(
            outcomes.note(at(300), ROUTE_NAMES[1], true),
            Evidence::Nothing,
            "two routes prove little"
        );
        assert_eq!(outcomes.note(at(301), ROUTE_NAMES[2], true), Evidence::Outage);
        note(&mut outcomes, 400, 4, |_| true);
        outcomes.note(at(500), ROUTE_NAMES[0], false);
        assert_eq!(note(&mut outcomes, 701, 4, |_| true), Evidence::Nothing, "something answered meanwhile");
    }

    #[test]
    fn a_clock_set_back_forgets() {
        let mut outcomes = Outcomes::default();
        note(&mut outcomes, 7200, 19, |_| true);
        assert_eq!(outcomes.note(at(3600), "/a", true), Evidence::Nothing);
    }
}
