-- Which losses were the dearest, who had them, and who fired the last shot? Enable `killmails` for this one.
SELECT
    k.killmail_time,
    k.victim_character_name,
    COALESCE(k.victim_alliance_name, k.victim_corporation_name) AS victim_belongs_to,
    k.victim_ship_name,
    k.system_name,
    k.region_name,
    ROUND(CAST(k.destroyed_value AS NUMERIC), 0) AS destroyed,
    ROUND(CAST(k.dropped_value AS NUMERIC), 0) AS dropped,
    k.attackers,
    k.final_blow_character_name
FROM killmail_values AS k
ORDER BY k.destroyed_value + k.dropped_value DESC, k.killmail_id
LIMIT 20;
