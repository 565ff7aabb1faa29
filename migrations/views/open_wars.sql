-- Wars that are not over yet: without an end, or with one that is still to come. Their allies are in war_participants.
SELECT
    w.war_id,
    w.declared,
    w.started,
    w.retracted,
    w.finished,
    w.mutual,
    w.open_for_allies,
    CAST(COALESCE(w.aggressor_alliance_id, w.aggressor_corporation_id) AS BIGINT) AS aggressor_id,
    aggressor.name AS aggressor_name,
    w.aggressor_ships_killed,
    w.aggressor_isk_destroyed,
    CAST(COALESCE(w.defender_alliance_id, w.defender_corporation_id) AS BIGINT) AS defender_id,
    defender.name AS defender_name,
    w.defender_ships_killed,
    w.defender_isk_destroyed,
    CAST((SELECT COUNT(*) FROM war_allies AS a WHERE a.war_id = w.war_id) AS BIGINT) AS allies
FROM wars AS w
LEFT JOIN entity_names AS aggressor
    ON aggressor.id = COALESCE(w.aggressor_alliance_id, w.aggressor_corporation_id)
LEFT JOIN entity_names AS defender ON defender.id = COALESCE(w.defender_alliance_id, w.defender_corporation_id)
WHERE w.finished IS NULL OR w.finished > [sqlite:strftime('%Y-%m-%d %H:%M:%SZ', 'now')][postgres:CURRENT_TIMESTAMP]
