-- What does each item cost in Jita, to buy at once and to sell at once?
-- Jita IV - Moon 4 is station 60003760, in The Forge (10000002). Naming the region lets the query use its index.
SELECT
    item.name,
    MIN(CASE WHEN NOT o.is_buy_order THEN o.price END) AS cheapest_offer,
    MAX(CASE WHEN o.is_buy_order THEN o.price END) AS highest_bid,
    SUM(CASE WHEN o.is_buy_order THEN 0 ELSE o.volume_remain END) AS units_on_offer,
    COUNT(*) AS orders
FROM market_orders AS o
JOIN entity_names AS item ON item.id = o.type_id
WHERE o.region_id = 10000002 AND o.location_id = 60003760
GROUP BY o.type_id, item.name
ORDER BY orders DESC, item.name
LIMIT 20;
