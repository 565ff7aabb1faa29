-- entity_names: POST /universe/names
CREATE TABLE entity_names (
    id INTEGER NOT NULL,
    name TEXT,
    category TEXT,
    PRIMARY KEY (id)
) WITHOUT ROWID;
CREATE INDEX entity_names_name_idx ON entity_names (name);
