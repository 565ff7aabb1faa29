-- fw_systems: GET /fw/systems
CREATE TABLE fw_systems (
    solar_system_id INTEGER NOT NULL,
    owner_faction_id INTEGER,
    occupier_faction_id INTEGER,
    contested TEXT,
    victory_points INTEGER,
    victory_points_threshold INTEGER,
    PRIMARY KEY (solar_system_id)
) WITHOUT ROWID;
