//! The views' answers, compared with answers worked out by hand.
//!
//! The tests insert the rows, so that each number below can be checked with a pencil. `queries.rs` tests that
//! the views answer over a whole world, and the same on both databases; `planner.rs` tests that they use an
//! index.

use esi_syncd::store::Store;

use crate::support::esi::reader;
use crate::support::{Db, on_both};

on_both!(
    the_order_book_cumulates_from_the_best_price,
    arbitrage_pays_tax_and_takes_what_both_sides_have,
    a_type_is_worth_its_offer_in_jita_or_the_average,
    every_place_has_its_system,
    a_system_at_a_glance,
    contracts_are_worth_their_items,
    losses_are_worth_what_was_in_them,
    wars_are_open_until_they_end,
    the_front_says_how_far_a_system_is_from_falling,
    people_belong_somewhere,
);

/// Two systems in two regions, their markets, and names for most of it.
const WORLD: &str = "
    INSERT INTO universe_regions (region_id, name) VALUES (10000002, 'The Forge'), (10000043, 'Domain');
    INSERT INTO universe_constellations (constellation_id, name, region_id) VALUES
        (20000020, 'Kimotoro', 10000002), (20000322, 'Throne Worlds', 10000043);
    INSERT INTO universe_systems (system_id, name, constellation_id, security_status) VALUES
        (30000142, 'Jita', 20000020, 0.9), (30002187, 'Amarr', 20000322, 1.0), (30009999, NULL, 20009999, NULL);
    INSERT INTO universe_stations (station_id, name, system_id, type_id) VALUES
        (60003760, 'Jita IV - Moon 4', 30000142, 52678), (60008494, 'Amarr VIII', 30002187, 1932);
    INSERT INTO universe_system_stations (system_id, station_id) VALUES
        (30000142, 60003760), (30000142, 60000361), (30002187, 60008494);
    INSERT INTO public_structures (structure_id) VALUES (1040000000001), (1040000000002);
    INSERT INTO universe_types (type_id, name, volume, packaged_volume) VALUES
        (34, 'Tritanium', 0.01, NULL), (587, 'Rifter', 27289, 2500);
    INSERT INTO entity_names (id, name, category) VALUES
        (34, 'Tritanium', 'inventory_type'), (35, 'Pyerite', 'inventory_type'), (587, 'Rifter', 'inventory_type'),
        (60003760, 'Jita IV - Moon 4', 'station'), (60008494, 'Amarr VIII', 'station'),
        (500001, 'Caldari State', 'faction'), (500003, 'Amarr Empire', 'faction'),
        (90000001, 'Alice', 'character'), (90000002, 'Bob', 'character'),
        (98000001, 'Alice Corp', 'corporation'), (98000002, 'Bob Corp', 'corporation'),
        (99000001, 'Alice Alliance', 'alliance');
    INSERT INTO market_orders (region_id, order_id, type_id, is_buy_order, price, volume_remain, location_id, system_id)
    VALUES
        (10000002, 1, 34, FALSE, 5, 100, 60003760, 30000142),
        (10000002, 2, 34, FALSE, 6.5, 200, 60003760, 30000142),
        (10000002, 3, 34, FALSE, 5, 50, 60003760, 30000142),
        (10000002, 4, 34, TRUE, 4, 10, 60003760, 30000142),
        (10000002, 5, 34, TRUE, 4.5, 20, 60003760, 30000142),
        (10000002, 6, 35, FALSE, 1, 4, 60003760, 30000142),
        (10000043, 7, 34, TRUE, 7, 999, 60008494, 30002187),
        (10000043, 8, 34, TRUE, 8, 120, 60008494, 30002187),
        (10000043, 9, 34, FALSE, 9, 30, 60008494, 30002187),
        (10000043, 10, 34, TRUE, 6, 10, 1040000000001, 30002187),
        (10000043, 11, 35, TRUE, 2, 3, 60008494, 30002187);
    INSERT INTO market_prices (type_id, average_price) VALUES (34, 4.75), (587, 400000), (36, NULL);";

