-- universe_stargates: GET /universe/stargates/{stargate_id}
CREATE TABLE universe_stargates (
    stargate_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    type_id INTEGER,
    destination_stargate_id INTEGER,
    destination_system_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (stargate_id)
) WITHOUT ROWID;
CREATE INDEX universe_stargates_system_id_idx ON universe_stargates (system_id);
CREATE INDEX universe_stargates_destination_system_id_idx ON universe_stargates (destination_system_id);
