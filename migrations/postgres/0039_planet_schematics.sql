-- planet_schematics: GET /universe/schematics/{schematic_id}
CREATE TABLE planet_schematics (
    schematic_id BIGINT NOT NULL,
    schematic_name TEXT,
    cycle_time BIGINT,
    PRIMARY KEY (schematic_id)
);
