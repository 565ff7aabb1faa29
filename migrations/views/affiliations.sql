-- Who belongs where: every character with an affiliation, with the names and tickers of what it belongs to.
SELECT
    a.character_id,
    person.name AS character_name,
    a.corporation_id,
    CAST(COALESCE(corp.name, corporation.name) AS TEXT) AS corporation_name,
    corp.ticker AS corporation_ticker,
    a.alliance_id,
    CAST(COALESCE(ally.name, alliance.name) AS TEXT) AS alliance_name,
    ally.ticker AS alliance_ticker,
    a.faction_id,
    faction.name AS faction_name
FROM character_affiliations AS a
LEFT JOIN entity_names AS person ON person.id = a.character_id
LEFT JOIN corporations AS corp ON corp.corporation_id = a.corporation_id
LEFT JOIN entity_names AS corporation ON corporation.id = a.corporation_id
LEFT JOIN alliances AS ally ON ally.alliance_id = a.alliance_id
LEFT JOIN entity_names AS alliance ON alliance.id = a.alliance_id
LEFT JOIN entity_names AS faction ON faction.id = a.faction_id
