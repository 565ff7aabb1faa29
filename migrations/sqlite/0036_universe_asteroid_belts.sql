-- universe_asteroid_belts: GET /universe/asteroid_belts/{asteroid_belt_id}
CREATE TABLE universe_asteroid_belts (
    asteroid_belt_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (asteroid_belt_id)
) WITHOUT ROWID;
CREATE INDEX universe_asteroid_belts_system_id_idx ON universe_asteroid_belts (system_id);
