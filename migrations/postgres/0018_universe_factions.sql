-- universe_factions: GET /universe/factions
CREATE TABLE universe_factions (
    faction_id BIGINT NOT NULL,
    name TEXT,
    description TEXT,
    corporation_id BIGINT,
    militia_corporation_id BIGINT,
    solar_system_id BIGINT,
    size_factor DOUBLE PRECISION,
    station_count BIGINT,
    station_system_count BIGINT,
    is_unique BOOLEAN,
    PRIMARY KEY (faction_id)
);
