-- What is on offer in high security for less than the average price that the game itself shows?
SELECT
    item.name AS item,
    o.price,
    p.average_price,
    ROUND(CAST(100 * o.price / p.average_price AS NUMERIC), 1) AS percent,
    o.volume_remain AS units,
    COALESCE(station.name, 'a player structure') AS place,
    s.name AS solar_system
FROM market_orders AS o
JOIN market_prices AS p ON p.type_id = o.type_id
JOIN type_paths AS item ON item.type_id = o.type_id
JOIN universe_systems AS s ON s.system_id = o.system_id
LEFT JOIN universe_stations AS station ON station.station_id = o.location_id
WHERE NOT o.is_buy_order AND o.price < p.average_price AND s.security_status >= 0.45
ORDER BY percent, o.order_id
LIMIT 20;
