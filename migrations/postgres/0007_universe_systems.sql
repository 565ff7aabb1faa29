-- universe_systems: GET /universe/systems/{system_id}
CREATE TABLE universe_systems (
    system_id BIGINT NOT NULL,
    name TEXT,
    constellation_id BIGINT,
    security_status DOUBLE PRECISION,
    security_class TEXT,
    star_id BIGINT,
    position_x DOUBLE PRECISION,
    position_y DOUBLE PRECISION,
    position_z DOUBLE PRECISION,
    PRIMARY KEY (system_id)
);
CREATE INDEX universe_systems_constellation_id_idx ON universe_systems (constellation_id);

CREATE TABLE universe_system_planets (
    system_id BIGINT NOT NULL,
    planet_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, planet_id)
);

CREATE TABLE universe_system_moons (
    system_id BIGINT NOT NULL,
    planet_id BIGINT NOT NULL,
    moon_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, planet_id, moon_id)
);

CREATE TABLE universe_system_belts (
    system_id BIGINT NOT NULL,
    planet_id BIGINT NOT NULL,
    asteroid_belt_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, planet_id, asteroid_belt_id)
);

CREATE TABLE universe_system_stargates (
    system_id BIGINT NOT NULL,
    stargate_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, stargate_id)
);

CREATE TABLE universe_system_stations (
    system_id BIGINT NOT NULL,
    station_id BIGINT NOT NULL,
    PRIMARY KEY (system_id, station_id)
);
