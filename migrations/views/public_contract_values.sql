-- Public contracts and what their items are worth, by type_values. Copies of blueprints and types that nobody trades have no
-- value; they count in unvalued_items, and nothing in the sums. Ended contracts have last_seen_at. A contract whose items
-- have not been read yet, and a courier contract, has 0 items.
SELECT
    c.region_id,
    r.name AS region_name,
    c.contract_id,
    c.type,
    c.title,
    c.issuer_id,
    issuer.name AS issuer_name,
    c.issuer_corporation_id,
    corporation.name AS issuer_corporation_name,
    c.start_location_id,
    origin.name AS start_location_name,
    c.end_location_id,
    destination.name AS end_location_name,
    c.date_issued,
    c.date_expired,
    c.last_seen_at,
    c.price,
    c.buyout,
    c.reward,
    c.collateral,
    c.volume,
    CAST(worth.items AS BIGINT) AS items,
    CAST(worth.unvalued_items AS BIGINT) AS unvalued_items,
    CAST(worth.included_value AS DOUBLE PRECISION) AS included_value,
    CAST(worth.requested_value AS DOUBLE PRECISION) AS requested_value,
    CAST(
        CASE
            WHEN worth.items > 0 THEN
                COALESCE(worth.included_value, 0) - COALESCE(worth.requested_value, 0)
                - COALESCE(c.price, 0) + COALESCE(c.reward, 0)
        END AS DOUBLE PRECISION
    ) AS gain
FROM (
    SELECT
        p.region_id,
        p.contract_id,
        COUNT(i.record_id) AS items,
        SUM(
            CASE WHEN i.record_id IS NOT NULL AND (i.is_blueprint_copy IS TRUE OR v.unit_value IS NULL) THEN 1 ELSE 0 END
        ) AS unvalued_items,
        SUM(CASE WHEN i.is_included AND i.is_blueprint_copy IS NOT TRUE THEN i.quantity * v.unit_value END) AS included_value,
        SUM(CASE WHEN NOT i.is_included AND i.is_blueprint_copy IS NOT TRUE THEN i.quantity * v.unit_value END)
            AS requested_value
    FROM public_contracts AS p
    LEFT JOIN public_contract_items AS i ON i.contract_id = p.contract_id
    LEFT JOIN type_values AS v ON v.type_id = i.type_id
    GROUP BY p.region_id, p.contract_id
) AS worth
JOIN public_contracts AS c ON c.region_id = worth.region_id AND c.contract_id = worth.contract_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN entity_names AS issuer ON issuer.id = c.issuer_id
LEFT JOIN entity_names AS corporation ON corporation.id = c.issuer_corporation_id
LEFT JOIN entity_names AS origin ON origin.id = c.start_location_id
LEFT JOIN entity_names AS destination ON destination.id = c.end_location_id
