-- incursions: GET /incursions
CREATE TABLE incursions (
    constellation_id INTEGER NOT NULL,
    faction_id INTEGER,
    has_boss INTEGER,
    influence REAL,
    staging_solar_system_id INTEGER,
    state TEXT,
    type TEXT,
    PRIMARY KEY (constellation_id)
) WITHOUT ROWID;

CREATE TABLE incursion_systems (
    constellation_id INTEGER NOT NULL,
    solar_system_id INTEGER NOT NULL,
    PRIMARY KEY (constellation_id, solar_system_id)
) WITHOUT ROWID;
