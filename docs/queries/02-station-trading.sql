-- Which items leave a margin between the highest bid and the cheapest offer in Jita, where both sides are busy?
-- Fees and taxes are not in it: take off what your skills and standings leave of them.
SELECT
    item.name,
    p.highest_buy,
    p.lowest_sell,
    ROUND(CAST(100 * (p.lowest_sell - p.highest_buy) / p.lowest_sell AS NUMERIC), 1) AS margin_percent,
    p.buy_orders,
    p.sell_orders
FROM market_station_prices AS p
JOIN type_paths AS item ON item.type_id = p.type_id
WHERE p.region_id = 10000002 AND p.location_id = 60003760
    AND p.highest_buy > 0 AND p.lowest_sell > p.highest_buy AND p.buy_orders >= 5 AND p.sell_orders >= 5
ORDER BY margin_percent DESC, item.name
LIMIT 20;
