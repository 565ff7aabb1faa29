-- How deep is the market: how much Tritanium (34) can be bought in The Forge, and up to which price?
SELECT
    price,
    SUM(volume_remain) AS units,
    SUM(SUM(volume_remain)) OVER (ORDER BY price) AS units_up_to_here,
    COUNT(*) AS orders
FROM market_orders
WHERE region_id = 10000002 AND type_id = 34 AND NOT is_buy_order
GROUP BY price
ORDER BY price
LIMIT 20;
