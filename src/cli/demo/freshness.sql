SELECT dataset, targets, fresh, rows, newest_success_at
FROM sync_status
WHERE enabled
ORDER BY rows DESC, dataset
LIMIT 10;
