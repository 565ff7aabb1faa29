//! A reader's view while the daemon writes: all rows of a target are of one version, and its ledger entry
//! describes the same version.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use esi_syncd::sim::{Sim, SimSettings};

use crate::support::esi::{Daemon, FORGE, clock, config, only, reader_when_ready, small};
use crate::support::{Db, cases, on_both};

on_both!(a_reader_sees_one_moment);

/// The ledger's entry of The Forge beside a count and a sum of its orders, all of one statement.
const ONE_MOMENT: &str = "\
SELECT t.rows, t.last_modified, COUNT(*) AS n, CAST(SUM(o.volume_remain + o.order_id % 1000) AS BIGINT) AS sum \
FROM sync_targets AS t JOIN market_orders AS o ON o.region_id = 10000002 \
WHERE t.dataset = 'market_orders' AND t.target = 'region_id=10000002' GROUP BY t.rows, t.last_modified";

/// Half of the orders change from version to version, and somebody reads all the time.
async fn a_reader_sees_one_moment(db: &Db) {
    let clock = clock(30.0);
    let sim = Sim::start(SimSettings { change_share: 0.5, ..small() }, clock.clone()).await.expect("a port");
    let one = "[datasets.market_orders]\nregions = [10000002]\n";
    let config = config(db, &sim, &(only(&["market_orders"]) + one));
    let daemon = Daemon::start_apart(&config, &clock);
    let store = reader_when_ready(db).await;
    let wanted = usize::try_from(cases(6, 60)).expect("a count");
    let mut sums: BTreeMap<DateTime<Utc>, i64> = BTreeMap::new();
    let (mut reads, mut stepped) = (0, clock.now());
    while sums.len() < wanted {
        assert!(!daemon.has_ended() && reads < 1_000_000, "{} versions in {reads} reads", sums.len());
        let rows = store.query(ONE_MOMENT, &[]).await.expect("reads");
        reads += 1;
        let Some(row) = rows.first() else { continue };
        assert_eq!(rows.len(), 1, "one entry");
        let version = row.time("last_modified").expect("a time").expect("a version");
        let number = |column| row.int(column).expect("a number").expect("not null");
        let (n, sum) = (number("n"), number("sum"));
        assert_eq!(n, number("rows"), "rows of {version}, and what the ledger says");
        assert_eq!(n, i64::try_from(sim.world().orders_in(FORGE, version)).expect("a count"), "{version}");
        assert_eq!(*sums.entry(version).or_insert(sum), sum, "two views of {version}");
        // Time passes quickly while there is nothing to fetch.
        if sim.counters().in_flight == 0 && clock.now() - stepped > TimeDelta::seconds(20) {
            clock.step(TimeDelta::seconds(60));
            stepped = clock.now();
        }
    }
    println!("{:?}: {wanted} versions in {reads} reads", db.kind);
    assert!(reads > 3 * wanted, "{reads} reads of {wanted} versions");
    assert!(sums.values().collect::<std::collections::BTreeSet<_>>().len() > wanted / 2, "{sums:?}");
    store.close().await;
    daemon.stop().await;
}
