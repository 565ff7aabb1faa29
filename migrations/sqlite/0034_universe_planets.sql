-- universe_planets: GET /universe/planets/{planet_id}
CREATE TABLE universe_planets (
    planet_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    type_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (planet_id)
) WITHOUT ROWID;
CREATE INDEX universe_planets_system_id_idx ON universe_planets (system_id);
