-- More views: markets in depth, places, systems, contracts, losses and wars, with names wherever ids appear. The same names,
-- columns and rows on SQLite and PostgreSQL. A name that is not known is NULL, and its row is there all the same.

-- The order book, a row for each price: how much can be bought or sold at this price or a better one, and for how much ISK.
-- Step 1 is the cheapest offer or the highest bid. Bids count where they lie, whatever their range and their least volume.
CREATE VIEW market_order_depth AS
SELECT
    region_id,
    location_id,
    type_id,
    is_buy_order,
    ROW_NUMBER() OVER best_first AS step,
    price,
    orders,
    volume,
    CAST(SUM(volume) OVER best_first AS BIGINT) AS cumulative_volume,
    SUM(price * volume) OVER best_first AS cumulative_isk
FROM (
    SELECT
        region_id,
        location_id,
        type_id,
        is_buy_order,
        price,
        COUNT(*) AS orders,
        CAST(SUM(volume_remain) AS BIGINT) AS volume
    FROM market_orders
    WHERE price IS NOT NULL AND is_buy_order IS NOT NULL
    GROUP BY region_id, location_id, type_id, is_buy_order, price
) AS prices
WINDOW best_first AS (
    PARTITION BY region_id, location_id, type_id, is_buy_order
    ORDER BY CASE WHEN is_buy_order THEN -price ELSE price END
    ROWS UNBOUNDED PRECEDING
);

-- Bought from the cheapest offer in one place and sold in another: at once to its highest bid, which costs sales tax, or
-- listed beside its cheapest offer, which costs sales tax and broker's fee. Rows are the pairs whose bid lies above the
-- offer. Volume is what the best price of both sides has. The rates are those of a pilot without skills or standings in an
-- NPC station: 7.5 % sales tax (3.375 % with Accounting V) and 3 % broker's fee (1.5 % with Broker Relations V). With other
-- rates, compute from buy_at, sell_at and list_at: sell_at * (1 - tax) - buy_at, list_at * (1 - tax - fee) - buy_at.
CREATE VIEW market_arbitrage AS
WITH trade AS (
    SELECT
        origin.type_id,
        origin.region_id AS from_region_id,
        origin.location_id AS from_location_id,
        target.region_id AS to_region_id,
        target.location_id AS to_location_id,
        origin.lowest_sell AS buy_at,
        target.highest_buy AS sell_at,
        target.lowest_sell AS list_at,
        (
            SELECT MIN(side.units)
            FROM (
                SELECT CAST(SUM(o.volume_remain) AS BIGINT) AS units
                FROM market_orders AS o
                WHERE o.region_id = origin.region_id AND o.type_id = origin.type_id
                    AND o.location_id = origin.location_id AND o.price = origin.lowest_sell AND NOT o.is_buy_order
                UNION ALL
                SELECT CAST(SUM(o.volume_remain) AS BIGINT)
                FROM market_orders AS o
                WHERE o.region_id = target.region_id AND o.type_id = target.type_id
                    AND o.location_id = target.location_id AND o.price = target.highest_buy AND o.is_buy_order
            ) AS side
        ) AS volume,
        CAST(0.075 AS DOUBLE PRECISION) AS sales_tax,
        CAST(0.03 AS DOUBLE PRECISION) AS broker_fee
    FROM market_station_prices AS origin
    JOIN market_station_prices AS target
        ON target.type_id = origin.type_id AND target.location_id <> origin.location_id
    WHERE target.highest_buy > origin.lowest_sell
),
earning AS (
    SELECT
        trade.*,
        sell_at * (1 - sales_tax) - buy_at AS profit_per_unit,
        list_at * (1 - sales_tax - broker_fee) - buy_at AS listing_profit_per_unit
    FROM trade
)
SELECT
    e.type_id,
    COALESCE(t.name, item.name) AS type_name,
    e.from_region_id,
    e.from_location_id,
    origin.name AS from_location_name,
    e.to_region_id,
    e.to_location_id,
    target.name AS to_location_name,
    e.buy_at,
    e.sell_at,
    e.list_at,
    e.sales_tax,
    e.broker_fee,
    e.volume,
    COALESCE(t.packaged_volume, t.volume) AS unit_volume,
    e.profit_per_unit,
    e.profit_per_unit / NULLIF(COALESCE(t.packaged_volume, t.volume), 0) AS profit_per_m3,
    e.profit_per_unit * e.volume AS profit,
    e.listing_profit_per_unit
