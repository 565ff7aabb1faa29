-- Every corporation that is known, by details or only by name, with who leads it and what it belongs to.
SELECT
    known.corporation_id,
    CAST(COALESCE(corp.name, corporation.name) AS TEXT) AS corporation_name,
    corp.ticker,
    corp.member_count,
    corp.ceo_id,
    ceo.name AS ceo_name,
    corp.alliance_id,
    CAST(COALESCE(ally.name, alliance.name) AS TEXT) AS alliance_name,
    ally.ticker AS alliance_ticker,
    corp.enlisted_faction_id,
    faction.name AS enlisted_faction_name,
    corp.home_station_id,
    station.name AS home_station_name,
    CAST(
        (SELECT COUNT(*) FROM character_affiliations AS a WHERE a.corporation_id = known.corporation_id) AS BIGINT
    ) AS known_characters
FROM (
    SELECT corporation_id FROM corporations
    UNION ALL
    SELECT n.id
    FROM entity_names AS n
    WHERE n.category = 'corporation'
        AND NOT EXISTS (SELECT 1 FROM corporations AS c WHERE c.corporation_id = n.id)
) AS known
LEFT JOIN corporations AS corp ON corp.corporation_id = known.corporation_id
LEFT JOIN entity_names AS corporation ON corporation.id = known.corporation_id
LEFT JOIN entity_names AS ceo ON ceo.id = corp.ceo_id
LEFT JOIN alliances AS ally ON ally.alliance_id = corp.alliance_id
LEFT JOIN entity_names AS alliance ON alliance.id = corp.alliance_id
LEFT JOIN entity_names AS faction ON faction.id = corp.enlisted_faction_id
LEFT JOIN entity_names AS station ON station.id = corp.home_station_id
