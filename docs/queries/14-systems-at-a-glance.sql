-- What goes on in The Forge? Traffic, losses, cost of manufacturing, and who holds or invades it.
SELECT
    s.system_name,
    ROUND(CAST(s.security_status AS NUMERIC), 2) AS security,
    s.ship_jumps,
    s.ship_kills + s.pod_kills AS losses,
    s.npc_kills,
    ROUND(CAST(100 * s.manufacturing_index AS NUMERIC), 2) AS manufacturing_percent,
    s.sovereignty_holder_name,
    s.incursion_state,
    s.stations
FROM system_overview AS s
WHERE s.region_id = 10000002
ORDER BY s.ship_jumps DESC, s.system_id
LIMIT 20;
