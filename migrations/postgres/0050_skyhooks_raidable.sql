-- skyhooks_raidable: GET /skyhooks/raidable
CREATE TABLE skyhooks_raidable (
    planet_id BIGINT NOT NULL,
    theft_vulnerability_start TIMESTAMPTZ NOT NULL,
    theft_vulnerability_end TIMESTAMPTZ,
    solar_system_id BIGINT,
    PRIMARY KEY (planet_id, theft_vulnerability_start)
);
