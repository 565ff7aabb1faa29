-- Which open public contracts give the most for their price? Look inside before you pay: a line without a value counts
-- nothing, and one absurd offer in Jita makes a type look dear.
SELECT
    c.region_name,
    c.contract_id,
    c.title,
    c.start_location_name,
    c.issuer_name,
    c.items,
    c.unvalued_items,
    c.price,
    ROUND(CAST(c.included_value AS NUMERIC), 0) AS item_value,
    ROUND(CAST(c.gain AS NUMERIC), 0) AS gain
FROM public_contract_values AS c
WHERE c.type = 'item_exchange' AND c.last_seen_at IS NULL AND c.items > 0
ORDER BY c.gain DESC, c.contract_id
LIMIT 20;
