-- universe_constellations: GET /universe/constellations/{constellation_id}
CREATE TABLE universe_constellations (
    constellation_id INTEGER NOT NULL,
    name TEXT,
    region_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    systems TEXT,
    PRIMARY KEY (constellation_id)
) WITHOUT ROWID;
CREATE INDEX universe_constellations_region_id_idx ON universe_constellations (region_id);
