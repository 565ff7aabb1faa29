-- Which systems are under incursion now, and how far has each one come?
SELECT
    r.name AS region,
    c.name AS constellation,
    s.name AS solar_system,
    ROUND(CAST(s.security_status AS NUMERIC), 1) AS security,
    CASE WHEN s.system_id = i.staging_solar_system_id THEN 'staging' ELSE '' END AS part,
    i.state,
    ROUND(CAST(100 * i.influence AS NUMERIC), 0) AS influence_percent,
    f.name AS faction
FROM incursions AS i
JOIN incursion_systems AS x ON x.constellation_id = i.constellation_id
JOIN universe_systems AS s ON s.system_id = x.solar_system_id
JOIN universe_constellations AS c ON c.constellation_id = i.constellation_id
JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN entity_names AS f ON f.id = i.faction_id
ORDER BY c.name, part DESC, s.name;