FROM earning AS e
LEFT JOIN universe_types AS t ON t.type_id = e.type_id
LEFT JOIN entity_names AS item ON item.id = e.type_id
LEFT JOIN entity_names AS origin ON origin.id = e.from_location_id
LEFT JOIN entity_names AS target ON target.id = e.to_location_id;

-- What a unit of a type is worth: the cheapest offer in Jita's trade hub, else CCP's average price.
CREATE VIEW type_values AS
SELECT
    known.type_id,
    MIN(known.jita_sell) AS jita_sell,
    MAX(known.jita_buy) AS jita_buy,
    MAX(known.average_price) AS average_price,
    COALESCE(MIN(known.jita_sell), MAX(known.average_price)) AS unit_value
FROM (
    SELECT
        type_id,
        CASE WHEN NOT is_buy_order THEN price END AS jita_sell,
        CASE WHEN is_buy_order THEN price END AS jita_buy,
        NULL AS average_price
    FROM market_orders
    WHERE region_id = 10000002 AND location_id = 60003760
    UNION ALL
    SELECT type_id, NULL, NULL, average_price
    FROM market_prices
) AS known
GROUP BY known.type_id;

-- Everything that can be a location: stations of NPCs, public structures and systems. ESI does not tell where a public
-- structure is, but orders in its market do, all of which are read for it; without any, and for its name, there is NULL.
CREATE VIEW locations AS
SELECT
    place.location_id,
    place.kind,
    place.name,
    place.type_id,
    place.system_id,
    s.name AS system_name,
    s.security_status,
    s.constellation_id,
    c.name AS constellation_name,
    c.region_id,
    r.name AS region_name
FROM (
    SELECT station_id AS location_id, 'station' AS kind, name, type_id, system_id
    FROM universe_stations
    UNION ALL
    SELECT
        p.structure_id,
        'structure',
        NULL,
        NULL,
        market.system_id
    FROM public_structures AS p
    LEFT JOIN (
        SELECT location_id, MIN(system_id) AS system_id
        FROM market_orders
        GROUP BY location_id
    ) AS market ON market.location_id = p.structure_id
    UNION ALL
    SELECT system_id, 'system', name, NULL, system_id
    FROM universe_systems
) AS place
LEFT JOIN universe_systems AS s ON s.system_id = place.system_id
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id;

