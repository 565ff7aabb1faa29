-- The ledger: what was asked, what came of it, and when to ask again.
CREATE TABLE sync_targets (
    dataset TEXT NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    last_success_at TEXT,
    last_attempt_at TEXT,
    expires_at TEXT,
    due_at TEXT,
    last_modified TEXT,
    etag TEXT,
    pages INTEGER,
    rows INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    last_error TEXT,
    drift INTEGER NOT NULL,
    server_version TEXT,
    fingerprint TEXT,
    held_version TEXT,
    source_version TEXT,
    cursor TEXT,
    walk TEXT,
    PRIMARY KEY (dataset, target)
) WITHOUT ROWID;
CREATE INDEX sync_targets_due_idx ON sync_targets (dataset, state, due_at);

-- What the daemon knows about its datasets, written at every start.
CREATE TABLE sync_datasets (
    dataset TEXT NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL,
    source TEXT,
    enabled INTEGER NOT NULL,
    period_seconds INTEGER NOT NULL
) WITHOUT ROWID;

-- The pages of stored sets whose rows are known page by page: validator, oddities, and the keys of the rows, packed.
CREATE TABLE sync_pages (
    dataset TEXT NOT NULL,
    target TEXT NOT NULL,
    page INTEGER NOT NULL,
    etag TEXT,
    drift INTEGER NOT NULL,
    keys BLOB NOT NULL,
    PRIMARY KEY (dataset, target, page)
);

-- Records that could not be stored, as they came.
CREATE TABLE sync_rejects (
    dataset TEXT NOT NULL,
    target TEXT NOT NULL,
    hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    json TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (dataset, target, hash)
) WITHOUT ROWID;

-- Where replies differ from the specification: fields that no column takes (unknown), required values that are not there
-- (missing), and in how many records of a reply at most.
CREATE TABLE sync_drift (
    dataset TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    records INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (dataset, field, kind)
) WITHOUT ROWID;

-- Rate-limit tokens spent lately, so that a restart does not forget them.
CREATE TABLE sync_budgets (
    budget TEXT NOT NULL,
    owner TEXT NOT NULL,
    slot TEXT NOT NULL,
    tokens INTEGER NOT NULL,
    bucket_limit INTEGER NOT NULL,
    PRIMARY KEY (budget, owner, slot)
) WITHOUT ROWID;

CREATE TABLE sync_pauses (
    budget TEXT NOT NULL PRIMARY KEY,
    until TEXT NOT NULL
) WITHOUT ROWID;

-- One row: whose database this is, and which run writes to it.
CREATE TABLE sync_instance (
    id INTEGER NOT NULL PRIMARY KEY,
    generation INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    holder TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at TEXT NOT NULL,
    stopped_at TEXT,
    documentation TEXT
);

-- What the tables and views are, and what their columns mean; written anew when that changed.
CREATE TABLE sync_tables (
    table_name TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dataset TEXT,
    operation TEXT,
    key_columns TEXT,
    write_mode TEXT,
    cadence_seconds INTEGER,
    meaning TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sync_columns (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    nullable INTEGER NOT NULL,
    unit TEXT,
    reference TEXT,
    meaning TEXT NOT NULL,
    PRIMARY KEY (table_name, column_name)
) WITHOUT ROWID;

-- One row: whether ESI is there, and if not, why nothing is read from it.
CREATE TABLE sync_esi (
    id INTEGER NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    reason TEXT NOT NULL
);

CREATE VIEW sync_status AS
SELECT
    d.dataset,
    d.enabled,
    COALESCE(SUM(t.counts), 0) AS targets,
    COALESCE(SUM(t.counts AND t.fresh), 0) AS fresh,
    COALESCE(SUM(t.counts AND NOT t.fresh), 0) AS stale,
    COALESCE(SUM(t.last_error IS NOT NULL AND t.counts), 0) AS failing,
    MIN(CASE WHEN t.counts THEN t.last_success_at END) AS oldest_success_at,
    MAX(t.last_success_at) AS newest_success_at,
    COALESCE(SUM(CASE WHEN d.source IS NULL OR t.target <> '' THEN t.rows END), 0) AS rows,
    COALESCE(SUM(t.state = 'deselected'), 0) AS deselected,
    COALESCE(SUM(t.state = 'retired'), 0) AS retired,
    COALESCE(SUM(t.state = 'complete'), 0) AS complete,
    (SELECT e.state FROM sync_esi AS e WHERE e.id = 1) AS esi
FROM sync_datasets AS d
LEFT JOIN (
    SELECT
        t.*,
        d.enabled AND t.state IN ('active', 'shrunk', 'leaving', 'complete') AND (d.source IS NULL OR t.target <> '') AS counts,
        t.last_success_at IS NOT NULL
            AND (
                t.state = 'complete'
                OR strftime('%Y-%m-%dT%H:%M:%SZ', 'now')
                    < strftime('%Y-%m-%dT%H:%M:%SZ', t.due_at, '+' || MAX(60, d.period_seconds) || ' seconds')
            ) AS fresh
    FROM sync_targets AS t
    JOIN sync_datasets AS d ON d.dataset = t.dataset
) AS t ON t.dataset = d.dataset
GROUP BY d.dataset, d.enabled;
