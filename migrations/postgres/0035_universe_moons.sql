-- universe_moons: GET /universe/moons/{moon_id}
CREATE TABLE universe_moons (
    moon_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (moon_id)
);
CREATE INDEX universe_moons_system_id_idx ON universe_moons (system_id);
