-- universe_factions: GET /universe/factions
CREATE TABLE universe_factions (
    faction_id INTEGER NOT NULL,
    name TEXT,
    description TEXT,
    corporation_id INTEGER,
    militia_corporation_id INTEGER,
    solar_system_id INTEGER,
    size_factor REAL,
    station_count INTEGER,
    station_system_count INTEGER,
    is_unique INTEGER,
    PRIMARY KEY (faction_id)
) WITHOUT ROWID;
