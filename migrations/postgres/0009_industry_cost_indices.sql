-- industry_cost_indices: GET /industry/systems
CREATE TABLE industry_cost_indices (
    solar_system_id BIGINT NOT NULL,
    activity TEXT COLLATE "C" NOT NULL,
    cost_index DOUBLE PRECISION,
    PRIMARY KEY (solar_system_id, activity)
);
