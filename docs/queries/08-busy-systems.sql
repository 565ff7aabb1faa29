-- Which systems have been busy lately, and who holds them? Kills and jumps are of the newest hour that ESI reports.
SELECT
    p.region_name,
    p.name AS solar_system,
    k.ship_kills + k.pod_kills AS kills,
    j.ship_jumps AS jumps,
    COALESCE(holder.name, s.claim_kind) AS held_by
FROM system_kills AS k
JOIN system_paths AS p ON p.system_id = k.system_id
LEFT JOIN system_jumps AS j
    ON j.system_id = k.system_id AND j.observed_at = (SELECT MAX(observed_at) FROM system_jumps)
LEFT JOIN sovereignty_systems AS s ON s.solar_system_id = k.system_id
LEFT JOIN entity_names AS holder
    ON holder.id = COALESCE(s.claim_alliance_alliance_id, s.claim_faction_faction_id)
WHERE k.observed_at = (SELECT MAX(observed_at) FROM system_kills)
ORDER BY kills DESC, solar_system
LIMIT 20;