-- A system at a glance. Jumps and kills are of the newest hour that ESI has told; it leaves out systems where nothing
-- happened, so these have 0, and NULL means that no hour has been seen yet.
CREATE VIEW system_overview AS
SELECT
    s.system_id,
    s.name AS system_name,
    s.security_status,
    s.constellation_id,
    c.name AS constellation_name,
    c.region_id,
    r.name AS region_name,
    jump_hour.observed_at AS jumps_observed_at,
    CASE WHEN jump_hour.observed_at IS NOT NULL THEN COALESCE(j.ship_jumps, 0) END AS ship_jumps,
    kill_hour.observed_at AS kills_observed_at,
    CASE WHEN kill_hour.observed_at IS NOT NULL THEN COALESCE(k.ship_kills, 0) END AS ship_kills,
    CASE WHEN kill_hour.observed_at IS NOT NULL THEN COALESCE(k.pod_kills, 0) END AS pod_kills,
    CASE WHEN kill_hour.observed_at IS NOT NULL THEN COALESCE(k.npc_kills, 0) END AS npc_kills,
    manufacturing.cost_index AS manufacturing_index,
    material.cost_index AS material_research_index,
    research.cost_index AS time_research_index,
    copying.cost_index AS copying_index,
    invention.cost_index AS invention_index,
    reaction.cost_index AS reaction_index,
    sov.claim_kind AS sovereignty_kind,
    COALESCE(sov.claim_alliance_alliance_id, sov.claim_faction_faction_id) AS sovereignty_holder_id,
    holder.name AS sovereignty_holder_name,
    incursion.state AS incursion_state,
    incursion.influence AS incursion_influence,
    fw.owner_faction_id AS fw_owner_faction_id,
    fw_owner.name AS fw_owner_faction_name,
    fw.occupier_faction_id AS fw_occupier_faction_id,
    fw_occupier.name AS fw_occupier_faction_name,
    fw.contested AS fw_contested,
    (SELECT COUNT(*) FROM universe_system_stations AS st WHERE st.system_id = s.system_id) AS stations
FROM universe_systems AS s
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
JOIN (SELECT MAX(observed_at) AS observed_at FROM system_jumps) AS jump_hour ON TRUE
JOIN (SELECT MAX(observed_at) AS observed_at FROM system_kills) AS kill_hour ON TRUE
LEFT JOIN system_jumps AS j ON j.observed_at = jump_hour.observed_at AND j.system_id = s.system_id
LEFT JOIN system_kills AS k ON k.observed_at = kill_hour.observed_at AND k.system_id = s.system_id
LEFT JOIN industry_cost_indices AS manufacturing
    ON manufacturing.solar_system_id = s.system_id AND manufacturing.activity = 'manufacturing'
LEFT JOIN industry_cost_indices AS material
    ON material.solar_system_id = s.system_id AND material.activity = 'researching_material_efficiency'
LEFT JOIN industry_cost_indices AS research
    ON research.solar_system_id = s.system_id AND research.activity = 'researching_time_efficiency'
LEFT JOIN industry_cost_indices AS copying
    ON copying.solar_system_id = s.system_id AND copying.activity = 'copying'
LEFT JOIN industry_cost_indices AS invention
    ON invention.solar_system_id = s.system_id AND invention.activity = 'invention'
LEFT JOIN industry_cost_indices AS reaction
    ON reaction.solar_system_id = s.system_id AND reaction.activity = 'reaction'
LEFT JOIN sovereignty_systems AS sov ON sov.solar_system_id = s.system_id
LEFT JOIN entity_names AS holder
    ON holder.id = COALESCE(sov.claim_alliance_alliance_id, sov.claim_faction_faction_id)
LEFT JOIN (
    SELECT solar_system_id, MIN(constellation_id) AS constellation_id
    FROM incursion_systems
    GROUP BY solar_system_id
) AS invaded ON invaded.solar_system_id = s.system_id
LEFT JOIN incursions AS incursion ON incursion.constellation_id = invaded.constellation_id
LEFT JOIN fw_systems AS fw ON fw.solar_system_id = s.system_id
LEFT JOIN entity_names AS fw_owner ON fw_owner.id = fw.owner_faction_id
LEFT JOIN entity_names AS fw_occupier ON fw_occupier.id = fw.occupier_faction_id;

-- Public contracts and what their items are worth, by type_values. Copies of blueprints and types that nobody trades have no
-- value; they count in unvalued_items, and nothing in the sums. Ended contracts have last_seen_at. A contract whose items
-- have not been read yet, and a courier contract, has 0 items.
CREATE VIEW public_contract_values AS
SELECT
    c.region_id,
    r.name AS region_name,
    c.contract_id,
    c.type,
    c.title,
    c.issuer_id,
    issuer.name AS issuer_name,
    c.issuer_corporation_id,
    corporation.name AS issuer_corporation_name,
    c.start_location_id,
    origin.name AS start_location_name,
    c.end_location_id,
    destination.name AS end_location_name,
    c.date_issued,
    c.date_expired,
    c.last_seen_at,
    c.price,
    c.buyout,
    c.reward,
    c.collateral,
    c.volume,
    worth.items,
    worth.unvalued_items,
    worth.included_value,
    worth.requested_value,
    CASE
        WHEN worth.items > 0 THEN
            COALESCE(worth.included_value, 0) - COALESCE(worth.requested_value, 0)
            - COALESCE(c.price, 0) + COALESCE(c.reward, 0)
    END AS gain
