-- universe_regions: GET /universe/regions/{region_id}
CREATE TABLE universe_regions (
    region_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    constellations TEXT,
    PRIMARY KEY (region_id)
) WITHOUT ROWID;
