//! Datasets that never arrive whole: cursors, walked lists, ids from other tables, things asked once.

use chrono::TimeDelta;
use esi_syncd::sim::{Fault, FaultKind, SimSettings, WorldSize};
use esi_syncd::store::TargetState;

use crate::support::esi::{entry, small};
use crate::support::story::Story;
use crate::support::{Db, on_both};

on_both!(
    a_cursor_is_filled_backwards_and_then_followed,
    a_walk_that_is_interrupted_goes_on_where_it_was,
    who_was_away_for_too_long_reads_anew_and_marks_what_is_gone,
    wars_are_walked_back_and_asked_until_they_are_over,
    changes_of_affiliation_are_logged,
    what_is_in_a_contract_is_asked_once,
    details_are_asked_again_when_their_row_moved,
    a_campaign_that_leaves_its_list_gets_a_last_look,
    an_objective_that_was_left_unfinished_is_asked_for_itself,
);

async fn a_cursor_is_filled_backwards_and_then_followed(db: &Db) {
    let story = Story::begin(db, small(), &["freelance_jobs"], "").await;
    assert_eq!(story.pass().await.1, 0);
    let rows = "SELECT COUNT(*) AS n FROM freelance_jobs";
    assert_eq!(story.number(rows).await, 250, "every record of the simulated feed");
    assert!(story.asked("before=") >= 2 && story.asked("limit=100") == story.asked("freelance-jobs"));
    let target = entry(&story.ctx.store, "freelance_jobs", "").await;
    assert_eq!((target.rows, target.walk, target.last_error), (250, None, None));

    // A few records change every minute; we ask for the new ones and for nothing else.
    for _ in 0..4 {
        story.clock.step(TimeDelta::minutes(7));
        story.sim.reset_counters();
        assert_eq!(story.pass().await.1, 0);
        assert_eq!((story.asked("before="), story.asked("after=")), (0, story.asked("freelance-jobs")));
        assert_eq!(story.number(rows).await, 250, "a record that moved is the same record");
    }
    let newest = story.ctx.store.query("SELECT MAX(last_modified) AS t FROM freelance_jobs", &[]).await;
    let newest = newest.expect("reads")[0].time("t").expect("a time").expect("some");
    assert!(story.clock.now() - newest < TimeDelta::minutes(3), "{newest} is the newest touch");
    story.end().await;
}

async fn a_walk_that_is_interrupted_goes_on_where_it_was(db: &Db) {
    let story = Story::begin(db, small(), &["freelance_jobs"], "").await;
    story.sim.hold();
    // The newest hundred come, the hundred before them too, and then ESI fails.
    story.sim.fault(Fault::on("/freelance-jobs").every(3).times(1).with(FaultKind::status(500)));
    assert!(story.pass().await.1 > 0);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM freelance_jobs").await, 200, "what came is kept");
    let target = entry(&story.ctx.store, "freelance_jobs", "").await;
    assert!(target.walk.is_some() && target.cursor.is_some() && target.last_success_at.is_none());

    story.sim.reset_counters();
    story.clock.step(TimeDelta::minutes(3));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM freelance_jobs").await, 250);
    assert_eq!(story.asked("before="), 2, "the last fifty, and the empty end");
    assert_eq!(story.asked("freelance-jobs"), 2 + story.asked("after="), "nothing is asked for twice");
    story.end().await;
}

async fn who_was_away_for_too_long_reads_anew_and_marks_what_is_gone(db: &Db) {
    let story = Story::begin(db, small(), &["paragon_listings"], "").await;
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM paragon_listings").await, 250);
    // A listing that ESI has meanwhile forgotten.
    db.meddle(
        "UPDATE paragon_listings SET listing_id = 'forgotten', state = 'listed' WHERE listing_id = \
               (SELECT MIN(listing_id) FROM paragon_listings)",
    )
    .await;
    story.clock.step(TimeDelta::days(6));
    assert_eq!(story.pass().await.1, 0);
    let gone = "SELECT COUNT(*) AS n FROM paragon_listings WHERE last_seen_at IS NOT NULL";
    assert_eq!(story.number(gone).await, 0, "six days are within the week that ended listings stay visible");

    story.clock.step(TimeDelta::days(8));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    assert!(story.asked("before=") >= 2, "everything is read anew");
    assert_eq!(story.number(gone).await, 1);
    let left = format!("{gone} AND listing_id = 'forgotten'");
    assert_eq!(story.number(&left).await, 1);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM paragon_listings").await, 251, "and it stays");
    story.end().await;
}

