-- universe_regions: GET /universe/regions/{region_id}
CREATE TABLE universe_regions (
    region_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    constellations JSONB,
    PRIMARY KEY (region_id)
);
