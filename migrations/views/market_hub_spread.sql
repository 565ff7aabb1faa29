-- The five trade hubs side by side, and the best arbitrage between two of them: bought at once from the cheapest offer in
-- one, sold at once to the highest bid in another. Before tax and transport; mostly negative, and then there is none.
WITH hub AS (
    SELECT *
    FROM market_station_prices
    WHERE region_id IN (10000002, 10000043, 10000032, 10000030, 10000042)
        AND location_id IN (60003760, 60008494, 60011866, 60004588, 60005686)
),
trade AS (
    SELECT
        origin.type_id,
        origin.location_id AS buy_station_id,
        origin.lowest_sell AS buy_at,
        target.location_id AS sell_station_id,
        target.highest_buy AS sell_at,
        target.highest_buy - origin.lowest_sell AS gain,
        ROW_NUMBER() OVER (
            PARTITION BY origin.type_id
            ORDER BY target.highest_buy - origin.lowest_sell DESC, origin.location_id, target.location_id
        ) AS place
    FROM hub AS origin
    JOIN hub AS target ON target.type_id = origin.type_id AND target.location_id <> origin.location_id
    WHERE origin.lowest_sell IS NOT NULL AND target.highest_buy IS NOT NULL
),
wide AS (
    SELECT
        type_id,
        CAST(MAX(CASE WHEN location_id = 60003760 THEN lowest_sell END) AS DOUBLE PRECISION) AS jita_sell,
        CAST(MAX(CASE WHEN location_id = 60003760 THEN highest_buy END) AS DOUBLE PRECISION) AS jita_buy,
        CAST(MAX(CASE WHEN location_id = 60008494 THEN lowest_sell END) AS DOUBLE PRECISION) AS amarr_sell,
        CAST(MAX(CASE WHEN location_id = 60008494 THEN highest_buy END) AS DOUBLE PRECISION) AS amarr_buy,
        CAST(MAX(CASE WHEN location_id = 60011866 THEN lowest_sell END) AS DOUBLE PRECISION) AS dodixie_sell,
        CAST(MAX(CASE WHEN location_id = 60011866 THEN highest_buy END) AS DOUBLE PRECISION) AS dodixie_buy,
        CAST(MAX(CASE WHEN location_id = 60004588 THEN lowest_sell END) AS DOUBLE PRECISION) AS rens_sell,
        CAST(MAX(CASE WHEN location_id = 60004588 THEN highest_buy END) AS DOUBLE PRECISION) AS rens_buy,
        CAST(MAX(CASE WHEN location_id = 60005686 THEN lowest_sell END) AS DOUBLE PRECISION) AS hek_sell,
        CAST(MAX(CASE WHEN location_id = 60005686 THEN highest_buy END) AS DOUBLE PRECISION) AS hek_buy
    FROM hub
    GROUP BY type_id
)
SELECT
    wide.*,
    trade.buy_station_id AS arbitrage_from_station_id,
    trade.buy_at AS arbitrage_buy_at,
    trade.sell_station_id AS arbitrage_to_station_id,
    trade.sell_at AS arbitrage_sell_at,
    CAST(trade.gain AS DOUBLE PRECISION) AS arbitrage_gain
FROM wide
LEFT JOIN trade ON trade.type_id = wide.type_id AND trade.place = 1
