SELECT dataset, targets, fresh, rows, newest_success_at
FROM sync_status
WHERE enabled
ORDER BY dataset;
