-- system_jumps: GET /universe/system_jumps
CREATE TABLE system_jumps (
    observed_at TEXT NOT NULL,
    system_id INTEGER NOT NULL,
    ship_jumps INTEGER,
    PRIMARY KEY (observed_at, system_id)
) WITHOUT ROWID;
