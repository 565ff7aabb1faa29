-- Where a system is. The game shows security rounded to one digit; high security begins at 0.45.
SELECT
    s.system_id,
    s.name,
    s.security_status,
    s.constellation_id,
    c.name AS constellation_name,
    c.region_id,
    r.name AS region_name
FROM universe_systems AS s
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
