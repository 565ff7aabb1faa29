-- Which wars go on, who fights, and who is ahead?
SELECT
    w.war_id,
    w.started,
    w.aggressor_name,
    w.aggressor_ships_killed,
    ROUND(CAST(w.aggressor_isk_destroyed AS NUMERIC), 0) AS aggressor_isk,
    w.defender_name,
    w.defender_ships_killed,
    ROUND(CAST(w.defender_isk_destroyed AS NUMERIC), 0) AS defender_isk,
    w.allies
FROM open_wars AS w
ORDER BY w.aggressor_ships_killed + w.defender_ships_killed DESC, w.war_id
LIMIT 20;
