-- Which alliances, and which of their corporations, have the most pilots in the tables?
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
