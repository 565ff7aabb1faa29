SELECT n.name,
       MIN(CASE WHEN NOT o.is_buy_order THEN o.price END) AS lowest_sell,
       MAX(CASE WHEN o.is_buy_order THEN o.price END) AS highest_buy,
       SUM(CASE WHEN NOT o.is_buy_order THEN o.volume_remain END) AS units_for_sale
FROM market_orders AS o
JOIN entity_names AS n ON n.id = o.type_id
WHERE o.region_id = 10000002 AND o.location_id = 60003760 AND o.type_id BETWEEN 34 AND 40
GROUP BY n.name
ORDER BY lowest_sell;
