-- What does a lot of Tritanium cost in Jita, bought at once? Each row: up to which price, how many units, and on average.
SELECT
    d.price AS up_to_price,
    d.cumulative_volume AS units,
    ROUND(CAST(d.cumulative_isk AS NUMERIC), 0) AS isk,
    ROUND(CAST(d.cumulative_isk / d.cumulative_volume AS NUMERIC), 2) AS average_price
FROM market_order_depth AS d
WHERE d.region_id = 10000002 AND d.location_id = 60003760 AND d.type_id = 34 AND NOT d.is_buy_order
ORDER BY d.step
LIMIT 20;
