//! Faults where data never arrives whole: walks, id lists, batches of ids, things asked once. After every
//! fault nothing is lost, nothing is skipped, and ids that ESI does not know are left alone.

use chrono::TimeDelta;
use esi_syncd::sim::{Fault, FaultKind, SimSettings, WorldSize};
use esi_syncd::store::{Target, TargetState};

use crate::support::esi::{entry, small};
use crate::support::story::{Story, status};
use crate::support::{Db, on_both};

on_both!(
    unlucky_ids_do_not_spoil_the_affiliations,
    a_deleted_character_is_left_alone,
    a_list_that_vanishes_for_a_moment_is_not_believed,
    a_list_that_is_none_is_refused,
    a_short_list_that_vanishes_comes_back,
    contracts_that_say_nothing,
    a_throttle_in_other_clothes_pauses_its_route,
    a_backfill_stumbles,
    new_wars_are_kept_together,
    a_kept_set_is_confirmed_and_marked,
);

async fn targets(story: &Story, dataset: &str) -> Vec<Target> {
    let mut targets = story.ctx.store.targets(dataset).await.expect("the ledger reads");
    targets.retain(|target| !target.target.is_empty());
    targets
}

/// Some that ESI refuses together with all others, some that it leaves out of its reply.
async fn unlucky_ids_do_not_spoil_the_affiliations(db: &Db) {
    let names = ["universe_regions", "public_contracts", "entity_names", "character_affiliations"];
    let story = Story::begin(db, small(), &names, "").await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    let rows = "SELECT COUNT(*) AS n FROM character_affiliations";
    let known = story.number(rows).await;
    assert!(known > 5, "{known} characters");
    db.meddle(
        "INSERT INTO entity_names (id, name, category) VALUES (7000001, 'Nobody', 'character'), \
         (7000002, 'No One', 'character'), (99000001000, 'None', 'character'), (90500001, 'Late', 'character'), \
         (90500002, 'Later', 'character')",
    )
    .await;
    story.clock.step(TimeDelta::hours(2));
    story.sim.reset_counters();
    let since = story.clock.now();
    let stranger = |t: &&Target| [7_000_001, 7_000_002].iter().any(|id| t.target == *format!("id={id}"));
    for _ in 0..12 {
        story.pass().await;
        let waiting = targets(&story, "character_affiliations").await;
        if waiting.iter().all(|t| t.due_at.is_some_and(|due| due > story.clock.now())) {
            break;
        }
        story.clock.step(TimeDelta::seconds(61));
    }
    let all = targets(&story, "character_affiliations").await;
    let fresh =
        all.iter().filter(|t| t.last_success_at.is_some_and(|at| at >= since - TimeDelta::seconds(1)));
    assert_eq!(i64::try_from(fresh.count()).expect("a count"), known, "all that ESI knows are fresh");
    assert_eq!(story.number(rows).await, known);
    let now = story.clock.now();
    let refused: Vec<&Target> = all.iter().filter(stranger).collect();
    assert_eq!(refused.len(), 2, "{all:#?}");
    for target in refused {
        assert!(
            target.last_error.as_deref().is_some_and(|e| e.starts_with("ESI does not know this id")),
            "{target:?}"
        );
        assert!(target.due_at.is_some_and(|due| due > now + TimeDelta::minutes(45)), "{target:?}");
    }
    for late in ["id=90500001", "id=90500002"] {
        let target = entry(&story.ctx.store, "character_affiliations", late).await;
        assert_eq!(target.last_error.as_deref(), Some("ESI left this id out of its reply"), "{target:?}");
        assert!(target.due_at.is_some_and(|due| due > now + TimeDelta::hours(20)), "{target:?}");
    }
    let worst = story.sim.counters().error_peak;
    assert!((1..=20).contains(&worst), "{worst} errors in a minute");
    story.end().await;
}

