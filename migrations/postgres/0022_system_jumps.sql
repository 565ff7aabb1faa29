-- system_jumps: GET /universe/system_jumps
CREATE TABLE system_jumps (
    observed_at TIMESTAMPTZ NOT NULL,
    system_id BIGINT NOT NULL,
    ship_jumps BIGINT,
    PRIMARY KEY (observed_at, system_id)
);
