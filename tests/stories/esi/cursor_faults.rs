//! Faults along a cursor: after every fault nothing is lost, nothing is skipped, and no page is read twice
//! because of it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use esi_syncd::sim::{Fault, FaultKind};

use crate::support::esi::{entry, eventually, small};
use crate::support::story::{Story, status};
use crate::support::{Db, on_both};

on_both!(
    a_first_walk_stumbles,
    a_poll_stumbles,
    a_bad_record_is_set_aside,
    a_token_that_is_not_known_any_more,
    a_reply_without_its_tokens_is_not_the_end,
    killed_between_two_pages,
);

const JOBS: &str = "freelance_jobs";
const COUNT_JOBS: &str = "SELECT COUNT(*) AS n FROM freelance_jobs";

/// The whole feed is there and nothing was asked for twice that came.
async fn all_is_there(story: &Story, truth: &[String], what: &str) {
    let target = entry(&story.ctx.store, JOBS, "").await;
    assert_eq!((target.walk, target.last_error, target.failures), (None, None, 0), "{what}");
    assert!(target.cursor.is_some() && target.last_success_at.is_some(), "{what}");
    assert!(truth == story.rows(JOBS).await, "{what}: the feed is not what ESI says");
    let came = story.sim.requests().into_iter().filter(|r| r.status == 200 && r.url.contains("before="));
    let mut seen = BTreeSet::new();
    for request in came {
        assert!(seen.insert(request.url.clone()), "{what}: asked again though it came: {}", request.url);
    }
}

async fn forget_jobs(db: &Db) {
    db.meddle("DELETE FROM freelance_jobs; DELETE FROM sync_targets WHERE dataset = 'freelance_jobs'").await;
}

async fn a_first_walk_stumbles(db: &Db) {
    let story = Story::begin(db, small(), &[JOBS], "").await;
    story.sim.hold();
    let truth = story.truth(db, JOBS, "").await;
    assert_eq!(truth.len(), 250);
    for (name, trouble) in [
        ("HTML", FaultKind::Html { code: 200 }),
        ("500", FaultKind::status(500)),
        ("a list", FaultKind::WrongType),
        ("no content", status(204, "", &[])),
    ] {
        forget_jobs(db).await;
        story.clock.step(TimeDelta::minutes(6));
        story.sim.reset_counters();
        story.sim.fault(Fault::on("/freelance-jobs").every(2).times(1).with(trouble));
        assert_eq!(story.pass().await.1, 1, "{name}");
        let half = entry(&story.ctx.store, JOBS, "").await;
        assert_eq!(story.number(COUNT_JOBS).await, 100, "{name}: what came before is kept");
        assert!(half.cursor.is_some() && half.walk.is_some() && half.last_success_at.is_none(), "{name}");
        assert!(half.failures == 1 && half.last_error.is_some(), "{name}: {half:?}");
        story.sim.clear_faults();
        // Requests that were answered in a wrong way did not come.
        story.sim.reset_counters();
        story.clock.step(TimeDelta::minutes(6));
        assert_eq!(story.pass().await.1, 0, "{name}");
        all_is_there(&story, &truth, name).await;
        assert_eq!(story.asked("before="), 3, "{name}: from where it was");
    }
    // A connection that breaks is tried again at once.
    forget_jobs(db).await;
    story.clock.step(TimeDelta::minutes(6));
    story.sim.fault(Fault::on("/freelance-jobs").every(2).times(1).with(FaultKind::Truncate));
    assert_eq!(story.pass().await.1, 0, "truncated");
    assert!(truth == story.rows(JOBS).await, "truncated");
    story.end().await;
}

async fn a_poll_stumbles(db: &Db) {
    let story = Story::begin(db, small(), &[JOBS], "").await;
    assert_eq!(story.pass().await.1, 0);
    for (name, trouble) in [("HTML", FaultKind::Html { code: 200 }), ("500", FaultKind::status(500))] {
        story.sim.release();
        // A hundred and fifty jobs have moved: two replies, and the empty end.
        story.clock.step(TimeDelta::minutes(150));
        story.sim.hold();
        story.sim.reset_counters();
        let before = entry(&story.ctx.store, JOBS, "").await;
        story.sim.fault(Fault::on("/freelance-jobs").with(trouble.clone()));
        assert_eq!(story.pass().await.1, 1, "{name}");
        let after = entry(&story.ctx.store, JOBS, "").await;
        assert_eq!((&after.cursor, &after.walk), (&before.cursor, &before.walk), "{name}: the token stays");
        story.sim.clear_faults();
        story.sim.fault(Fault::on("/freelance-jobs").every(2).with(trouble));
        story.clock.step(TimeDelta::minutes(6));
        story.pass().await;
        let half = entry(&story.ctx.store, JOBS, "").await;
        assert!(half.cursor != before.cursor, "{name}: as far as it came");
        story.sim.clear_faults();
        story.clock.step(TimeDelta::minutes(6));
        assert_eq!(story.pass().await.1, 0, "{name}");
        story.clock.step(TimeDelta::minutes(6));
        let truth = story.truth(db, JOBS, "").await;
        all_is_there(&story, &truth, name).await;
        story.clock.step(TimeDelta::minutes(6));
    }
    story.end().await;
}