async fn a_deleted_character_is_left_alone(db: &Db) {
    let names = ["universe_regions", "public_contracts", "entity_names", "characters"];
    let story = Story::begin(db, small(), &names, "[datasets.characters]\nenabled = true\n").await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    let (rows, all) = (story.rows("characters").await, targets(&story, "characters").await);
    assert!(all.len() > 2, "{} characters", all.len());
    let gone = all[0].target.clone();
    let path = format!("/characters/{}", gone.last());
    story.sim.fault(Fault::on(&path).with(FaultKind::status(404)));
    story.clock.step(TimeDelta::hours(30));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0, "somebody who is gone is no failure");
    assert_eq!(story.asked(&path), 1);
    let now = story.clock.now();
    for target in targets(&story, "characters").await {
        if target.target == gone {
            assert!(target.last_error.as_deref().is_some_and(|e| e.starts_with("ESI does not know this id")));
            assert!(target.due_at.is_some_and(|due| due > now + TimeDelta::minutes(45)), "{target:?}");
        } else {
            assert!(target.last_success_at.is_some_and(|at| now - at < TimeDelta::minutes(10)), "{target:?}");
        }
    }
    assert!(rows == story.rows("characters").await, "the row stays");
    story.clock.step(TimeDelta::minutes(20));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.asked(&path), 1, "and it is left alone");
    story.end().await;
}

async fn a_list_that_vanishes_for_a_moment_is_not_believed(db: &Db) {
    let world = WorldSize { alliances: 30, ..small().world };
    let story = Story::begin(
        db,
        SimSettings { world, ..small() },
        &["alliances", "dogma_attributes"],
        "[datasets.alliances]\nids = \"all\"\n",
    )
    .await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    // A few more attributes than the simulator invents; what it does not know is absent, and that is no matter here.
    let invented = targets(&story, "dogma_attributes").await;
    let known = invented.iter().map(|t| t.target.last().into_owned());
    let ids = known.chain(["1", "2", "3", "4"].map(str::to_owned)).collect::<Vec<_>>().join(", ");
    let many = Fault::on("/dogma/attributes").with(status(200, &format!("[{ids}]"), &[]));
    story.sim.fault(many.clone());
    story.clock.step(TimeDelta::hours(50));
    story.pass().await;
    for (dataset, list) in [("alliances", "/alliances"), ("dogma_attributes", "/dogma/attributes")] {
        let (before, rows) = (targets(&story, dataset).await, story.rows(dataset).await);
        assert!(before.len() > 20, "{dataset}: {}", before.len());
        story.sim.clear_faults();
        story.sim.fault(Fault::on(list).times(1).with(status(200, "[]", &[])));
        story.sim.fault(many.clone());
        story.clock.step(TimeDelta::hours(50));
        story.pass().await;
        let held = entry(&story.ctx.store, dataset, "").await;
        assert_eq!(held.state, TargetState::Shrunk, "{dataset}: {held:?}");
        assert!(held.last_error.as_deref().is_some_and(|e| e.contains("held: 0 records")), "{held:?}");
        let after = targets(&story, dataset).await;
        assert!(
            after.len() == before.len() && after.iter().all(|t| t.state == TargetState::Active),
            "{dataset}"
        );
        assert!(rows == story.rows(dataset).await, "{dataset}: rows were touched");
        story.clock.step(TimeDelta::hours(50));
        story.pass().await;
        let believed = entry(&story.ctx.store, dataset, "").await;
        assert_eq!((believed.state, believed.last_error), (TargetState::Active, None), "{dataset}");
        assert_eq!(targets(&story, dataset).await.len(), before.len(), "{dataset}");
    }
    // Twice as empty, and by another version: then it is true. Rows stay all the same.
    let rows = story.rows("dogma_attributes").await;
    story.sim.clear_faults();
    story.sim.fault(Fault::on("/dogma/attributes").with(status(200, "[]", &[])));
    for expected in [TargetState::Active, TargetState::Retired] {
        story.clock.step(TimeDelta::hours(50));
        story.pass().await;
        let states: Vec<TargetState> =
            targets(&story, "dogma_attributes").await.iter().map(|t| t.state).collect();
        assert!(states.iter().all(|state| *state == expected), "{states:?}");
    }
    assert!(rows == story.rows("dogma_attributes").await, "rows were touched");
    story.end().await;
}

