-- Views that most questions begin with. The same names, columns and rows on SQLite and PostgreSQL.

-- The best prices of every type in a region, and how much there is of it.
CREATE VIEW market_best_prices AS
SELECT
    region_id,
    type_id,
    MIN(CASE WHEN NOT is_buy_order THEN price END) AS lowest_sell,
    MAX(CASE WHEN is_buy_order THEN price END) AS highest_buy,
    CAST(SUM(CASE WHEN is_buy_order THEN 0 ELSE volume_remain END) AS BIGINT) AS sell_volume,
    CAST(SUM(CASE WHEN is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS buy_volume,
    COUNT(*) AS orders
FROM market_orders
GROUP BY region_id, type_id;

-- The same for a single station or structure: buy orders count where they lie, whatever their range.
CREATE VIEW market_station_prices AS
SELECT
    region_id,
    location_id,
    type_id,
    MIN(CASE WHEN NOT is_buy_order THEN price END) AS lowest_sell,
    MAX(CASE WHEN is_buy_order THEN price END) AS highest_buy,
    CAST(SUM(CASE WHEN is_buy_order THEN 0 ELSE volume_remain END) AS BIGINT) AS sell_volume,
    CAST(SUM(CASE WHEN is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS buy_volume,
    COUNT(*) AS orders
FROM market_orders
GROUP BY region_id, location_id, type_id;

-- From trade hub to trade hub: what a unit costs in one, and what it is offered and wanted for in the other, where it is
-- dearer. Before tax and transport.
CREATE VIEW market_hub_spread AS
SELECT
    origin.type_id,
    origin.location_id AS from_station_id,
    target.location_id AS to_station_id,
    origin.lowest_sell AS buy_at,
    target.lowest_sell AS offer_at,
    target.highest_buy AS sell_at,
    target.lowest_sell - origin.lowest_sell AS spread
FROM market_station_prices AS origin
JOIN market_station_prices AS target
    ON target.type_id = origin.type_id AND target.location_id <> origin.location_id
WHERE origin.location_id IN (60003760, 60008494, 60011866, 60004588, 60005686)
    AND target.location_id IN (60003760, 60008494, 60011866, 60004588, 60005686)
    AND target.lowest_sell > origin.lowest_sell;

-- What a type is: group, category, and its path through the market window.
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
    t.type_id,
    t.name,
    t.group_id,
    g.name AS group_name,
    g.category_id,
    c.name AS category_name,
    t.market_group_id,
    path.market_path,
    t.published
FROM universe_types AS t
LEFT JOIN universe_groups AS g ON g.group_id = t.group_id
LEFT JOIN universe_categories AS c ON c.category_id = g.category_id
LEFT JOIN path ON path.market_group_id = t.market_group_id;

-- Where a system is.
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
