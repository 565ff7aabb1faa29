-- Everything that can be a location: stations of NPCs, public structures and systems. ESI does not tell where a public
-- structure is, but orders in its market do, all of which are read for it; without any, and for its name, there is NULL.
SELECT
    place.location_id,
    CAST(place.kind AS TEXT) AS kind,
    place.name,
    place.type_id,
    place.system_id,
    s.name AS system_name,
    s.security_status,
    s.constellation_id,
    c.name AS constellation_name,
    c.region_id,
    r.name AS region_name
FROM (
    SELECT station_id AS location_id, 'station' AS kind, name, type_id, system_id
    FROM universe_stations
    UNION ALL
    SELECT
        p.structure_id,
        'structure',
        NULL,
        NULL,
        market.system_id
    FROM public_structures AS p
    LEFT JOIN (
        SELECT location_id, CAST(MIN(system_id) AS BIGINT) AS system_id
        FROM market_orders
        GROUP BY location_id
    ) AS market ON market.location_id = p.structure_id
    UNION ALL
    SELECT system_id, 'system', name, NULL, system_id
    FROM universe_systems
) AS place
LEFT JOIN universe_systems AS s ON s.system_id = place.system_id
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
