-- Which items leave a margin between the highest bid and the cheapest offer in Jita, where both sides are busy?
-- Fees and taxes are not in it: take off what your skills and standings leave of them.
WITH book AS (
    SELECT
        type_id,
        MAX(CASE WHEN is_buy_order THEN price END) AS bid,
        MIN(CASE WHEN NOT is_buy_order THEN price END) AS ask,
        SUM(CASE WHEN is_buy_order THEN 1 ELSE 0 END) AS bids,
        SUM(CASE WHEN is_buy_order THEN 0 ELSE 1 END) AS asks
    FROM market_orders
    WHERE region_id = 10000002 AND location_id = 60003760
    GROUP BY type_id
)
SELECT
    item.name,
    b.bid,
    b.ask,
    ROUND(CAST(100 * (b.ask - b.bid) / b.ask AS NUMERIC), 1) AS margin_percent,
    b.bids,
    b.asks
FROM book AS b
JOIN entity_names AS item ON item.id = b.type_id
WHERE b.bid > 0 AND b.ask > b.bid AND b.bids >= 5 AND b.asks >= 5
ORDER BY margin_percent DESC, item.name
LIMIT 20;