FROM (
    SELECT
        p.region_id,
        p.contract_id,
        COUNT(i.record_id) AS items,
        SUM(
            CASE WHEN i.record_id IS NOT NULL AND (i.is_blueprint_copy IS TRUE OR v.unit_value IS NULL) THEN 1 ELSE 0 END
        ) AS unvalued_items,
        SUM(CASE WHEN i.is_included AND i.is_blueprint_copy IS NOT TRUE THEN i.quantity * v.unit_value END) AS included_value,
        SUM(CASE WHEN NOT i.is_included AND i.is_blueprint_copy IS NOT TRUE THEN i.quantity * v.unit_value END)
            AS requested_value
    FROM public_contracts AS p
    LEFT JOIN public_contract_items AS i ON i.contract_id = p.contract_id
    LEFT JOIN type_values AS v ON v.type_id = i.type_id
    GROUP BY p.region_id, p.contract_id
) AS worth
JOIN public_contracts AS c ON c.region_id = worth.region_id AND c.contract_id = worth.contract_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN entity_names AS issuer ON issuer.id = c.issuer_id
LEFT JOIN entity_names AS corporation ON corporation.id = c.issuer_corporation_id
LEFT JOIN entity_names AS origin ON origin.id = c.start_location_id
LEFT JOIN entity_names AS destination ON destination.id = c.end_location_id;

-- Losses with names and value, by CCP's average price of today. The ship counts as destroyed; items in containers count;
-- copies of blueprints (singleton 2) and types without a price count nothing.
CREATE VIEW killmail_values AS
SELECT
    k.killmail_id,
    k.killmail_time,
    k.war_id,
    k.solar_system_id,
    s.name AS system_name,
    s.security_status,
    c.region_id,
    r.name AS region_name,
    k.victim_character_id,
    victim.name AS victim_character_name,
    k.victim_corporation_id,
    corporation.name AS victim_corporation_name,
    k.victim_alliance_id,
    alliance.name AS victim_alliance_name,
    k.victim_faction_id,
    faction.name AS victim_faction_name,
    k.victim_ship_type_id,
    ship.name AS victim_ship_name,
    hull.average_price AS ship_value,
    COALESCE(hull.average_price, 0) + COALESCE((
        SELECT SUM(lost.quantity * p.average_price)
        FROM (
            SELECT i.item_type_id AS type_id, i.quantity_destroyed AS quantity
            FROM killmail_items AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
            UNION ALL
            SELECT i.item_type_id, i.quantity_destroyed
            FROM killmail_item_contents AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
        ) AS lost
        JOIN market_prices AS p ON p.type_id = lost.type_id
    ), 0) AS destroyed_value,
    COALESCE((
        SELECT SUM(lost.quantity * p.average_price)
        FROM (
            SELECT i.item_type_id AS type_id, i.quantity_dropped AS quantity
            FROM killmail_items AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
            UNION ALL
            SELECT i.item_type_id, i.quantity_dropped
            FROM killmail_item_contents AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
        ) AS lost
        JOIN market_prices AS p ON p.type_id = lost.type_id
    ), 0) AS dropped_value,
    (SELECT COUNT(*) FROM killmail_attackers AS a WHERE a.killmail_id = k.killmail_id) AS attackers,
    final.character_id AS final_blow_character_id,
    killer.name AS final_blow_character_name,
    final.corporation_id AS final_blow_corporation_id,
    killer_corporation.name AS final_blow_corporation_name,
    final.ship_type_id AS final_blow_ship_type_id,
    killer_ship.name AS final_blow_ship_name
