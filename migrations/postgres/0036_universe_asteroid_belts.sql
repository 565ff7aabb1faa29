-- universe_asteroid_belts: GET /universe/asteroid_belts/{asteroid_belt_id}
CREATE TABLE universe_asteroid_belts (
    asteroid_belt_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (asteroid_belt_id)
);
CREATE INDEX universe_asteroid_belts_system_id_idx ON universe_asteroid_belts (system_id);
