-- The ledger: what was asked, what came of it, and when to ask again.
CREATE TABLE sync_targets (
    dataset TEXT NOT NULL,
    target TEXT NOT NULL,
    owner_kind TEXT,
    owner_id INTEGER,
    kind TEXT NOT NULL,
    rank INTEGER,
    state TEXT NOT NULL,
    last_success_at DATETIME,
    last_attempt_at DATETIME,
    expires_at DATETIME,
    due_at DATETIME,
    last_modified DATETIME,
    etag TEXT,
    pages INTEGER,
    rows INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    last_error TEXT,
    drift INTEGER NOT NULL,
    server_version TEXT,
    fingerprint TEXT,
    quarantined_version TEXT,
    source_version TEXT,
    cursor TEXT,
    walk TEXT,
    walk_ended BOOLEAN NOT NULL,
    rereading BOOLEAN NOT NULL,
    PRIMARY KEY (dataset, target)
) WITHOUT ROWID;
CREATE INDEX sync_targets_due_idx ON sync_targets (dataset, due_at)
    WHERE state IN ('active', 'shrunk', 'leaving');

-- What the daemon knows about its datasets, written at every start.
CREATE TABLE sync_datasets (
    dataset TEXT NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL,
    source TEXT,
    enabled BOOLEAN NOT NULL,
    every TEXT NOT NULL,
    declaration TEXT NOT NULL,
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
    seen_at DATETIME NOT NULL,
    PRIMARY KEY (dataset, target, hash)
) WITHOUT ROWID;

-- Where replies differ from the specification: fields that no column takes (unknown), required values that are not there
-- (missing), and in how many records of a reply at most.
CREATE TABLE sync_drift (
    dataset TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    records INTEGER NOT NULL,
    first_seen_at DATETIME NOT NULL,
    last_seen_at DATETIME NOT NULL,
    PRIMARY KEY (dataset, field, kind)
) WITHOUT ROWID;

-- Rate-limit tokens spent lately, so that a restart does not forget them.
CREATE TABLE sync_budgets (
    budget TEXT NOT NULL,
    owner TEXT NOT NULL,
    slot DATETIME NOT NULL,
    tokens INTEGER NOT NULL,
    bucket_limit INTEGER NOT NULL,
    PRIMARY KEY (budget, owner, slot)
) WITHOUT ROWID;

CREATE TABLE sync_pauses (
    budget TEXT NOT NULL PRIMARY KEY,
    until DATETIME NOT NULL
) WITHOUT ROWID;

-- One row: whose database this is, and which run writes to it.
CREATE TABLE sync_instance (
    id INTEGER NOT NULL PRIMARY KEY,
    generation INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    holder TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at DATETIME NOT NULL,
    stopped_at DATETIME,
    documentation TEXT,
    public_schema TEXT
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
    nullable BOOLEAN NOT NULL,
    unit TEXT,
    reference TEXT,
    meaning TEXT NOT NULL,
    PRIMARY KEY (table_name, column_name)
) WITHOUT ROWID;

-- One row: whether ESI is there, and if not, why nothing is read from it.
CREATE TABLE sync_esi (
    id INTEGER NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    since DATETIME NOT NULL,
    until DATETIME,
    reason TEXT NOT NULL
);

-- The migrations that this database has had.
CREATE TABLE sync_migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_at DATETIME NOT NULL,
    duration_ms INTEGER NOT NULL
);

-- The views of this database; one whose file has another hash is made anew at the next start.
CREATE TABLE sync_views (
    view_name TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL
) WITHOUT ROWID;