async fn a_list_that_is_none_is_refused(db: &Db) {
    let story = Story::begin(db, small(), &["dogma_attributes", "wars"], "").await;
    assert_eq!(story.pass().await.1, 0);
    let count = |targets: Vec<Target>| targets.iter().filter(|t| t.state != TargetState::Retired).count();
    for (dataset, list) in [("dogma_attributes", "/dogma/attributes"), ("wars", "/wars")] {
        let before = count(targets(&story, dataset).await);
        for body in [r#"[700001, "seven"]"#, "[1, 2.5]", r#"{"ids": [1]}"#, "[1, null]"] {
            story.sim.fault(Fault::on(list).times(1).with(status(200, body, &[])));
            story.clock.step(TimeDelta::hours(50));
            assert!(story.pass().await.1 >= 1, "{dataset}: {body}");
            let refused = entry(&story.ctx.store, dataset, "").await;
            assert!(refused.failures > 0, "{dataset}: {body}");
            assert!(
                refused.last_error.as_deref().is_some_and(|e| e.contains("not a list of ids")),
                "{refused:?}"
            );
            assert_eq!(count(targets(&story, dataset).await), before, "{dataset}: {body}");
        }
        story.clock.step(TimeDelta::hours(50));
        assert_eq!(story.pass().await.1, 0);
        let well = entry(&story.ctx.store, dataset, "").await;
        assert_eq!((well.failures, well.last_error), (0, None), "{dataset}");
    }
    story.end().await;
}

