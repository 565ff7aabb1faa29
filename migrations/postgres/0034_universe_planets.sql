-- universe_planets: GET /universe/planets/{planet_id}
CREATE TABLE universe_planets (
    planet_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    type_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (planet_id)
);
CREATE INDEX universe_planets_system_id_idx ON universe_planets (system_id);
