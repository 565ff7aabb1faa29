-- universe_systems: GET /universe/systems/{system_id}
CREATE TABLE universe_systems (
    system_id INTEGER NOT NULL,
    name TEXT,
    constellation_id INTEGER,
    security_status REAL,
    security_class TEXT,
    star_id INTEGER,
    position_x REAL,
    position_y REAL,
    position_z REAL,
    PRIMARY KEY (system_id)
) WITHOUT ROWID;
CREATE INDEX universe_systems_constellation_id_idx ON universe_systems (constellation_id);

CREATE TABLE universe_system_planets (
    system_id INTEGER NOT NULL,
    planet_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, planet_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_moons (
    system_id INTEGER NOT NULL,
    planet_id INTEGER NOT NULL,
    moon_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, planet_id, moon_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_belts (
    system_id INTEGER NOT NULL,
    planet_id INTEGER NOT NULL,
    asteroid_belt_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, planet_id, asteroid_belt_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_stargates (
    system_id INTEGER NOT NULL,
    stargate_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, stargate_id)
) WITHOUT ROWID;

CREATE TABLE universe_system_stations (
    system_id INTEGER NOT NULL,
    station_id INTEGER NOT NULL,
    PRIMARY KEY (system_id, station_id)
) WITHOUT ROWID;
