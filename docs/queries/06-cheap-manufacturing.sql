-- Where in high security is manufacturing cheapest, in a system that has a station? What would invention cost there?
SELECT
    r.name AS region,
    s.name AS solar_system,
    ROUND(CAST(s.security_status AS NUMERIC), 2) AS security,
    ROUND(CAST(100 * m.cost_index AS NUMERIC), 2) AS manufacturing_percent,
    ROUND(CAST(100 * i.cost_index AS NUMERIC), 2) AS invention_percent,
    COUNT(*) AS stations
FROM industry_cost_indices AS m
JOIN industry_cost_indices AS i ON i.solar_system_id = m.solar_system_id AND i.activity = 'invention'
JOIN universe_systems AS s ON s.system_id = m.solar_system_id
JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
JOIN universe_regions AS r ON r.region_id = c.region_id
JOIN universe_system_stations AS st ON st.system_id = s.system_id
WHERE m.activity = 'manufacturing' AND s.security_status >= 0.45
GROUP BY r.name, s.system_id, s.name, s.security_status, m.cost_index, i.cost_index
ORDER BY m.cost_index, s.name
LIMIT 20;
