-- fw_systems: GET /fw/systems
CREATE TABLE fw_systems (
    solar_system_id BIGINT NOT NULL,
    owner_faction_id BIGINT,
    occupier_faction_id BIGINT,
    contested TEXT,
    victory_points BIGINT,
    victory_points_threshold BIGINT,
    PRIMARY KEY (solar_system_id)
);
