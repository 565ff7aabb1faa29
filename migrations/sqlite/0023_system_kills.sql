-- system_kills: GET /universe/system_kills
CREATE TABLE system_kills (
    observed_at TEXT NOT NULL,
    system_id INTEGER NOT NULL,
    ship_kills INTEGER,
    pod_kills INTEGER,
    npc_kills INTEGER,
    PRIMARY KEY (observed_at, system_id)
) WITHOUT ROWID;
