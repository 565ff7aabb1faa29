-- Of which alliances, and of which corporations in them, have the most pilots been seen?
SELECT
    a.alliance_name,
    a.alliance_ticker,
    a.corporation_name,
    COUNT(*) AS pilots
FROM affiliations AS a
WHERE a.alliance_id IS NOT NULL
GROUP BY a.alliance_id, a.alliance_name, a.alliance_ticker, a.corporation_id, a.corporation_name
ORDER BY pilots DESC, a.alliance_id, a.corporation_id
LIMIT 20;
