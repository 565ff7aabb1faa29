-- What does each item cost in Jita, to buy at once and to sell at once?
-- Jita IV - Moon 4 is station 60003760, in The Forge (10000002). Naming the region lets the query use its index.
SELECT
    item.name,
    item.market_path,
    p.lowest_sell,
    p.highest_buy,
    p.sell_volume,
    p.orders
FROM market_station_prices AS p
JOIN type_paths AS item ON item.type_id = p.type_id
WHERE p.region_id = 10000002 AND p.location_id = 60003760
ORDER BY p.orders DESC, item.name
LIMIT 20;