/// A database with the world in it, and more.
async fn world(db: &Db, more: &str) -> Store {
    db.open().await.close().await;
    db.meddle(WORLD).await;
    db.meddle(more).await;
    reader(db).await
}

/// The rows of an answer, cells joined by bars; NULL is nothing, and numbers are rounded to a millionth.
async fn says(store: &Store, sql: &str) -> Vec<String> {
    let rows = store.query(sql, &[]).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    let plain = |text: String| match text.parse::<f64>() {
        Ok(n) if text.contains('.') => format!("{}", (n * 1e6).round() / 1e6),
        _ => text,
    };
    rows.iter()
        .map(|row| (0..row.columns().len()).map(|at| plain(row.display(at))).collect::<Vec<_>>().join("|"))
        .collect()
}

async fn the_order_book_cumulates_from_the_best_price(db: &Db) {
    let store = world(db, "").await;
    let sql = "SELECT is_buy_order, step, price, orders, volume, cumulative_volume, cumulative_isk \
               FROM market_order_depth WHERE region_id = 10000002 AND location_id = 60003760 AND type_id = 34 \
               ORDER BY is_buy_order, step";
    let book = ["0|1|5|2|150|150|750", "0|2|6.5|1|200|350|2050", "1|1|4.5|1|20|20|90", "1|2|4|1|10|30|130"];
    assert_eq!(says(&store, sql).await, book);
    let whole = says(&store, "SELECT COUNT(*) AS n, SUM(orders) AS orders FROM market_order_depth").await;
    assert_eq!(whole, ["10|11"], "eleven orders, of which two have one price");
    store.close().await;
}

async fn arbitrage_pays_tax_and_takes_what_both_sides_have(db: &Db) {
    let store = world(db, "").await;
    let sql = "SELECT type_name, from_location_name, to_location_id, to_location_name, buy_at, sell_at, list_at, volume, \
               unit_volume, profit_per_unit, profit_per_m3, profit, listing_profit_per_unit \
               FROM market_arbitrage ORDER BY profit DESC";
    let trades = [
        // 8 less 7.5 % less 5 is 2.40, for 120 of 150 units; listed at 9, less 10.5 % less 5, it is 3.055.
        "Tritanium|Jita IV - Moon 4|60008494|Amarr VIII|5|8|9|120|0.01|2.4|240|288|3.055",
        // A structure has no name, and nobody offers there: 6 less 7.5 % less 5.
        "Tritanium|Jita IV - Moon 4|1040000000001||5|6||10|0.01|0.55|55|5.5|",
        // Only the name of the type is known.
        "Pyerite|Jita IV - Moon 4|60008494|Amarr VIII|1|2||3||0.85||2.55|",
    ];
    assert_eq!(says(&store, sql).await, trades);
    let own = "SELECT sell_at * (1 - 0.03375) - buy_at AS gain FROM market_arbitrage \
               WHERE type_id = 34 AND to_location_id = 60008494";
    assert_eq!(says(&store, own).await, ["2.73"], "with a tax of one's own");
    store.close().await;
}

async fn a_type_is_worth_its_offer_in_jita_or_the_average(db: &Db) {
    let store = world(db, "").await;
    let worth = ["34|5|4.5|4.75|5", "35|1|||1", "36||||", "587|||400000|400000"];
    assert_eq!(says(&store, "SELECT * FROM type_values ORDER BY type_id").await, worth);
    store.close().await;
}

async fn every_place_has_its_system(db: &Db) {
    let store = world(db, "").await;
    let sql = "SELECT location_id, kind, name, type_id, system_name, security_status, constellation_name, region_name \
               FROM locations ORDER BY location_id";
    let places = [
        "30000142|system|Jita||Jita|0.9|Kimotoro|The Forge",
        "30002187|system|Amarr||Amarr|1|Throne Worlds|Domain",
        "30009999|system||||||",
        "60003760|station|Jita IV - Moon 4|52678|Jita|0.9|Kimotoro|The Forge",
        "60008494|station|Amarr VIII|1932|Amarr|1|Throne Worlds|Domain",
        "1040000000001|structure|||Amarr|1|Throne Worlds|Domain",
        "1040000000002|structure||||||",
    ];
    assert_eq!(says(&store, sql).await, places);
    let there = "SELECT location_id FROM locations WHERE region_id = 10000043 ORDER BY location_id";
    assert_eq!(says(&store, there).await, ["30002187", "60008494", "1040000000001"]);
    store.close().await;
}

