-- How fresh each dataset is.
SELECT
    d.dataset,
    d.enabled,
    CAST(COUNT(*) FILTER (WHERE t.counts) AS BIGINT) AS targets,
    CAST(COUNT(*) FILTER (WHERE t.counts AND t.fresh) AS BIGINT) AS fresh,
    CAST(COUNT(*) FILTER (WHERE t.counts AND NOT t.fresh) AS BIGINT) AS stale,
    CAST(COUNT(*) FILTER (WHERE t.last_error IS NOT NULL AND t.counts) AS BIGINT) AS failing,
    [sqlite:CAST(]MIN(t.last_success_at) FILTER (WHERE t.counts)[sqlite: AS TEXT)] AS oldest_success_at,
    [sqlite:CAST(]MAX(t.last_success_at)[sqlite: AS TEXT)] AS newest_success_at,
    CAST(COALESCE(SUM(t.rows) FILTER (WHERE t.kind <> 'list'), 0) AS BIGINT) AS rows,
    CAST(COUNT(*) FILTER (WHERE t.state = 'deselected') AS BIGINT) AS deselected,
    CAST(COUNT(*) FILTER (WHERE t.state = 'retired') AS BIGINT) AS retired,
    CAST(COUNT(*) FILTER (WHERE t.state = 'complete') AS BIGINT) AS complete,
    (SELECT e.state FROM sync_esi AS e WHERE e.id = 1) AS esi
FROM sync_datasets AS d
LEFT JOIN (
    SELECT
        t.*,
        d.enabled AND t.state IN ('active', 'shrunk', 'leaving', 'complete')
            AND t.kind <> 'list' AS counts,
        t.last_success_at IS NOT NULL
            AND (
                t.state = 'complete'
                OR [sqlite:strftime('%Y-%m-%d %H:%M:%SZ', 'now')][postgres:date_trunc('second', now())]
                    < [sqlite:strftime('%Y-%m-%d %H:%M:%SZ', t.due_at, '+' || MAX(60, d.period_seconds) || ' seconds')]
                      [postgres:t.due_at + make_interval(secs => GREATEST(60, d.period_seconds))]
            ) AS fresh
    FROM sync_targets AS t
    JOIN sync_datasets AS d ON d.dataset = t.dataset
) AS t ON t.dataset = d.dataset
GROUP BY d.dataset, d.enabled
