-- Where in high security is manufacturing cheapest, in a system with an NPC facility for it? The three best systems of
-- each region. The jumps of the newest hour that ESI reports show whether a system is cheap because nobody goes there.
SELECT
    r.region_name,
    r.rank_in_region,
    r.system_name,
    ROUND(CAST(r.security_status AS NUMERIC), 2) AS security,
    ROUND(CAST(100 * r.cost_index AS NUMERIC), 2) AS manufacturing_percent,
    COUNT(*) AS facilities,
    MIN(j.ship_jumps) AS jumps
FROM industry_index_ranking AS r
JOIN industry_facilities AS f ON f.solar_system_id = r.solar_system_id
LEFT JOIN system_jumps AS j
    ON j.system_id = r.solar_system_id AND j.observed_at = (SELECT MAX(observed_at) FROM system_jumps)
WHERE r.activity = 'manufacturing' AND r.security_status >= 0.45 AND r.rank_in_region <= 3
GROUP BY r.region_name, r.rank_in_region, r.system_name, r.security_status, r.cost_index
ORDER BY r.cost_index, r.system_name
LIMIT 20;