async fn wars_are_walked_back_and_asked_until_they_are_over(db: &Db) {
    let world = WorldSize { wars: 90, wars_per_call: 40, ..small().world };
    let settings = SimSettings { world, ..small() };
    let story =
        Story::begin(db, settings, &["wars"], "[datasets.wars]\nenabled = true\nbackfill = true\n").await;
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM wars").await, 90, "from the newest to the first");
    assert_eq!(story.asked("/wars?max_war_id="), 3, "two steps back, and the empty end");
    let list = entry(&story.ctx.store, "wars", "").await;
    assert_eq!((list.walk_ended, list.rows), (true, 90));
    let over = story.number("SELECT COUNT(*) AS n FROM wars WHERE finished IS NOT NULL").await;
    let complete = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'wars' AND state = 'complete'";
    assert_eq!(story.number(complete).await, over, "a war that is over is not asked again");

    story.clock.step(TimeDelta::hours(2));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    let open = usize::try_from(90 - over).expect("some");
    let asked = story.asked("/wars/");
    assert!((open..open + 5).contains(&asked), "only the {open} open ones, now and then again: {asked}");
    assert_eq!(story.asked("/wars"), asked + 1, "and the newest part of the list, which meets what is known");
    story.end().await;
}

async fn changes_of_affiliation_are_logged(db: &Db) {
    let names = ["universe_regions", "public_contracts", "entity_names", "character_affiliations"];
    let story = Story::begin(db, small(), &names, "").await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    let known = story.number("SELECT COUNT(*) AS n FROM character_affiliations").await;
    let logged = "SELECT COUNT(*) AS n FROM character_affiliation_changes";
    assert!(known > 0);
    assert_eq!(story.number(logged).await, known, "the first sight of each is its first entry");

    story.clock.step(TimeDelta::hours(2));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number(logged).await, known, "nobody moved, nothing is logged");

    // Somebody whose corporation was another one when we last looked.
    let somebody = "(SELECT MIN(character_id) FROM character_affiliations)";
    db.meddle(&format!(
        "UPDATE character_affiliation_changes SET corporation_id = 7 WHERE character_id = {somebody}"
    ))
    .await;
    db.meddle(&format!(
        "UPDATE character_affiliations SET corporation_id = 7 WHERE character_id = {somebody}"
    ))
    .await;
    story.clock.step(TimeDelta::hours(2));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number(logged).await, known + 1);
    let latest = format!(
        "SELECT COUNT(*) AS n FROM character_affiliation_changes AS c JOIN character_affiliations AS a \
         ON a.character_id = c.character_id AND a.corporation_id = c.corporation_id WHERE c.character_id = {somebody}"
    );
    assert_eq!(story.number(&latest).await, 1, "the new corporation, beside the old one");
    story.end().await;
}

async fn what_is_in_a_contract_is_asked_once(db: &Db) {
    let names = ["universe_regions", "public_contracts", "public_contract_items"];
    let story = Story::begin(db, small(), &names, "").await;
    assert_eq!(story.pass().await.1, 0);
    let wanted =
        "SELECT COUNT(*) AS n FROM public_contracts WHERE type <> 'courier' AND last_seen_at IS NULL";
    let complete = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'public_contract_items' AND state = 'complete'";
    let (first, done) = (story.number(wanted).await, story.number(complete).await);
    assert!(first > 0);
    assert_eq!(done, first);
    assert_eq!(story.asked("/contracts/public/items/"), usize::try_from(first).expect("some"));

    // Contracts have come and gone: only the new ones are asked for, and the rows of the old ones stay.
    story.clock.step(TimeDelta::minutes(40));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    let gone =
        story.number("SELECT COUNT(*) AS n FROM public_contracts WHERE last_seen_at IS NOT NULL").await;
    assert!(gone > 0, "some have gone");
    let fresh = story.number(complete).await - done;
    assert!(fresh > 0, "some have come");
    assert_eq!(story.asked("/contracts/public/items/"), usize::try_from(fresh).expect("some"));
    story.end().await;
}