async fn a_bad_record_is_set_aside(db: &Db) {
    let story = Story::begin(db, small(), &[JOBS], "").await;
    story.sim.hold();
    story.sim.fault(Fault::on("/freelance-jobs").times(1).with(FaultKind::BadRecords { every: 40 }));
    story.sim.fault(Fault::on("/freelance-jobs").every(2).times(1).with(FaultKind::BadRecords { every: 40 }));
    assert_eq!(story.pass().await.1, 0, "a bad record fails nothing");
    let aside = story
        .number("SELECT COUNT(*) AS n FROM sync_rejects WHERE dataset = 'freelance_jobs' AND reason <> ''")
        .await;
    assert!(aside >= 2, "{aside} were set aside");
    assert_eq!(story.number(COUNT_JOBS).await + aside, 250, "the others are there");
    let target = entry(&story.ctx.store, JOBS, "").await;
    assert_eq!((target.failures, target.walk), (0, None));
    // Where too many are bad, the reply is not believed, and nothing moves on.
    forget_jobs(db).await;
    story.clock.step(TimeDelta::minutes(6));
    story.sim.clear_faults();
    story.sim.fault(Fault::on("/freelance-jobs").every(2).times(1).with(FaultKind::BadRecords { every: 3 }));
    assert_eq!(story.pass().await.1, 1);
    let half = entry(&story.ctx.store, JOBS, "").await;
    assert!(half.last_error.as_deref().is_some_and(|e| e.contains("records unreadable")), "{half:?}");
    assert_eq!(story.number(COUNT_JOBS).await, 100);
    story.sim.clear_faults();
    story.sim.reset_counters();
    story.clock.step(TimeDelta::minutes(6));
    assert_eq!(story.pass().await.1, 0);
    story.clock.step(TimeDelta::minutes(6));
    let truth = story.truth(db, JOBS, "").await;
    all_is_there(&story, &truth, "after bad records").await;
    story.end().await;
}

async fn a_token_that_is_not_known_any_more(db: &Db) {
    let mut story = Story::begin(db, small(), &[JOBS], "").await;
    assert_eq!(story.pass().await.1, 0);
    let moves_on = async |story: &Story| {
        story.sim.release();
        story.clock.step(TimeDelta::minutes(40));
        story.sim.hold();
        story.sim.reset_counters();
    };
    // Forty jobs have moved, and the token that led to them is worth nothing.
    moves_on(&story).await;
    db.meddle("UPDATE sync_targets SET cursor = 'forgotten' WHERE dataset = 'freelance_jobs'").await;
    assert_eq!(story.pass().await.1, 0, "{:?}", entry(&story.ctx.store, JOBS, "").await);
    assert_eq!(story.asked("after=forgotten"), 1);
    all_is_there(&story, &story.rows(JOBS).await, "read anew").await;
    story.clock.step(TimeDelta::minutes(6));
    let truth = story.truth(db, JOBS, "").await;
    all_is_there(&story, &truth, "a forgotten token").await;

    // The same, and the process dies on the way: what it stored before may be old, and the next one knows.
    story.clock.step(TimeDelta::minutes(6));
    moves_on(&story).await;
    db.meddle("UPDATE sync_targets SET cursor = 'forgotten' WHERE dataset = 'freelance_jobs'").await;
    story.sim.fault(Fault::on("/freelance-jobs").every(3).times(1).with(FaultKind::Hang));
    dies_after(&story, 3).await;
    story = story.killed().await;
    story.sim.clear_faults();
    story.clock.step(TimeDelta::minutes(6));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    story.clock.step(TimeDelta::minutes(6));
    let truth = story.truth(db, JOBS, "").await;
    all_is_there(&story, &truth, "killed while reading anew").await;

    // In the middle of a first walk, after which many have moved.
    story.clock.step(TimeDelta::minutes(6));
    forget_jobs(db).await;
    story.sim.fault(Fault::on("/freelance-jobs").every(3).times(1).with(FaultKind::status(500)));
    assert_eq!(story.pass().await.1, 1);
    moves_on(&story).await;
    story.sim.clear_faults();
    db.meddle(
        "UPDATE sync_targets SET cursor = 'forgotten', walk = 'forgotten' WHERE dataset = 'freelance_jobs'",
    )
    .await;
    assert_eq!(story.pass().await.1, 0);
    story.clock.step(TimeDelta::minutes(6));
    let truth = story.truth(db, JOBS, "").await;
    all_is_there(&story, &truth, "a first walk without its tokens").await;

    // We do not read everything again and again because ESI refuses every token.
    story.clock.step(TimeDelta::minutes(6));
    story.sim.reset_counters();
    db.meddle("UPDATE sync_targets SET cursor = 'forgotten' WHERE dataset = 'freelance_jobs'").await;
    story.sim.fault(Fault::on("/freelance-jobs").every(1).with(FaultKind::status(400)));
    assert_eq!(story.pass().await.1, 1);
    assert_eq!(story.asked("freelance-jobs"), 2);
    assert!(entry(&story.ctx.store, JOBS, "").await.due_at > Some(story.clock.now() + TimeDelta::hours(20)));
    story.end().await;
}

