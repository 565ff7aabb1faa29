-- Where is the most traded, and how safe is it there? Stations and public structures.
SELECT
    l.kind,
    l.name,
    l.system_name,
    l.region_name,
    ROUND(CAST(l.security_status AS NUMERIC), 2) AS security,
    m.orders
FROM (SELECT location_id, COUNT(*) AS orders FROM market_orders GROUP BY location_id) AS m
JOIN locations AS l ON l.location_id = m.location_id
ORDER BY m.orders DESC, l.location_id
LIMIT 20;
