-- The order book, a row for each price: how much can be bought or sold at this price or a better one, and for how much ISK.
-- Step 1 is the cheapest offer or the highest bid. Bids count where they lie, whatever their range and their least volume.
SELECT
    region_id,
    location_id,
    type_id,
    is_buy_order,
    CAST(ROW_NUMBER() OVER best_first AS BIGINT) AS step,
    price,
    orders,
    volume,
    CAST(SUM(volume) OVER best_first AS BIGINT) AS cumulative_volume,
    CAST(SUM(price * volume) OVER best_first AS DOUBLE PRECISION) AS cumulative_isk
FROM (
    SELECT
        region_id,
        location_id,
        type_id,
        is_buy_order,
        price,
        CAST(COUNT(*) AS BIGINT) AS orders,
        CAST(SUM(volume_remain) AS BIGINT) AS volume
    FROM market_orders
    WHERE price IS NOT NULL AND is_buy_order IS NOT NULL
    GROUP BY region_id, location_id, type_id, is_buy_order, price
) AS prices
WINDOW best_first AS (
    PARTITION BY region_id, location_id, type_id, is_buy_order
    ORDER BY CASE WHEN is_buy_order THEN -price ELSE price END
    ROWS UNBOUNDED PRECEDING
)