async fn a_system_at_a_glance(db: &Db) {
    let none = world(db, "").await;
    let traffic =
        "SELECT ship_jumps, ship_kills, pod_kills, npc_kills FROM system_overview WHERE system_id = 30000142";
    assert_eq!(says(&none, traffic).await, ["|||"], "no hour has been seen");
    none.close().await;
    db.meddle(
        "INSERT INTO system_jumps (observed_at, system_id, ship_jumps) VALUES
             ('2026-11-20 17:00:00Z', 30000142, 100), ('2026-11-20 18:00:00Z', 30000142, 70),
             ('2026-11-20 17:00:00Z', 30002187, 50);
         INSERT INTO system_kills (observed_at, system_id, ship_kills, pod_kills, npc_kills) VALUES
             ('2026-11-20 17:00:00Z', 30000142, 9, 9, 9), ('2026-11-20 18:00:00Z', 30002187, 3, 2, 1);
         INSERT INTO industry_cost_indices (solar_system_id, activity, cost_index) VALUES
             (30000142, 'manufacturing', 0.1), (30000142, 'researching_material_efficiency', 0.2),
             (30000142, 'researching_time_efficiency', 0.3), (30000142, 'copying', 0.4), (30000142, 'invention', 0.5),
             (30000142, 'reaction', 0.6);
         INSERT INTO sovereignty_systems (solar_system_id, claim_kind, claim_faction_faction_id,
             claim_alliance_alliance_id) VALUES
             (30000142, 'faction', 500001, NULL), (30002187, 'alliance', NULL, 99000001);
         INSERT INTO incursions (constellation_id, influence, state) VALUES (20000020, 0.5, 'established');
         INSERT INTO incursion_systems (constellation_id, solar_system_id) VALUES (20000020, 30000142);
         INSERT INTO fw_systems (solar_system_id, owner_faction_id, occupier_faction_id, contested) VALUES
             (30002187, 500003, 500002, 'contested');",
    )
    .await;
    let store = reader(db).await;
    let sql = "SELECT system_name, constellation_name, region_name, jumps_observed_at, ship_jumps, ship_kills, pod_kills, \
               npc_kills, manufacturing_index, material_research_index, time_research_index, copying_index, \
               invention_index, reaction_index, sovereignty_kind, sovereignty_holder_name, incursion_state, \
               incursion_influence, fw_owner_faction_name, fw_occupier_faction_id, fw_occupier_faction_name, \
               fw_contested, stations FROM system_overview ORDER BY system_id";
    let systems = [
        "Jita|Kimotoro|The Forge|2026-11-20 18:00:00Z|70|0|0|0|0.1|0.2|0.3|0.4|0.5|0.6|faction|Caldari State|\
         established|0.5|||||2",
        "Amarr|Throne Worlds|Domain|2026-11-20 18:00:00Z|0|3|2|1|||||||alliance|Alice Alliance|||Amarr Empire|500002||\
         contested|1",
        "|||2026-11-20 18:00:00Z|0|0|0|0|||||||||||||||0",
    ];
    assert_eq!(says(&store, sql).await, systems);
    store.close().await;
}

