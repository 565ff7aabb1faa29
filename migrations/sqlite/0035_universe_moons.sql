-- universe_moons: GET /universe/moons/{moon_id}
CREATE TABLE universe_moons (
    moon_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (moon_id)
) WITHOUT ROWID;
CREATE INDEX universe_moons_system_id_idx ON universe_moons (system_id);
