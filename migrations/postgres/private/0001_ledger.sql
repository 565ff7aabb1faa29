-- The migrations that the tables of private data have had.
CREATE TABLE sync_private_migrations (
    version BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    duration_ms BIGINT NOT NULL
);

-- Private records that could not be stored, as they came.
CREATE TABLE sync_private_rejects (
    dataset TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    reason TEXT NOT NULL,
    json TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (dataset, target, hash)
);
