-- The front of faction warfare. A system falls when the share of its victory points reaches 1.
SELECT
    f.solar_system_id,
    CAST(COALESCE(s.name, n.name) AS TEXT) AS system_name,
    s.security_status,
    c.region_id,
    r.name AS region_name,
    f.owner_faction_id,
    owner.name AS owner_faction_name,
    f.occupier_faction_id,
    occupier.name AS occupier_faction_name,
    f.contested,
    f.victory_points,
    f.victory_points_threshold,
    CAST(CAST(f.victory_points AS DOUBLE PRECISION) / NULLIF(f.victory_points_threshold, 0) AS DOUBLE PRECISION)
        AS contested_share
FROM fw_systems AS f
LEFT JOIN universe_systems AS s ON s.system_id = f.solar_system_id
LEFT JOIN entity_names AS n ON n.id = f.solar_system_id
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN entity_names AS owner ON owner.id = f.owner_faction_id
LEFT JOIN entity_names AS occupier ON occupier.id = f.occupier_faction_id