async fn contracts_are_worth_their_items(db: &Db) {
    let store = world(
        db,
        "INSERT INTO public_contracts (region_id, contract_id, type, issuer_id, issuer_corporation_id,
             start_location_id, price, reward) VALUES
             (10000002, 1, 'item_exchange', 90000001, 98000009, 60003760, 100, 0),
             (10000002, 2, 'courier', 90000009, 98000001, 1040000000001, 0, 5000000),
             (10000043, 3, 'item_exchange', 90000002, 98000002, 60008494, NULL, 500);
         INSERT INTO public_contract_items (contract_id, record_id, type_id, quantity, is_included, is_blueprint_copy)
         VALUES
             (1, 1, 34, 30, TRUE, NULL), (1, 2, 587, 1, TRUE, TRUE), (1, 3, 36, 7, TRUE, FALSE),
             (1, 4, 35, 10, FALSE, NULL), (3, 1, 587, 2, FALSE, NULL);",
    )
    .await;
    let sql = "SELECT contract_id, region_name, issuer_name, issuer_corporation_name, start_location_name, items, \
               unvalued_items, included_value, requested_value, gain FROM public_contract_values ORDER BY contract_id";
    let contracts = [
        // 30 Tritanium at 5 for 10 Pyerite at 1 and 100 ISK; a copy and a type that nobody trades count nothing.
        "1|The Forge|Alice||Jita IV - Moon 4|4|2|150|10|40",
        "2|The Forge||Alice Corp||0|0|||",
        // Somebody pays 500 for two Rifters at 400,000.
        "3|Domain|Bob|Bob Corp|Amarr VIII|1|0||800000|-799500",
    ];
    assert_eq!(says(&store, sql).await, contracts);
    store.close().await;
}

async fn losses_are_worth_what_was_in_them(db: &Db) {
    let store = world(
        db,
        "INSERT INTO killmails (killmail_id, killmail_time, solar_system_id, victim_character_id,
             victim_corporation_id, victim_alliance_id, victim_ship_type_id) VALUES
             (1, '2026-11-20 18:00:00Z', 30000142, 90000001, 98000001, 99000001, 587),
             (2, '2026-11-20 19:00:00Z', 39999999, NULL, 98000009, NULL, 9999);
         INSERT INTO killmail_attackers (killmail_id, ordinal, character_id, corporation_id, ship_type_id, final_blow)
         VALUES (1, 0, 90000009, 98000002, 35, FALSE), (1, 1, 90000002, 98000002, 587, TRUE),
             (2, 0, NULL, 98000009, NULL, TRUE);
         INSERT INTO killmail_items (killmail_id, ordinal, item_type_id, quantity_dropped, quantity_destroyed, singleton)
         VALUES (1, 0, 34, 4, 10, 0), (1, 1, 587, NULL, 1, 2), (1, 2, 36, 1, 1, 0);
         INSERT INTO killmail_item_contents (killmail_id, item_ordinal, ordinal, item_type_id, quantity_dropped,
             quantity_destroyed, singleton) VALUES (1, 2, 0, 34, NULL, 2, 0), (1, 2, 1, 34, 8, NULL, 0);",
    )
    .await;
    let sql = "SELECT killmail_id, system_name, region_name, victim_character_name, victim_corporation_name, \
               victim_alliance_name, victim_ship_name, ship_value, destroyed_value, dropped_value, attackers, \
               final_blow_character_name, final_blow_corporation_name, final_blow_ship_name \
               FROM killmail_values ORDER BY killmail_id";
    let losses = [
        // Destroyed: the ship and 12 Tritanium at 4.75. Dropped: 12 more. Not the copy, nor what has no price.
        "1|Jita|The Forge|Alice|Alice Corp|Alice Alliance|Rifter|400000|400057|57|2|Bob|Bob Corp|Rifter",
        "2||||||||0|0|1|||",
    ];
    assert_eq!(says(&store, sql).await, losses);
    store.close().await;
}

