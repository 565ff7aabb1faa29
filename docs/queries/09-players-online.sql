-- How many players were online in each hour? ESI only knows the present: this is what the daemon has seen itself.
-- Hours are in UTC; in PostgreSQL, if your session shows other times:  SET timezone = 'UTC';
SELECT
    REPLACE(SUBSTR(CAST(observed_at AS TEXT), 1, 13), 'T', ' ') AS hour,
    MIN(players) AS fewest,
    ROUND(CAST(AVG(players) AS NUMERIC), 0) AS average,
    MAX(players) AS most,
    COUNT(*) AS readings
FROM server_status
GROUP BY 1
ORDER BY 1 DESC
LIMIT 48;
