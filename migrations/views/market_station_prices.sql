-- The same for a single station or structure: buy orders count where they lie, whatever their range. Name the region
-- too: the tables are sorted by it.
SELECT
    region_id,
    location_id,
    type_id,
    CAST(MIN(CASE WHEN NOT is_buy_order THEN price END) AS DOUBLE PRECISION) AS lowest_sell,
    CAST(MAX(CASE WHEN is_buy_order THEN price END) AS DOUBLE PRECISION) AS highest_buy,
    CAST(SUM(CASE WHEN NOT is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS sell_volume,
    CAST(SUM(CASE WHEN is_buy_order THEN volume_remain ELSE 0 END) AS BIGINT) AS buy_volume,
    CAST(SUM(CASE WHEN NOT is_buy_order THEN 1 ELSE 0 END) AS BIGINT) AS sell_orders,
    CAST(SUM(CASE WHEN is_buy_order THEN 1 ELSE 0 END) AS BIGINT) AS buy_orders,
    CAST(COUNT(*) AS BIGINT) AS orders
FROM market_orders
GROUP BY region_id, location_id, type_id