async fn a_reply_without_its_tokens_is_not_the_end(db: &Db) {
    let story = Story::begin(db, small(), &[JOBS], "").await;
    story.sim.hold();
    let truth = story.truth(db, JOBS, "").await;
    story.clock.step(TimeDelta::minutes(6));
    let no_tokens = FaultKind::DropField { name: "cursor".to_owned() };
    story.sim.fault(Fault::on("/freelance-jobs").every(2).times(1).with(no_tokens.clone()));
    assert_eq!(story.pass().await.1, 1);
    let half = entry(&story.ctx.store, JOBS, "").await;
    assert!(half.walk.is_some() && half.last_success_at.is_none(), "{half:?}");
    assert!(half.last_error.as_deref().is_some_and(|e| e.contains("lacks the tokens")), "{half:?}");
    story.sim.clear_faults();
    story.sim.reset_counters();
    story.clock.step(TimeDelta::minutes(6));
    assert_eq!(story.pass().await.1, 0);
    all_is_there(&story, &truth, "a full reply").await;

    // A short one may be the end. The token that we have stays, and nothing is skipped.
    story.sim.release();
    story.clock.step(TimeDelta::minutes(20));
    story.sim.hold();
    let before = entry(&story.ctx.store, JOBS, "").await;
    story.sim.fault(Fault::on("/freelance-jobs").times(1).with(no_tokens));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(entry(&story.ctx.store, JOBS, "").await.cursor, before.cursor);
    story.clock.step(TimeDelta::minutes(6));
    assert_eq!(story.pass().await.1, 0);
    assert!(entry(&story.ctx.store, JOBS, "").await.cursor != before.cursor);
    story.clock.step(TimeDelta::minutes(6));
    let truth = story.truth(db, JOBS, "").await;
    all_is_there(&story, &truth, "a short reply").await;
    story.end().await;
}

/// A pass that never ends, because its n-th request is not answered.
async fn dies_after(story: &Story, requests: usize) {
    let asked = async || story.asked("freelance-jobs") >= requests;
    tokio::select! {
        done = story.pass() => panic!("it was to hang: {done:?}"),
        () = eventually("the last request", 20, asked) => {}
    }
}

async fn killed_between_two_pages(db: &Db) {
    let mut story = Story::begin(db, small(), &[JOBS], "").await;
    story.sim.hold();
    let truth = story.truth(db, JOBS, "").await;
    story.clock.step(TimeDelta::minutes(6));
    for requests in [2, 3, 4] {
        story.sim.reset_counters();
        story.sim.fault(Fault::on("/freelance-jobs").every(2).times(1).with(FaultKind::Hang));
        // From the second life on, the first request asks for new records.
        dies_after(&story, 2).await;
        story = story.killed().await;
        story.sim.clear_faults();
        let stored = story.number(COUNT_JOBS).await;
        assert_eq!(stored, 100, "what was committed stays (before life {requests})");
        story.clock.step(TimeDelta::minutes(6));
    }
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    all_is_there(&story, &truth, "killed thrice").await;
    assert_eq!(story.asked("before="), 3);
    story.end().await;
}
