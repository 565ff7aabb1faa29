-- dogma_attributes: GET /dogma/attributes/{attribute_id}
CREATE TABLE dogma_attributes (
    attribute_id INTEGER NOT NULL,
    name TEXT,
    display_name TEXT,
    description TEXT,
    unit_id INTEGER,
    default_value REAL,
    high_is_good INTEGER,
    stackable INTEGER,
    published INTEGER,
    icon_id INTEGER,
    PRIMARY KEY (attribute_id)
) WITHOUT ROWID;
