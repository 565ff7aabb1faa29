-- The ledger: what was asked, what came of it, and when to ask again.
CREATE TABLE sync_targets (
    dataset TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    owner_kind TEXT,
    owner_id BIGINT,
    kind TEXT NOT NULL,
    rank BIGINT,
    state TEXT NOT NULL,
    last_success_at TIMESTAMPTZ,
    last_attempt_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    due_at TIMESTAMPTZ,
    last_modified TIMESTAMPTZ,
    etag TEXT,
    pages BIGINT,
    rows BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    last_error TEXT,
    drift BIGINT NOT NULL,
    server_version TEXT,
    fingerprint TEXT,
    quarantined_version TEXT,
    source_version TEXT,
    cursor TEXT,
    walk TEXT,
    walk_ended BOOLEAN NOT NULL,
    rereading BOOLEAN NOT NULL,
    PRIMARY KEY (dataset, target)
);
CREATE INDEX sync_targets_due_idx ON sync_targets (dataset, due_at)
    WHERE state IN ('active', 'shrunk', 'leaving');

-- What the daemon knows about its datasets, written at every start.
CREATE TABLE sync_datasets (
    dataset TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operation TEXT NOT NULL,
    source TEXT,
    enabled BOOLEAN NOT NULL,
    every TEXT NOT NULL,
    declaration TEXT NOT NULL,
    period_seconds BIGINT NOT NULL
);

-- The pages of stored sets whose rows are known page by page: validator, oddities, and the keys of the rows, packed.
CREATE TABLE sync_pages (
    dataset TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    page BIGINT NOT NULL,
    etag TEXT,
    drift BIGINT NOT NULL,
    keys BYTEA NOT NULL,
    PRIMARY KEY (dataset, target, page)
);

-- Records that could not be stored, as they came.
CREATE TABLE sync_rejects (
    dataset TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    reason TEXT NOT NULL,
    json TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (dataset, target, hash)
);

-- Where replies differ from the specification: fields that no column takes (unknown), required values that are not there
-- (missing), and in how many records of a reply at most.
CREATE TABLE sync_drift (
    dataset TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    records BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (dataset, field, kind)
);

-- Rate-limit tokens spent lately, so that a restart does not forget them.
CREATE TABLE sync_budgets (
    budget TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    slot TIMESTAMPTZ NOT NULL,
    tokens BIGINT NOT NULL,
    bucket_limit BIGINT NOT NULL,
    PRIMARY KEY (budget, owner, slot)
);

CREATE TABLE sync_pauses (
    budget TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    until TIMESTAMPTZ NOT NULL
);

-- One row: whose database this is, and which run writes to it.
CREATE TABLE sync_instance (
    id BIGINT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    tenant TEXT NOT NULL,
    holder TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    stopped_at TIMESTAMPTZ,
    documentation TEXT,
    public_schema TEXT
);

-- What the tables and views are, and what their columns mean; written anew when that changed.
CREATE TABLE sync_tables (
    table_name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dataset TEXT,
    operation TEXT,
    key_columns TEXT,
    write_mode TEXT,
    cadence_seconds BIGINT,
    meaning TEXT NOT NULL
);

CREATE TABLE sync_columns (
    table_name TEXT COLLATE "C" NOT NULL,
    column_name TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    type TEXT NOT NULL,
    nullable BOOLEAN NOT NULL,
    unit TEXT,
    reference TEXT,
    meaning TEXT NOT NULL,
    PRIMARY KEY (table_name, column_name)
);

-- One row: whether ESI is there, and if not, why nothing is read from it.
CREATE TABLE sync_esi (
    id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ,
    reason TEXT NOT NULL
);

-- The migrations that this database has had.
CREATE TABLE sync_migrations (
    version BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    duration_ms BIGINT NOT NULL
);

-- The views of this database; one whose file has another hash is made anew at the next start.
CREATE TABLE sync_views (
    view_name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL
);
