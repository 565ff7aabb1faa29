-- Losses with names and value, by CCP's average price of today. The ship counts as destroyed; items in containers count;
-- copies of blueprints (singleton 2) and types without a price count nothing.
SELECT
    k.killmail_id,
    k.killmail_time,
    k.war_id,
    k.solar_system_id,
    s.name AS system_name,
    s.security_status,
    c.region_id,
    r.name AS region_name,
    k.victim_character_id,
    victim.name AS victim_character_name,
    k.victim_corporation_id,
    corporation.name AS victim_corporation_name,
    k.victim_alliance_id,
    alliance.name AS victim_alliance_name,
    k.victim_faction_id,
    faction.name AS victim_faction_name,
    k.victim_ship_type_id,
    ship.name AS victim_ship_name,
    hull.average_price AS ship_value,
    CAST(COALESCE(hull.average_price, 0) + COALESCE((
        SELECT SUM(lost.quantity * p.average_price)
        FROM (
            SELECT i.item_type_id AS type_id, i.quantity_destroyed AS quantity
            FROM killmail_items AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
            UNION ALL
            SELECT i.item_type_id, i.quantity_destroyed
            FROM killmail_item_contents AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
        ) AS lost
        JOIN market_prices AS p ON p.type_id = lost.type_id
    ), 0) AS DOUBLE PRECISION) AS destroyed_value,
    CAST(COALESCE((
        SELECT SUM(lost.quantity * p.average_price)
        FROM (
            SELECT i.item_type_id AS type_id, i.quantity_dropped AS quantity
            FROM killmail_items AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
            UNION ALL
            SELECT i.item_type_id, i.quantity_dropped
            FROM killmail_item_contents AS i
            WHERE i.killmail_id = k.killmail_id AND COALESCE(i.singleton, 0) <> 2
        ) AS lost
        JOIN market_prices AS p ON p.type_id = lost.type_id
    ), 0) AS DOUBLE PRECISION) AS dropped_value,
    CAST((SELECT COUNT(*) FROM killmail_attackers AS a WHERE a.killmail_id = k.killmail_id) AS BIGINT) AS attackers,
    final.character_id AS final_blow_character_id,
    killer.name AS final_blow_character_name,
    final.corporation_id AS final_blow_corporation_id,
    killer_corporation.name AS final_blow_corporation_name,
    final.ship_type_id AS final_blow_ship_type_id,
    killer_ship.name AS final_blow_ship_name
FROM killmails AS k
LEFT JOIN universe_systems AS s ON s.system_id = k.solar_system_id
LEFT JOIN universe_constellations AS c ON c.constellation_id = s.constellation_id
LEFT JOIN universe_regions AS r ON r.region_id = c.region_id
LEFT JOIN market_prices AS hull ON hull.type_id = k.victim_ship_type_id
LEFT JOIN killmail_attackers AS final
    ON final.killmail_id = k.killmail_id
    AND final.ordinal = (
        SELECT MIN(a.ordinal) FROM killmail_attackers AS a WHERE a.killmail_id = k.killmail_id AND a.final_blow
    )
LEFT JOIN entity_names AS victim ON victim.id = k.victim_character_id
LEFT JOIN entity_names AS corporation ON corporation.id = k.victim_corporation_id
LEFT JOIN entity_names AS alliance ON alliance.id = k.victim_alliance_id
LEFT JOIN entity_names AS faction ON faction.id = k.victim_faction_id
LEFT JOIN entity_names AS ship ON ship.id = k.victim_ship_type_id
LEFT JOIN entity_names AS killer ON killer.id = final.character_id
LEFT JOIN entity_names AS killer_corporation ON killer_corporation.id = final.corporation_id
LEFT JOIN entity_names AS killer_ship ON killer_ship.id = final.ship_type_id
