-- How old can an answer be? Each dataset, how much of it is fresh, and when its oldest part was last seen in ESI.
SELECT
    s.dataset,
    s.fresh,
    s.targets,
    s.failing,
    s.oldest_success_at,
    MIN(t.last_error) AS an_error
FROM sync_status AS s
LEFT JOIN sync_targets AS t ON t.dataset = s.dataset AND t.last_error IS NOT NULL
WHERE s.enabled
GROUP BY s.dataset, s.fresh, s.targets, s.failing, s.oldest_success_at
ORDER BY s.dataset;
