-- Who takes part in a war: its two sides, and the allies of the defender, whose kills ESI does not count apart.
SELECT
    p.war_id,
    CAST(p.side AS TEXT) AS side,
    p.alliance_id,
    alliance.name AS alliance_name,
    p.corporation_id,
    corporation.name AS corporation_name,
    p.ships_killed,
    p.isk_destroyed
FROM (
    SELECT
        war_id,
        'aggressor' AS side,
        aggressor_alliance_id AS alliance_id,
        aggressor_corporation_id AS corporation_id,
        aggressor_ships_killed AS ships_killed,
        aggressor_isk_destroyed AS isk_destroyed
    FROM wars
    UNION ALL
    SELECT
        war_id,
        'defender',
        defender_alliance_id,
        defender_corporation_id,
        defender_ships_killed,
        defender_isk_destroyed
    FROM wars
    UNION ALL
    SELECT war_id, 'ally', alliance_id, corporation_id, NULL, NULL
    FROM war_allies
) AS p
LEFT JOIN entity_names AS alliance ON alliance.id = p.alliance_id
LEFT JOIN entity_names AS corporation ON corporation.id = p.corporation_id
