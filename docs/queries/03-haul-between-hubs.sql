-- Which items are offered cheaper in Jita than in Amarr, and what does a unit earn that is hauled there and listed?
-- Amarr VIII (Oris) is station 60008494, in Domain (10000043). Busy items only: both hubs have five offers or more.
WITH jita AS (
    SELECT type_id, MIN(price) AS price, SUM(volume_remain) AS units
    FROM market_orders
    WHERE region_id = 10000002 AND location_id = 60003760 AND NOT is_buy_order
    GROUP BY type_id
    HAVING COUNT(*) >= 5
),
amarr AS (
    SELECT type_id, MIN(price) AS price
    FROM market_orders
    WHERE region_id = 10000043 AND location_id = 60008494 AND NOT is_buy_order
    GROUP BY type_id
    HAVING COUNT(*) >= 5
)
SELECT
    item.name,
    jita.price AS in_jita,
    amarr.price AS in_amarr,
    ROUND(CAST(100 * (amarr.price - jita.price) / jita.price AS NUMERIC), 1) AS gain_percent,
    jita.units AS units_in_jita
FROM jita
JOIN amarr ON amarr.type_id = jita.type_id
JOIN entity_names AS item ON item.id = jita.type_id
WHERE amarr.price > jita.price
ORDER BY gain_percent DESC, item.name
LIMIT 20;
