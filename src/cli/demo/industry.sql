SELECT s.name, r.name AS region, i.cost_index
FROM industry_cost_indices AS i
JOIN universe_systems AS s ON s.system_id = i.solar_system_id
JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
JOIN universe_regions AS r ON r.region_id = c.region_id
WHERE i.activity = 'manufacturing' AND s.security_status >= 0.45
ORDER BY i.cost_index, s.name
LIMIT 5;
