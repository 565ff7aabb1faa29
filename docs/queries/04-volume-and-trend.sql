-- What is traded most, and is its price rising? The last 30 days against the 30 before, in The Forge.
SELECT
    p.name AS item,
    p.market_path,
    SUM(CASE WHEN h.date > latest.day_30 THEN h.volume ELSE 0 END) AS volume_30_days,
    ROUND(CAST(AVG(CASE WHEN h.date > latest.day_30 THEN h.average END) AS NUMERIC), 2) AS average_30_days,
    ROUND(CAST(AVG(CASE WHEN h.date <= latest.day_30 THEN h.average END) AS NUMERIC), 2) AS average_before
FROM market_history AS h
JOIN (
    SELECT
        region_id,
        type_id,
        (SELECT MIN(d.date) FROM (
            SELECT b.date FROM market_history AS b
            WHERE b.region_id = a.region_id AND b.type_id = a.type_id ORDER BY b.date DESC LIMIT 31
        ) AS d) AS day_30,
        (SELECT MIN(d.date) FROM (
            SELECT b.date FROM market_history AS b
            WHERE b.region_id = a.region_id AND b.type_id = a.type_id ORDER BY b.date DESC LIMIT 61
        ) AS d) AS day_60
    FROM (SELECT DISTINCT region_id, type_id FROM market_history WHERE region_id = 10000002) AS a
) AS latest ON latest.region_id = h.region_id AND latest.type_id = h.type_id AND h.date > latest.day_60
LEFT JOIN type_paths AS p ON p.type_id = h.type_id
GROUP BY h.type_id, p.name, p.market_path
ORDER BY volume_30_days DESC, item
LIMIT 20;