FROM killmails AS k
LEFT JOIN universe_systems AS s ON s.system_id = k.solar_system_id
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN market_prices AS hull ON hull.type_id = k.victim_ship_type_id
LEFT JOIN killmail_attackers AS final
    ON final.killmail_id = k.killmail_id
    AND final.ordinal = (
        SELECT MIN(a.ordinal) FROM killmail_attackers AS a WHERE a.killmail_id = k.killmail_id AND a.final_blow
    )
LEFT JOIN entity_names AS victim ON victim.id = k.victim_character_id
LEFT JOIN entity_names AS corporation ON corporation.id = k.victim_corporation_id
LEFT JOIN entity_names AS alliance ON alliance.id = k.victim_alliance_id
LEFT JOIN entity_names AS faction ON faction.id = k.victim_faction_id
LEFT JOIN entity_names AS ship ON ship.id = k.victim_ship_type_id
LEFT JOIN entity_names AS killer ON killer.id = final.character_id
LEFT JOIN entity_names AS killer_corporation ON killer_corporation.id = final.corporation_id
LEFT JOIN entity_names AS killer_ship ON killer_ship.id = final.ship_type_id;

-- Who takes part in a war: its two sides, and the allies of the defender, whose kills ESI does not count apart.
CREATE VIEW war_participants AS
SELECT
    p.war_id,
    p.side,
    p.alliance_id,
    alliance.name AS alliance_name,
    p.corporation_id,
    corporation.name AS corporation_name,
    p.ships_killed,
    p.isk_destroyed
FROM (
    SELECT
        war_id,
        'aggressor' AS side,
        aggressor_alliance_id AS alliance_id,
        aggressor_corporation_id AS corporation_id,
        aggressor_ships_killed AS ships_killed,
        aggressor_isk_destroyed AS isk_destroyed
    FROM wars
    UNION ALL
    SELECT
        war_id,
        'defender',
        defender_alliance_id,
        defender_corporation_id,
        defender_ships_killed,
        defender_isk_destroyed
    FROM wars
    UNION ALL
    SELECT war_id, 'ally', alliance_id, corporation_id, NULL, NULL
    FROM war_allies
) AS p
LEFT JOIN entity_names AS alliance ON alliance.id = p.alliance_id
LEFT JOIN entity_names AS corporation ON corporation.id = p.corporation_id;

-- Wars that are not over yet: without an end, or with one that is still to come. Their allies are in war_participants.
CREATE VIEW open_wars AS
SELECT
    w.war_id,
    w.declared,
    w.started,
    w.retracted,
    w.finished,
    w.mutual,
    w.open_for_allies,
    COALESCE(w.aggressor_alliance_id, w.aggressor_corporation_id) AS aggressor_id,
    aggressor.name AS aggressor_name,
    w.aggressor_ships_killed,
    w.aggressor_isk_destroyed,
    COALESCE(w.defender_alliance_id, w.defender_corporation_id) AS defender_id,
    defender.name AS defender_name,
    w.defender_ships_killed,
    w.defender_isk_destroyed,
    (SELECT COUNT(*) FROM war_allies AS a WHERE a.war_id = w.war_id) AS allies
FROM wars AS w
LEFT JOIN entity_names AS aggressor
    ON aggressor.id = COALESCE(w.aggressor_alliance_id, w.aggressor_corporation_id)
LEFT JOIN entity_names AS defender ON defender.id = COALESCE(w.defender_alliance_id, w.defender_corporation_id)
WHERE w.finished IS NULL OR w.finished > strftime('%Y-%m-%dT%H:%M:%SZ', 'now');

