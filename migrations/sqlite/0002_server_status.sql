-- server_status: GET /status
CREATE TABLE server_status (
    observed_at TEXT NOT NULL,
    players INTEGER,
    server_version TEXT,
    start_time TEXT,
    vip INTEGER,
    PRIMARY KEY (observed_at)
) WITHOUT ROWID;
