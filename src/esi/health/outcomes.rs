//! How the last requests went, and what that says: about ESI as a whole, or about one route.
//!
//! Requests are not alike: a backfill makes ten a second on one route, while a dozen live routes are asked once a
//! minute. So failures are weighed by routes. A route on which everything fails is its own trouble, however many
//! requests it makes; it is ESI's trouble when at least half of the routes fail.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

const MEMORY: TimeDelta = TimeDelta::seconds(60);
/// Requests of a minute that are enough to judge ESI by, half of which failed.
const ENOUGH: usize = 20;
/// Requests of a minute on one route that are enough to judge it by.
const ENOUGH_OF_ROUTE: usize = 10;
/// Routes that ESI is judged by at least.
const ROUTES: usize = 3;
/// Where less is asked than that: nothing at all answered for this time, and so many requests failed.
const SILENCE: TimeDelta = TimeDelta::minutes(5);
const ENOUGH_IN_SILENCE: usize = 5;

/// What a failure shows, together with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::esi) enum Shows {
    /// Nothing beyond itself.
    Nothing,
    /// This route is broken.
    Route,
    /// ESI is.
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

/// The outcomes of the last minute, and how long nothing has answered.
#[derive(Debug, Default)]
pub(in crate::esi) struct Outcomes {
    names: HashMap<String, usize>,
    recent: VecDeque<(DateTime<Utc>, usize, bool)>,
    /// By route, of what is recent.
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
    /// Notes how a request on `route` went.
    pub fn note(&mut self, now: DateTime<Utc>, route: &str, failed: bool) -> Shows {
        self.forget(now);
        let id = self.id(route);
        self.recent.push_back((now, id, failed));
        self.counts[id].all += 1;
        if !failed {
            self.silence = None;
            return Shows::Nothing;
        }
        self.counts[id].failed += 1;
        let silence =
            self.silence.get_or_insert_with(|| Silence { since: now, failed: 0, routes: HashSet::new() });
        // A clock that was set back must not make it longer.
        silence.since = silence.since.min(now);
        silence.failed += 1;
        silence.routes.insert(id);
        let silent = now - silence.since >= SILENCE
            && silence.failed >= ENOUGH_IN_SILENCE
            && silence.routes.len() >= ROUTES;
        if silent || self.mostly_failed() {
            self.clear();
            return Shows::Outage;
        }
        let count = self.counts[id];
        if count.all >= ENOUGH_OF_ROUTE && count.fails() {
            self.recent.retain(|&(_, other, _)| other != id);
            self.counts[id] = Count::default();
            return Shows::Route;
        }
        Shows::Nothing
    }

    /// Starts from nothing.
    pub fn clear(&mut self) {
        self.recent.clear();
        self.counts.fill(Count::default());
        self.silence = None;
    }

    fn mostly_failed(&self) -> bool {
        let asked = self.counts.iter().filter(|count| count.all > 0);
        let routes = asked.clone().count();
        let failing = asked.filter(|count| count.fails()).count();
        let failed: usize = self.counts.iter().map(|count| count.failed).sum();
        self.recent.len() >= ENOUGH
            && failed * 2 >= self.recent.len()
            && routes >= ROUTES
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

    /// Notes so many outcomes on routes in turn; what the last of them shows.
    fn note(outcomes: &mut Outcomes, now: i64, times: usize, failed: impl Fn(usize) -> bool) -> Shows {
        (0..times).fold(Shows::Nothing, |_, n| outcomes.note(at(now), ROUTE_NAMES[n % 4], failed(n)))
    }

    #[test]
    fn half_of_twenty_failing_is_an_outage() {
        let mut outcomes = Outcomes::default();
        assert_eq!(note(&mut outcomes, 1, 19, |n| n / 4 % 2 == 0), Shows::Nothing, "too few to judge");
        assert_eq!(outcomes.note(at(1), "/d", true), Shows::Outage);
        assert_eq!(note(&mut outcomes, 2, 19, |_| true), Shows::Nothing, "counted from nothing again");
    }

    #[test]
    fn old_failures_are_forgotten() {
        let mut outcomes = Outcomes::default();
        note(&mut outcomes, 0, 19, |_| true);
        note(&mut outcomes, 61, 12, |_| false);
        assert_eq!(note(&mut outcomes, 61, 11, |_| true), Shows::Nothing);
    }

    #[test]
    fn a_broken_route_is_its_own_trouble() {
        let mut outcomes = Outcomes::default();
        let (mut broken, mut outages) = (0, 0);
        for n in 0..300 {
            match outcomes.note(at(n / 10), "/universe/types/{type_id}", true) {
                Shows::Route => broken += 1,
                Shows::Outage => outages += 1,
                Shows::Nothing => {}
            }
            if n % 50 == 0 {
                note(&mut outcomes, n / 10, 3, |_| false);
            }
        }
        assert_eq!((broken, outages), (30, 0), "every tenth says so");
        for _ in 0..30 {
            outages += i32::from(outcomes.note(at(31), "/other", true) == Shows::Outage);
        }
        assert_eq!(outages, 0, "two of five routes are not ESI");
    }

    #[test]
    fn a_quiet_configuration_notices_as_well() {
        let mut outcomes = Outcomes::default();
        for minute in 0..5 {
            assert_eq!(outcomes.note(at(minute * 60), ROUTE_NAMES[0], true), Shows::Nothing);
            assert_eq!(outcomes.note(at(minute * 60 + 1), ROUTE_NAMES[1], true), Shows::Nothing);
        }
        assert_eq!(outcomes.note(at(300), ROUTE_NAMES[1], true), Shows::Nothing, "two routes prove little");
        assert_eq!(outcomes.note(at(301), ROUTE_NAMES[2], true), Shows::Outage);
        note(&mut outcomes, 400, 4, |_| true);
        outcomes.note(at(500), ROUTE_NAMES[0], false);
        assert_eq!(note(&mut outcomes, 701, 4, |_| true), Shows::Nothing, "something answered meanwhile");
    }

    #[test]
    fn a_clock_set_back_forgets() {
        let mut outcomes = Outcomes::default();
        note(&mut outcomes, 7200, 19, |_| true);
        assert_eq!(outcomes.note(at(3600), "/a", true), Shows::Nothing);
    }
}
