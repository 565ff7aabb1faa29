-- entity_names: POST /universe/names
CREATE TABLE entity_names (
    id BIGINT NOT NULL,
    name TEXT,
    category TEXT,
    PRIMARY KEY (id)
);
CREATE INDEX entity_names_name_idx ON entity_names (name);
