-- Bought from the cheapest offer in one place and sold in another: at once to its highest bid, which costs sales tax, or
-- listed beside its cheapest offer, which costs sales tax and broker's fee. Rows are the pairs whose bid lies above the
-- offer. Volume is what the best price of both sides has. The rates are those of a pilot without skills or standings in an
-- NPC station: 7.5 % sales tax (3.375 % with Accounting V) and 3 % broker's fee (1.5 % with Broker Relations V). With other
-- rates, compute from buy_at, sell_at and list_at: sell_at * (1 - tax) - buy_at, list_at * (1 - tax - fee) - buy_at.
WITH trade AS (
    SELECT
        origin.type_id,
        origin.region_id AS from_region_id,
        origin.location_id AS from_location_id,
        target.region_id AS to_region_id,
        target.location_id AS to_location_id,
        origin.lowest_sell AS buy_at,
        target.highest_buy AS sell_at,
        target.lowest_sell AS list_at,
        (
            SELECT MIN(side.units)
            FROM (
                SELECT CAST(SUM(o.volume_remain) AS BIGINT) AS units
                FROM market_orders AS o
                WHERE o.region_id = origin.region_id AND o.type_id = origin.type_id
                    AND o.location_id = origin.location_id AND o.price = origin.lowest_sell AND NOT o.is_buy_order
                UNION ALL
                SELECT CAST(SUM(o.volume_remain) AS BIGINT)
                FROM market_orders AS o
                WHERE o.region_id = target.region_id AND o.type_id = target.type_id
                    AND o.location_id = target.location_id AND o.price = target.highest_buy AND o.is_buy_order
            ) AS side
        ) AS volume,
        CAST(0.075 AS DOUBLE PRECISION) AS sales_tax,
        CAST(0.03 AS DOUBLE PRECISION) AS broker_fee
    FROM market_station_prices AS origin
    JOIN market_station_prices AS target
        ON target.type_id = origin.type_id AND target.location_id <> origin.location_id
    WHERE target.highest_buy > origin.lowest_sell
),
earning AS (
    SELECT
        trade.*,
        sell_at * (1 - sales_tax) - buy_at AS profit_per_unit,
        list_at * (1 - sales_tax - broker_fee) - buy_at AS listing_profit_per_unit
    FROM trade
)
SELECT
    e.type_id,
    CAST(COALESCE(t.name, item.name) AS TEXT) AS type_name,
    e.from_region_id,
    e.from_location_id,
    origin.name AS from_location_name,
    e.to_region_id,
    e.to_location_id,
    target.name AS to_location_name,
    e.buy_at,
    e.sell_at,
    e.list_at,
    e.sales_tax,
    e.broker_fee,
    CAST(e.volume AS BIGINT) AS volume,
    CAST(COALESCE(t.packaged_volume, t.volume) AS DOUBLE PRECISION) AS unit_volume,
    CAST(e.profit_per_unit AS DOUBLE PRECISION) AS profit_per_unit,
    CAST(e.profit_per_unit / NULLIF(COALESCE(t.packaged_volume, t.volume), 0) AS DOUBLE PRECISION) AS profit_per_m3,
    CAST(e.profit_per_unit * e.volume AS DOUBLE PRECISION) AS profit,
    CAST(e.listing_profit_per_unit AS DOUBLE PRECISION) AS listing_profit_per_unit
FROM earning AS e
LEFT JOIN universe_types AS t ON t.type_id = e.type_id
LEFT JOIN entity_names AS item ON item.id = e.type_id
LEFT JOIN entity_names AS origin ON origin.id = e.from_location_id
LEFT JOIN entity_names AS target ON target.id = e.to_location_id
