-- universe_stations: GET /universe/stations/{station_id}
CREATE TABLE universe_stations (
    station_id BIGINT NOT NULL,
    name TEXT,
    system_id BIGINT,
    type_id BIGINT,
    owner BIGINT,
    race_id BIGINT,
    max_dockable_ship_volume DOUBLE PRECISION,
    office_rental_cost DOUBLE PRECISION,
    reprocessing_efficiency DOUBLE PRECISION,
    reprocessing_stations_take DOUBLE PRECISION,
    services JSONB,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (station_id)
);
CREATE INDEX universe_stations_system_id_idx ON universe_stations (system_id);
