-- Views that most questions begin with. The same names, columns and rows on SQLite and PostgreSQL.

-- What a type is: its name, group, category and path through the market window. Details arrive over hours, names within
-- minutes; so a type that only has a name yet is here too, with the rest NULL.
CREATE VIEW type_paths AS
WITH RECURSIVE path (market_group_id, market_path) AS (
    SELECT market_group_id, name
    FROM market_groups
    WHERE parent_group_id IS NULL
    UNION ALL
    SELECT g.market_group_id, path.market_path || ' > ' || g.name
    FROM market_groups AS g
    JOIN path ON path.market_group_id = g.parent_group_id
)
SELECT
    known.type_id,
    COALESCE(t.name, n.name) AS name,
    t.group_id,
    g.name AS group_name,
    g.category_id,
    c.name AS category_name,
    t.market_group_id,
    path.market_path,
    t.published
FROM (
    SELECT type_id FROM universe_types
    UNION
    SELECT id FROM entity_names WHERE category = 'inventory_type'
) AS known
LEFT JOIN universe_types AS t ON t.type_id = known.type_id
LEFT JOIN entity_names AS n ON n.id = known.type_id
LEFT JOIN universe_groups AS g ON g.group_id = t.group_id
LEFT JOIN universe_categories AS c ON c.category_id = g.category_id
LEFT JOIN path ON path.market_group_id = t.market_group_id;

-- Where a system is. The game shows security rounded to one digit; high security begins at 0.45.
CREATE VIEW system_paths AS
SELECT
    s.system_id,
    s.name,
    s.security_status,
    s.constellation_id,
    c.name AS constellation_name,
    c.region_id,
    r.name AS region_name
FROM universe_systems AS s
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id;

-- The best prices of every type in a region, and how much there is of it.
CREATE VIEW market_best_prices AS
SELECT
    region_id,
    type_id,
    MIN(CASE WHEN NOT is_buy_order THEN price END) AS lowest_sell,
    MAX(CASE WHEN is_buy_order THEN price END) AS highest_buy,
    CAST(SUM(CASE WHEN NOT is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS sell_volume,
    CAST(SUM(CASE WHEN is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS buy_volume,
    SUM(CASE WHEN NOT is_buy_order THEN 1 ELSE 0 END) AS sell_orders,
    SUM(CASE WHEN is_buy_order THEN 1 ELSE 0 END) AS buy_orders,
    COUNT(*) AS orders
FROM market_orders
GROUP BY region_id, type_id;

-- The same for a single station or structure: buy orders count where they lie, whatever their range. Name the region
-- too: the tables are sorted by it.
CREATE VIEW market_station_prices AS
SELECT
    region_id,
    location_id,
    type_id,
    MIN(CASE WHEN NOT is_buy_order THEN price END) AS lowest_sell,
    MAX(CASE WHEN is_buy_order THEN price END) AS highest_buy,
    CAST(SUM(CASE WHEN NOT is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS sell_volume,
    CAST(SUM(CASE WHEN is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS buy_volume,
    SUM(CASE WHEN NOT is_buy_order THEN 1 ELSE 0 END) AS sell_orders,
    SUM(CASE WHEN is_buy_order THEN 1 ELSE 0 END) AS buy_orders,
    COUNT(*) AS orders
FROM market_orders
GROUP BY region_id, location_id, type_id;

-- The five trade hubs side by side, and the best arbitrage between two of them: bought at once from the cheapest offer in
-- one, sold at once to the highest bid in another. Before tax and transport; mostly negative, and then there is none.
CREATE VIEW market_hub_spread AS
WITH hub AS (
    SELECT *
    FROM market_station_prices
    WHERE region_id IN (10000002, 10000043, 10000032, 10000030, 10000042)
        AND location_id IN (60003760, 60008494, 60011866, 60004588, 60005686)
),
trade AS (
    SELECT
        origin.type_id,
        origin.location_id AS buy_station_id,
        origin.lowest_sell AS buy_at,
        target.location_id AS sell_station_id,
        target.highest_buy AS sell_at,
        target.highest_buy - origin.lowest_sell AS gain,
        ROW_NUMBER() OVER (
            PARTITION BY origin.type_id
            ORDER BY target.highest_buy - origin.lowest_sell DESC, origin.location_id, target.location_id
        ) AS place
    FROM hub AS origin
    JOIN hub AS target ON target.type_id = origin.type_id AND target.location_id <> origin.location_id
    WHERE origin.lowest_sell IS NOT NULL AND target.highest_buy IS NOT NULL
),
wide AS (
    SELECT
        type_id,
        MAX(CASE WHEN location_id = 60003760 THEN lowest_sell END) AS jita_sell,
        MAX(CASE WHEN location_id = 60003760 THEN highest_buy END) AS jita_buy,
        MAX(CASE WHEN location_id = 60008494 THEN lowest_sell END) AS amarr_sell,
        MAX(CASE WHEN location_id = 60008494 THEN highest_buy END) AS amarr_buy,
        MAX(CASE WHEN location_id = 60011866 THEN lowest_sell END) AS dodixie_sell,
        MAX(CASE WHEN location_id = 60011866 THEN highest_buy END) AS dodixie_buy,
        MAX(CASE WHEN location_id = 60004588 THEN lowest_sell END) AS rens_sell,
        MAX(CASE WHEN location_id = 60004588 THEN highest_buy END) AS rens_buy,
        MAX(CASE WHEN location_id = 60005686 THEN lowest_sell END) AS hek_sell,
        MAX(CASE WHEN location_id = 60005686 THEN highest_buy END) AS hek_buy
    FROM hub
    GROUP BY type_id
)
SELECT
    wide.*,
    trade.buy_station_id AS arbitrage_from_station_id,
    trade.buy_at AS arbitrage_buy_at,
    trade.sell_station_id AS arbitrage_to_station_id,
    trade.sell_at AS arbitrage_sell_at,
    trade.gain AS arbitrage_gain
FROM wide
LEFT JOIN trade ON trade.type_id = wide.type_id AND trade.place = 1;

-- Systems by what an activity costs there, the cheapest of each region first.
CREATE VIEW industry_index_ranking AS
SELECT
    i.activity,
    p.region_id,
    p.region_name,
    i.solar_system_id,
    p.name AS system_name,
    p.security_status,
    i.cost_index,
    RANK() OVER (PARTITION BY i.activity, p.region_id ORDER BY i.cost_index) AS rank_in_region
FROM industry_cost_indices AS i
LEFT JOIN system_paths AS p ON p.system_id = i.solar_system_id;
