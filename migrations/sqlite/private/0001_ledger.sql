-- The migrations that the tables of private data have had.
CREATE TABLE sync_private_migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_at DATETIME NOT NULL,
    duration_ms INTEGER NOT NULL
);

-- Private records that could not be stored, as they came.
CREATE TABLE sync_private_rejects (
    dataset TEXT NOT NULL,
    target TEXT NOT NULL,
    hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    json TEXT NOT NULL,
    seen_at DATETIME NOT NULL,
    PRIMARY KEY (dataset, target, hash)
) WITHOUT ROWID;
