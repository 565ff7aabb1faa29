-- universe_stargates: GET /universe/stargates/{stargate_id}
CREATE TABLE universe_stargates (
    stargate_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    type_id BIGINT,
    destination_stargate_id BIGINT,
    destination_system_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (stargate_id)
);
CREATE INDEX universe_stargates_system_id_idx ON universe_stargates (system_id);
CREATE INDEX universe_stargates_destination_system_id_idx ON universe_stargates (destination_system_id);
