use super::*;

const ROUTES: [&str; 4] = ["/a", "/b", "/c", "/d"];

fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-20T{time}Z").parse().expect("a time")
}

fn state(health: &Health) -> ConditionState {
    health.trouble().map_or(ConditionState::Up, |trouble| trouble.state)
}

fn since(started: &str) -> Reading {
    Reading { started: Some(at(started)), vip: false }
}

fn old() -> Reading {
    Reading { started: Some(at("11:02:00") - TimeDelta::days(1)), vip: false }
}

fn broken(now: DateTime<Utc>) -> Health {
    let mut health = Health::new();
    for n in 0..20 {
        assert_eq!(state(&health), ConditionState::Up, "{n}");
        health.record(now, ROUTES[n % 4], &ProbeAnswer::Failed);
    }
    assert_eq!(state(&health), ConditionState::Outage);
    health
}

fn expecting() -> Health {
    let mut health = Health::new();
    health.expect_downtime();
    health
}

#[test]
fn two_answers_a_minute_apart_end_an_outage() {
    let mut health = broken(at("05:00:00"));
    assert_eq!(health.admit(at("05:00:01"), Intent::Other), Admission::Refuse(at("05:01:00")));
    assert_eq!(health.admit(at("05:01:00"), Intent::Other), Admission::Probe);
    assert_eq!(health.admit(at("05:01:00"), Intent::Status), Admission::Refuse(at("05:02:00")));
    assert!(!health.probed(at("05:01:00"), Some(old())));
    assert_eq!(health.admit(at("05:02:00"), Intent::LiveSet), Admission::Probe);
    assert!(!health.probed(at("05:02:00"), None), "a failure starts the count again");
    assert_eq!(health.admit(at("05:03:00"), Intent::Other), Admission::Probe);
    assert!(!health.probed(at("05:03:00"), Some(old())));
    assert_eq!(health.admit(at("05:04:00"), Intent::Other), Admission::Probe);
    assert!(health.probed(at("05:04:00"), Some(old())));
    assert_eq!(health.admit(at("05:04:01"), Intent::LiveSet), Admission::Pass);
}

#[test]
fn a_clock_set_back_does_not_prolong_it() {
    let mut health = broken(at("05:00:00"));
    assert_eq!(health.admit(at("03:00:00"), Intent::Other), Admission::Refuse(at("03:01:00")));
}

#[test]
fn the_clock_announces_the_downtime() {
    let mut health = expecting();
    assert_eq!(health.next_look(at("10:57:30")), at("10:58:00"));
    assert_eq!(health.admit(at("10:57:59"), Intent::LiveSet), Admission::Pass);
    assert_eq!(health.admit(at("10:58:00"), Intent::LiveSet), Admission::Refuse(at("10:59:00")));
    assert_eq!(health.admit(at("10:58:01"), Intent::Other), Admission::Pass, "a set that has begun goes on");
    assert_eq!(health.trouble().and_then(|t| t.until), Some(at("11:06:00")));
    assert!(!health.probed(at("10:59:00"), Some(old())), "not down yet");
    assert!(!health.probed(at("11:01:00"), None));
    assert!(health.probed(at("11:03:00"), Some(since("11:02:10"))), "back early");
    assert_eq!(health.admit(at("11:03:01"), Intent::LiveSet), Admission::Pass, "and not again today");
    assert_eq!(health.admit(at("11:05:59"), Intent::LiveSet), Admission::Pass);
    let tomorrow = at("10:58:00") + TimeDelta::days(1);
    assert!(matches!(health.admit(tomorrow, Intent::LiveSet), Admission::Refuse(_)));
}

#[test]
fn a_patch_day_lasts_as_long_as_it_lasts() {
    let mut health = expecting();
    health.admit(at("10:58:00"), Intent::LiveSet);
    for minute in ["11:06:00", "11:07:00", "12:30:00"] {
        assert_eq!(health.admit(at(minute), Intent::LiveSet), Admission::Probe);
        assert!(!health.probed(at(minute), None));
    }
    assert!(health.probed(at("12:31:00"), Some(old())), "after 11:06 any answer will do");
}

