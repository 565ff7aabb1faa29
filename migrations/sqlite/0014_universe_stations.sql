-- universe_stations: GET /universe/stations/{station_id}
CREATE TABLE universe_stations (
    station_id INTEGER NOT NULL,
    name TEXT,
    system_id INTEGER,
    type_id INTEGER,
    owner INTEGER,
    race_id INTEGER,
    max_dockable_ship_volume REAL,
    office_rental_cost REAL,
    reprocessing_efficiency REAL,
    reprocessing_stations_take REAL,
    services TEXT,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (station_id)
) WITHOUT ROWID;
CREATE INDEX universe_stations_system_id_idx ON universe_stations (system_id);
