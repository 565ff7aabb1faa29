-- Which items are offered cheaper in Jita than in Amarr, and what does a unit earn if you haul it there and list it?
-- The last columns are for those who sell to a bid: the best trade between any two of the five hubs, and what it earns
-- or loses.
SELECT
    item.name,
    h.jita_sell,
    h.amarr_sell,
    ROUND(CAST(100 * (h.amarr_sell - h.jita_sell) / h.jita_sell AS NUMERIC), 1) AS gain_percent,
    origin.name AS arbitrage_from,
    target.name AS arbitrage_to,
    ROUND(CAST(h.arbitrage_gain AS NUMERIC), 2) AS arbitrage_gain
FROM market_hub_spread AS h
JOIN type_paths AS item ON item.type_id = h.type_id
LEFT JOIN universe_stations AS origin ON origin.station_id = h.arbitrage_from_station_id
LEFT JOIN universe_stations AS target ON target.station_id = h.arbitrage_to_station_id
WHERE h.amarr_sell > h.jita_sell
ORDER BY gain_percent DESC, item.name
LIMIT 20;