async fn wars_are_open_until_they_end(db: &Db) {
    let store = world(
        db,
        "INSERT INTO wars (war_id, finished, aggressor_alliance_id, aggressor_corporation_id, aggressor_ships_killed,
             aggressor_isk_destroyed, defender_corporation_id, defender_ships_killed, defender_isk_destroyed) VALUES
             (1, NULL, 99000001, NULL, 5, 1000, 98000009, 1, 20),
             (2, '2020-01-01 00:00:00Z', 99000001, NULL, 0, 0, 98000002, 0, 0),
             (3, '2999-01-01 00:00:00Z', NULL, 98000002, 0, 0, 98000001, 0, 0);
         INSERT INTO war_allies (war_id, ordinal, alliance_id, corporation_id) VALUES
             (1, 0, NULL, 98000002), (1, 1, 99000009, NULL), (2, 0, 99000001, NULL);",
    )
    .await;
    let sql = "SELECT war_id, aggressor_id, aggressor_name, aggressor_ships_killed, aggressor_isk_destroyed, \
               defender_id, defender_name, defender_ships_killed, defender_isk_destroyed, allies \
               FROM open_wars ORDER BY war_id";
    let wars = [
        "1|99000001|Alice Alliance|5|1000|98000009||1|20|2",
        "3|98000002|Bob Corp|0|0|98000001|Alice Corp|0|0|0",
    ];
    assert_eq!(says(&store, sql).await, wars);
    let sql = "SELECT side, alliance_name, corporation_id, corporation_name, ships_killed, isk_destroyed \
               FROM war_participants WHERE war_id = 1 ORDER BY side, corporation_id";
    let mut sides = says(&store, sql).await;
    sides.sort();
    let all = [
        "aggressor|Alice Alliance|||5|1000",
        "ally||98000002|Bob Corp||",
        "ally|||||",
        "defender||98000009||1|20",
    ];
    assert_eq!(sides, all);
    store.close().await;
}

async fn the_front_says_how_far_a_system_is_from_falling(db: &Db) {
    let store = world(
        db,
        "INSERT INTO fw_systems (solar_system_id, owner_faction_id, occupier_faction_id, contested, victory_points,
             victory_points_threshold) VALUES (30002187, 500003, 500002, 'contested', 750, 3000),
             (39999999, 500001, 500001, 'uncontested', 0, 0);",
    )
    .await;
    let sql = "SELECT solar_system_id, system_name, region_name, owner_faction_name, occupier_faction_id, \
               occupier_faction_name, contested, contested_share FROM fw_front ORDER BY solar_system_id";
    let front = [
        "30002187|Amarr|Domain|Amarr Empire|500002||contested|0.25",
        "39999999|||Caldari State|500001|Caldari State|uncontested|",
    ];
    assert_eq!(says(&store, sql).await, front);
    store.close().await;
}

async fn people_belong_somewhere(db: &Db) {
    let store = world(
        db,
        "INSERT INTO character_affiliations (character_id, corporation_id, alliance_id, faction_id) VALUES
             (90000001, 98000001, 99000001, NULL), (90000002, 98000002, NULL, 500001), (90000009, 98000009, NULL, NULL);
         INSERT INTO corporations (corporation_id, name, ticker, ceo_id, alliance_id, member_count, home_station_id)
         VALUES (98000001, 'Alice Corporation', 'ALI', 90000001, 99000001, 12, 60003760);
         INSERT INTO alliances (alliance_id, name, ticker) VALUES (99000001, 'Alice Alliance', 'AA');",
    )
    .await;
    let sql = "SELECT character_id, character_name, corporation_name, corporation_ticker, alliance_name, \
               alliance_ticker, faction_name FROM affiliations ORDER BY character_id";
    let people = [
        "90000001|Alice|Alice Corporation|ALI|Alice Alliance|AA|",
        "90000002|Bob|Bob Corp||||Caldari State",
        "90000009||||||",
    ];
    assert_eq!(says(&store, sql).await, people);
    let sql = "SELECT corporation_id, corporation_name, ticker, ceo_name, alliance_name, alliance_ticker, member_count, \
               home_station_name, known_characters FROM corporation_profiles ORDER BY corporation_id";
    let corporations = [
        "98000001|Alice Corporation|ALI|Alice|Alice Alliance|AA|12|Jita IV - Moon 4|1",
        "98000002|Bob Corp|||||||1",
    ];
    assert_eq!(says(&store, sql).await, corporations);
    store.close().await;
}
