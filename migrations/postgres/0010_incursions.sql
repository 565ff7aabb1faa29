-- incursions: GET /incursions
CREATE TABLE incursions (
    constellation_id BIGINT NOT NULL,
    faction_id BIGINT,
    has_boss BOOLEAN,
    influence DOUBLE PRECISION,
    staging_solar_system_id BIGINT,
    state TEXT,
    type TEXT,
    PRIMARY KEY (constellation_id)
);

CREATE TABLE incursion_systems (
    constellation_id BIGINT NOT NULL,
    solar_system_id BIGINT NOT NULL,
    PRIMARY KEY (constellation_id, solar_system_id)
);