/// A handful of campaigns may all have ended. If they have not after all, they are asked for again as before.
async fn a_short_list_that_vanishes_comes_back(db: &Db) {
    let story = Story::begin(db, small(), &["military_campaigns"], "").await;
    assert_eq!(story.pass().await.1, 0);
    let (before, rows) =
        (targets(&story, "military_campaigns").await.len(), story.rows("military_campaigns").await);
    assert!((1..=20).contains(&before), "{before} campaigns");
    story.sim.fault(Fault::on("/military-campaigns").times(1).with(status(200, r#"{"campaigns": []}"#, &[])));
    story.clock.step(TimeDelta::minutes(10));
    assert_eq!(story.pass().await.1, 0);
    assert!(targets(&story, "military_campaigns").await.iter().all(|t| t.state == TargetState::Retired));
    assert_eq!(story.rows("military_campaigns").await.len(), rows.len(), "the rows stay");
    story.clock.step(TimeDelta::minutes(10));
    let since = story.clock.now();
    assert_eq!(story.pass().await.1, 0);
    let back = targets(&story, "military_campaigns").await;
    assert!(back.len() == before && back.iter().all(|t| t.state == TargetState::Active), "{back:#?}");
    assert!(back.iter().all(|t| t.last_success_at.is_some_and(|at| at > since - TimeDelta::seconds(1))));
    // And of many, none may vanish at once.
    let ids: Vec<String> =
        (0..25).map(|n| format!(r#"{{"id": "00000000-0000-4000-8000-0000000000{n:02}"}}"#)).collect();
    let many = format!(r#"{{"campaigns": [{}]}}"#, ids.join(", "));
    story.sim.fault(Fault::on("/military-campaigns").times(1).with(status(200, &many, &[])));
    story.clock.step(TimeDelta::minutes(10));
    story.pass().await;
    story.sim.fault(Fault::on("/military-campaigns").times(1).with(status(200, r#"{"campaigns": []}"#, &[])));
    story.clock.step(TimeDelta::minutes(10));
    story.pass().await;
    assert_eq!(entry(&story.ctx.store, "military_campaigns", "").await.state, TargetState::Shrunk);
    let active =
        targets(&story, "military_campaigns").await.iter().filter(|t| t.state == TargetState::Active).count();
    assert_eq!(active, 25, "all of them are still asked");
    story.end().await;
}

const CONTRACTS: [&str; 2] = ["universe_regions", "public_contracts"];
const ITEMS: [&str; 3] = ["universe_regions", "public_contracts", "public_contract_items"];

/// Their items are asked for at a pace of their own: a few show all that many would.
fn few_contracts() -> SimSettings {
    SimSettings { world: WorldSize { contracts: 2, ..small().world }, ..small() }
}

/// The open contracts that sell or buy something.
async fn open_contracts(story: &Story) -> Vec<i64> {
    let sql = "SELECT contract_id FROM public_contracts WHERE type <> 'courier' AND last_seen_at IS NULL \
               ORDER BY contract_id";
    let rows = story.ctx.store.query(sql, &[]).await.expect("reads");
    rows.iter().map(|row| row.int("contract_id").expect("a number").expect("a key")).collect()
}

async fn contracts_that_say_nothing(db: &Db) {
    let mut story = Story::begin(db, few_contracts(), &CONTRACTS, "").await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    story.keep(db, &ITEMS, "");
    let open = open_contracts(&story).await;
    assert!(open.len() > 5, "{} contracts", open.len());
    let (empty, closed) = (open[0], open[1]);
    let path = |id: i64| format!("/contracts/public/items/{id}");
    story.sim.fault(Fault::on(path(empty)).with(status(204, "", &[])));
    let words = r#"{"error": "Contract not public"}"#;
    story.sim.fault(Fault::on(path(closed)).with(status(403, words, &[])));
    assert_eq!(story.pass().await.1, 0);
    for id in &open {
        let target = entry(&story.ctx.store, "public_contract_items", &format!("contract_id={id}")).await;
        let rows = story
            .number(&format!("SELECT COUNT(*) AS n FROM public_contract_items WHERE contract_id = {id}"))
            .await;
        if *id == closed {
            assert!(
                target.last_error.as_deref().is_some_and(|e| e.contains("Contract not public")),
                "{target:?}"
            );
            assert!(target.due_at.is_some_and(|due| due > story.clock.now() + TimeDelta::minutes(45)));
            assert_eq!(rows, 0);
        } else {
            assert_eq!((target.state, &target.last_error), (TargetState::Complete, &None), "{target:?}");
            assert_eq!((target.rows, rows == 0), (rows, *id == empty), "{target:?}");
        }
    }
    story.clock.step(TimeDelta::minutes(40));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.asked("/contracts/public/items/"), 0, "each was asked once");
    story.end().await;
}

async fn a_throttle_in_other_clothes_pauses_its_route(db: &Db) {
    let mut story = Story::begin(db, few_contracts(), &CONTRACTS, "").await;
    assert_eq!(story.pass().await.1, 0);
    story.keep(db, &ITEMS, "");
    story.clock.step(TimeDelta::minutes(40));
    story.sim.hold();
    let since = story.clock.now();
    let words = r#"{"error": "ConStopSpamming, details: {\"remainingTime\": 12000000}"}"#;
    let throttle = status(520, words, &[("retry-after", "1800")]);
    story.sim.fault(Fault::on("/contracts/public/items/{contract_id}").with(throttle));
    story.sim.reset_counters();
    story.pass().await;
    let asked = story.asked("/contracts/public/items/");
    assert!((1..=16).contains(&asked), "{asked} asked in vain");
    let items = targets(&story, "public_contract_items").await;
    assert!(items.len() > 5, "{} contracts", items.len());
    for target in &items {
        assert_eq!(target.failures, 0, "no target is to blame: {target:?}");
        let wait = target.due_at.map(|due| (due - since).num_minutes());
        assert!(target.last_error.is_none() || wait.is_some_and(|m| (25..40).contains(&m)), "{target:?}");
    }
    for target in targets(&story, "public_contracts").await {
        assert!(target.last_success_at.is_some_and(|at| at >= since - TimeDelta::seconds(1)), "{target:?}");
    }
    story.sim.clear_faults();
    story.clock.step(TimeDelta::minutes(36));
    assert_eq!(story.pass().await.1, 0);
    let open = open_contracts(&story).await.len();
    let complete = targets(&story, "public_contract_items").await;
    assert_eq!(complete.iter().filter(|t| t.state == TargetState::Complete).count(), open, "all are there");
    story.end().await;
}

fn wars(story: &Story) -> (usize, usize) {
    let plain = story.sim.requests().iter().filter(|r| r.url == "/wars").count();
    (plain, story.asked("/wars?max_war_id="))
}

async fn a_backfill_stumbles(db: &Db) {
    let world = WorldSize { wars: 90, wars_per_call: 20, ..small().world };
    let more = "[datasets.wars]\nenabled = true\nbackfill = true\n";
    let story = Story::begin(db, SimSettings { world, ..small() }, &["wars"], more).await;
    story.sim.hold();
    // The newest, one step back, and then ESI fails.
    story.sim.fault(Fault::on("/wars").every(3).times(1).with(FaultKind::status(500)));
    assert_eq!(story.pass().await.1, 1);
    assert_eq!(targets(&story, "wars").await.len(), 40, "what came is kept");
    let half = entry(&story.ctx.store, "wars", "").await;
    assert!(half.walk.is_some() && half.failures == 1, "{half:?}");
    assert_eq!(wars(&story), (1, 2));
    story.sim.reset_counters();
    story.clock.step(TimeDelta::minutes(3));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(targets(&story, "wars").await.len(), 90);
    assert_eq!(wars(&story), (0, 4), "from where it was to the empty end");
    let list = entry(&story.ctx.store, "wars", "").await;
    assert_eq!((list.walk_ended, list.failures, list.last_error), (true, 0, None));
    assert_eq!(story.number("SELECT COUNT(*) AS n FROM wars").await, 90);
    story.end().await;
}

/// We were away, and more wars broke out than one reply holds.
async fn new_wars_are_kept_together(db: &Db) {
    let world = WorldSize { wars: 90, wars_per_call: 40, ..small().world };
    let more = "[datasets.wars]\nenabled = true\nbackfill = true\n";
    let story = Story::begin(db, SimSettings { world, ..small() }, &["wars"], more).await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    db.meddle("DELETE FROM sync_targets WHERE dataset = 'wars' AND target > 'war_id=700020'").await;
    assert_eq!(targets(&story, "wars").await.len(), 20);
    story.clock.step(TimeDelta::hours(2));
    story.sim.fault(Fault::on("/wars").every(2).times(1).with(FaultKind::status(500)));
    story.pass().await;
    let known = targets(&story, "wars").await.len();
    assert_eq!(known, 20, "the newest alone would hide that others are missing");
    let failed = entry(&story.ctx.store, "wars", "").await;
    assert!(
        failed.failures == 1 && failed.due_at > Some(story.clock.now() + TimeDelta::minutes(5)),
        "{failed:?}"
    );
    story.sim.reset_counters();
    story.clock.step(TimeDelta::hours(2));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(targets(&story, "wars").await.len(), 90, "all of them");
    assert_eq!(wars(&story), (1, 1), "until one is known");
    story.end().await;
}

/// Pages of contracts that stay as they are cost nothing, and a contract that goes was last seen when the set was last
/// known to be whole.
async fn a_kept_set_is_confirmed_and_marked(db: &Db) {
    let world = WorldSize { contracts: 2_500, ..small().world };
    let regions = "[datasets.public_contracts]\nregions = [10000002]\n";
    let story = Story::begin(db, SimSettings { world, ..small() }, &["public_contracts"], regions).await;
    story.sim.hold();
    assert_eq!(story.pass().await.1, 0);
    let first = entry(&story.ctx.store, "public_contracts", "region_id=10000002").await;
    assert!(first.pages.is_some_and(|pages| pages >= 3), "{first:?}");
    let rows = story.rows("public_contracts").await;
    story.clock.step(TimeDelta::minutes(40));
    story.sim.reset_counters();
    assert_eq!(story.pass().await.1, 0);
    let replies = story.sim.counters().by_status;
    let pages = u64::try_from(first.pages.unwrap_or(0)).expect("a few");
    assert_eq!(replies.get(&304).copied(), Some(pages), "{replies:?}");
    assert_eq!(replies.get(&200), None, "{replies:?}");
    assert!(rows == story.rows("public_contracts").await, "rows were touched");
    let confirmed = entry(&story.ctx.store, "public_contracts", "region_id=10000002").await;

    story.sim.next_version();
    story.clock.step(TimeDelta::minutes(40));
    assert_eq!(story.pass().await.1, 0);
    let gone = "SELECT COUNT(*) AS n FROM public_contracts WHERE last_seen_at IS NOT NULL";
    assert_eq!(story.number(gone).await, 5, "five go with every version");
    let seen = story
        .ctx
        .store
        .query("SELECT DISTINCT last_seen_at FROM public_contracts WHERE last_seen_at IS NOT NULL", &[])
        .await
        .expect("reads");
    let seen: Vec<_> = seen.iter().map(|row| row.time("last_seen_at").expect("a time")).collect();
    assert_eq!(seen, [confirmed.last_modified], "the version that held them last");
    let now = entry(&story.ctx.store, "public_contracts", "region_id=10000002").await;
    let open = "SELECT COUNT(*) AS n FROM public_contracts WHERE last_seen_at IS NULL";
    assert_eq!(story.number(open).await, first.rows, "as many have come");
    assert_eq!((now.rows, now.last_error), (first.rows, None));

    // Rows that are gone stay marked, with the time they were last seen.
    story.clock.step(TimeDelta::minutes(40));
    assert_eq!(story.pass().await.1, 0);
    assert_eq!(story.number(gone).await, 5);
    story.end().await;
}
