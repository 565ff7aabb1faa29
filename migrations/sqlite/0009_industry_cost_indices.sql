-- industry_cost_indices: GET /industry/systems
CREATE TABLE industry_cost_indices (
    solar_system_id INTEGER NOT NULL,
    activity TEXT NOT NULL,
    cost_index REAL,
    PRIMARY KEY (solar_system_id, activity)
) WITHOUT ROWID;