async fn details_are_asked_again_when_their_row_moved(db: &Db) {
    let story = Story::begin(db, small(), &["freelance_jobs", "freelance_job_details"], "").await;
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM freelance_job_details").await, 250);
    assert_eq!(story.asked("/freelance-jobs/"), 250);

    story.clock.step(TimeDelta::minutes(5));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    let asked = story.asked("/freelance-jobs/");
    assert!((1..20).contains(&asked), "a job that moved is asked for again, and no other: {asked} were");
    story.end().await;
}

async fn a_campaign_that_leaves_its_list_gets_a_last_look(db: &Db) {
    let story = Story::begin(db, small(), &["military_campaigns"], "").await;
    assert_eq!(story.pass().await.1, 0);
    let campaigns = story.ctx.store.targets("military_campaigns").await.expect("reads");
    assert!(campaigns.iter().any(|t| t.target.get("campaign_id").is_some()));
    // One that was in the list when it was read, and is not any more.
    let left = campaigns.iter().find(|t| !t.target.is_empty()).expect("a campaign").target.clone();
    let renamed = left.as_str().replace("campaign_id=", "campaign_id=0");
    db.meddle(&format!(
        "UPDATE sync_targets SET target = '{renamed}' WHERE dataset = 'military_campaigns' AND target = '{left}'"
    ))
    .await;
    db.meddle("UPDATE sync_targets SET etag = NULL WHERE dataset = 'military_campaigns' AND target = ''")
        .await;
    story.clock.step(TimeDelta::minutes(10));
    story.sim.reset_counters();
    story.pass().await;
    assert_eq!(story.asked(&renamed.replace("campaign_id=", "")), 1, "asked once more");
    let entry = entry(&story.ctx.store, "military_campaigns", &renamed).await;
    assert_eq!(entry.state, TargetState::Retired, "{entry:?}");
    story.end().await;
}

/// What its campaign's cursor does not tell any more, an objective's own route does: of those without an end whose
/// campaign has one, each once, and its row is the one that changes.
async fn an_objective_that_was_left_unfinished_is_asked_for_itself(db: &Db) {
    let names = ["military_campaigns", "military_campaign_objectives"];
    let mut story = Story::begin(db, small(), &names, "").await;
    assert_eq!(story.pass().await.1, 0);
    // The world's campaigns have ended long ago; so had their objectives, but for two.
    db.meddle("UPDATE military_campaigns SET finished = '2026-01-01 00:00:00Z'").await;
    db.meddle("UPDATE military_campaign_objectives SET finished = '2026-01-01 00:00:00Z', progress = -1")
        .await;
    let two = "SELECT MIN(objective_id) FROM military_campaign_objectives UNION \
               SELECT MAX(objective_id) FROM military_campaign_objectives";
    db.meddle(&format!(
        "UPDATE military_campaign_objectives SET finished = NULL WHERE objective_id IN ({two})"
    ))
    .await;
    let rows = story.number("SELECT COUNT(*) AS n FROM military_campaign_objectives").await;

    story.keep(db, &["military_objective_ends"], "");
    assert_eq!(story.pass().await, (2, 0));
    let told = "SELECT COUNT(*) AS n FROM military_campaign_objectives WHERE progress <> -1";
    assert_eq!(story.number(told).await, 2);
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM military_campaign_objectives").await, rows);
    let complete = "SELECT COUNT(*) AS n FROM sync_targets WHERE dataset = 'military_objective_ends' \
                    AND state = 'complete'";
    assert_eq!(story.number(complete).await, 2);

    story.clock.step(TimeDelta::hours(2));
    assert_eq!(story.pass().await.0, 0, "each is asked for once");
    story.end().await;
}