#[test]
fn without_a_clock_it_is_learned_from_the_gateway() {
    let down = ProbeAnswer::NobodyThere("The datasource tranquility is temporarily unavailable".to_owned());
    let mut health = Health::new();
    health.record(at("10:00:00"), "/a", &down);
    assert_eq!(health.admit(at("10:58:00"), Intent::LiveSet), Admission::Pass);
    health.record(at("11:00:10"), "/a", &ProbeAnswer::Failed);
    assert_eq!(state(&health), ConditionState::Up, "only a gateway knows");
    health.record(at("11:00:20"), "/a", &down);
    assert!(health.trouble().is_some_and(|t| t.reason.contains("temporarily unavailable")));
    assert_eq!(health.admit(at("11:00:20"), Intent::LiveSet), Admission::Probe, "is it so?");
    assert!(!health.probed(at("11:00:21"), Some(old())), "a cached answer");
    assert!(health.probed(at("11:04:21"), Some(since("11:03:40"))));
    health.record(at("11:08:00"), "/a", &down);
    assert_eq!(state(&health), ConditionState::Up, "an ordinary error now");
}

#[test]
fn a_false_alarm_costs_one_probe() {
    let mut health = Health::new();
    health.record(at("11:10:00"), "/a", &ProbeAnswer::NobodyThere("Bad Gateway".to_owned()));
    assert_eq!(health.admit(at("11:10:00"), Intent::LiveSet), Admission::Probe);
    assert!(health.probed(at("11:10:00"), Some(old())));
    health.record(at("11:10:01"), "/a", &ProbeAnswer::NobodyThere("Bad Gateway".to_owned()));
    assert_eq!(state(&health), ConditionState::Up);
}

#[test]
fn when_static_routes_fail_as_well_everything_waits() {
    let mut health = expecting();
    health.admit(at("10:58:00"), Intent::LiveSet);
    for n in 0..20 {
        assert_eq!(health.admit(at("11:00:00"), Intent::Other), Admission::Pass, "{n}");
        health.record(at("11:00:00"), ROUTES[n % 4], &ProbeAnswer::Failed);
    }
    assert!(matches!(health.admit(at("11:00:00"), Intent::Other), Admission::Probe));
    assert!(matches!(health.admit(at("11:00:00"), Intent::Other), Admission::Refuse(_)));
    assert_eq!(state(&health), ConditionState::Downtime, "the trouble keeps its name");
    assert!(health.probed(at("11:04:00"), Some(since("11:02:00"))));
}

#[test]
fn a_closed_server_is_watched_until_it_opens() {
    let vip = Some(Reading { started: Some(at("11:02:00")), vip: true });
    let mut health = expecting();
    health.admit(at("10:58:00"), Intent::LiveSet);
    assert!(!health.probed(at("11:03:00"), vip));
    assert_eq!(state(&health), ConditionState::Vip);
    assert_eq!(health.trouble().map(|t| t.since), Some(at("11:03:00")));
    assert_eq!(health.admit(at("11:03:10"), Intent::Status), Admission::Probe, "readings go on");
    assert!(matches!(health.admit(at("11:03:20"), Intent::LiveSet), Admission::Refuse(_)));
    assert_eq!(health.admit(at("11:03:20"), Intent::Other), Admission::Pass);
    assert!(!health.probed(at("11:04:10"), vip));
    assert_eq!(health.trouble().map(|t| t.since), Some(at("11:03:00")), "still the same");
    assert!(health.probed(at("11:30:00"), Some(since("11:02:00"))));

    let mut health = Health::new();
    assert!(!health.probed(at("15:00:00"), Some(old())), "nothing to end");
    assert!(!health.probed(at("15:01:00"), vip), "at any hour");
    assert_eq!(state(&health), ConditionState::Vip);
}
