-- server_status: GET /status
CREATE TABLE server_status (
    observed_at TIMESTAMPTZ NOT NULL,
    players BIGINT,
    server_version TEXT,
    start_time TIMESTAMPTZ,
    vip BOOLEAN,
    PRIMARY KEY (observed_at)
);
