-- What a unit of a type is worth: the cheapest offer in Jita's trade hub, else CCP's average price.
SELECT
    known.type_id,
    CAST(MIN(known.jita_sell) AS DOUBLE PRECISION) AS jita_sell,
    CAST(MAX(known.jita_buy) AS DOUBLE PRECISION) AS jita_buy,
    CAST(MAX(known.average_price) AS DOUBLE PRECISION) AS average_price,
    CAST(COALESCE(MIN(known.jita_sell), MAX(known.average_price)) AS DOUBLE PRECISION) AS unit_value
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
GROUP BY known.type_id