-- The front of faction warfare. A system falls when the share of its victory points reaches 1.
CREATE VIEW fw_front AS
SELECT
    f.solar_system_id,
    COALESCE(s.name, n.name) AS system_name,
    s.security_status,
    c.region_id,
    r.name AS region_name,
    f.owner_faction_id,
    owner.name AS owner_faction_name,
    f.occupier_faction_id,
    occupier.name AS occupier_faction_name,
    f.contested,
    f.victory_points,
    f.victory_points_threshold,
    CAST(f.victory_points AS DOUBLE PRECISION) / NULLIF(f.victory_points_threshold, 0) AS contested_share
FROM fw_systems AS f
LEFT JOIN universe_systems AS s ON s.system_id = f.solar_system_id
LEFT JOIN entity_names AS n ON n.id = f.solar_system_id
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN entity_names AS owner ON owner.id = f.owner_faction_id
LEFT JOIN entity_names AS occupier ON occupier.id = f.occupier_faction_id;

-- Who belongs where: every character with an affiliation, with the names and tickers of what it belongs to.
CREATE VIEW affiliations AS
SELECT
    a.character_id,
    person.name AS character_name,
    a.corporation_id,
    COALESCE(corp.name, corporation.name) AS corporation_name,
    corp.ticker AS corporation_ticker,
    a.alliance_id,
    COALESCE(ally.name, alliance.name) AS alliance_name,
    ally.ticker AS alliance_ticker,
    a.faction_id,
    faction.name AS faction_name
FROM character_affiliations AS a
LEFT JOIN entity_names AS person ON person.id = a.character_id
LEFT JOIN corporations AS corp ON corp.corporation_id = a.corporation_id
LEFT JOIN entity_names AS corporation ON corporation.id = a.corporation_id
LEFT JOIN alliances AS ally ON ally.alliance_id = a.alliance_id
LEFT JOIN entity_names AS alliance ON alliance.id = a.alliance_id
LEFT JOIN entity_names AS faction ON faction.id = a.faction_id;

-- Every corporation that is known, by details or only by name, with who leads it and what it belongs to.
CREATE VIEW corporation_profiles AS
SELECT
    known.corporation_id,
    COALESCE(corp.name, corporation.name) AS corporation_name,
    corp.ticker,
    corp.member_count,
    corp.ceo_id,
    ceo.name AS ceo_name,
    corp.alliance_id,
    COALESCE(ally.name, alliance.name) AS alliance_name,
    ally.ticker AS alliance_ticker,
    corp.enlisted_faction_id,
    faction.name AS enlisted_faction_name,
    corp.home_station_id,
    station.name AS home_station_name,
    (SELECT COUNT(*) FROM character_affiliations AS a WHERE a.corporation_id = known.corporation_id) AS known_characters
FROM (
    SELECT corporation_id FROM corporations
    UNION ALL
    SELECT n.id
    FROM entity_names AS n
    WHERE n.category = 'corporation'
        AND NOT EXISTS (SELECT 1 FROM corporations AS c WHERE c.corporation_id = n.id)
) AS known
LEFT JOIN corporations AS corp ON corp.corporation_id = known.corporation_id
LEFT JOIN entity_names AS corporation ON corporation.id = known.corporation_id
LEFT JOIN entity_names AS ceo ON ceo.id = corp.ceo_id
LEFT JOIN alliances AS ally ON ally.alliance_id = corp.alliance_id
LEFT JOIN entity_names AS alliance ON alliance.id = corp.alliance_id
LEFT JOIN entity_names AS faction ON faction.id = corp.enlisted_faction_id
LEFT JOIN entity_names AS station ON station.id = corp.home_station_id;

-- The planner's statistics until the daemon has gathered its own: those of a full market. Without any, SQLite would read all
-- orders of a region to find those of one type.
ANALYZE market_orders;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('market_orders', 'market_orders', '1200000 24000 1'),
    ('market_orders', 'market_orders_region_id_type_id_idx', '1200000 24000 40');
