-- skyhooks_raidable: GET /skyhooks/raidable
CREATE TABLE skyhooks_raidable (
    planet_id INTEGER NOT NULL,
    theft_vulnerability_start TEXT NOT NULL,
    theft_vulnerability_end TEXT,
    solar_system_id INTEGER,
    PRIMARY KEY (planet_id, theft_vulnerability_start)
) WITHOUT ROWID;
