-- system_kills: GET /universe/system_kills
CREATE TABLE system_kills (
    observed_at TIMESTAMPTZ NOT NULL,
    system_id BIGINT NOT NULL,
    ship_kills BIGINT,
    pod_kills BIGINT,
    npc_kills BIGINT,
    PRIMARY KEY (observed_at, system_id)
);
