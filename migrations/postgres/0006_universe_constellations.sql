-- universe_constellations: GET /universe/constellations/{constellation_id}
CREATE TABLE universe_constellations (
    constellation_id BIGINT NOT NULL,
    name TEXT,
    region_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    systems JSONB,
    PRIMARY KEY (constellation_id)
);
CREATE INDEX universe_constellations_region_id_idx ON universe_constellations (region_id);
