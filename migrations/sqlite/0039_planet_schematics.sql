-- planet_schematics: GET /universe/schematics/{schematic_id}
CREATE TABLE planet_schematics (
    schematic_id INTEGER NOT NULL,
    schematic_name TEXT,
    cycle_time INTEGER,
    PRIMARY KEY (schematic_id)
) WITHOUT ROWID;
