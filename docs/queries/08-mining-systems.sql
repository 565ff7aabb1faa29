-- Where are the most moons and belts behind the fewest gates: quiet systems to mine in?
SELECT
    r.name AS region,
    s.name AS solar_system,
    ROUND(CAST(s.security_status AS NUMERIC), 1) AS security,
    (SELECT COUNT(*) FROM universe_system_stargates AS g WHERE g.system_id = s.system_id) AS gates,
    (SELECT COUNT(*) FROM universe_system_moons AS m WHERE m.system_id = s.system_id) AS moons,
    (SELECT COUNT(*) FROM universe_system_belts AS b WHERE b.system_id = s.system_id) AS belts
FROM universe_systems AS s
JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
JOIN universe_regions AS r ON r.region_id = c.region_id
WHERE EXISTS (SELECT 1 FROM universe_system_stargates AS g WHERE g.system_id = s.system_id)
ORDER BY gates, moons DESC, belts DESC, s.name
LIMIT 20;
