-- universe_types: GET /universe/types/{type_id}
CREATE TABLE universe_types (
    type_id INTEGER NOT NULL,
    name TEXT,
    group_id INTEGER,
    market_group_id INTEGER,
    published INTEGER,
    volume REAL,
    packaged_volume REAL,
    capacity REAL,
    mass REAL,
    radius REAL,
    portion_size INTEGER,
    icon_id INTEGER,
    graphic_id INTEGER,
    description TEXT,
    PRIMARY KEY (type_id)
) WITHOUT ROWID;
CREATE INDEX universe_types_group_id_idx ON universe_types (group_id);
CREATE INDEX universe_types_market_group_id_idx ON universe_types (market_group_id);

CREATE TABLE type_dogma_attributes (
    type_id INTEGER NOT NULL,
    attribute_id INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (type_id, attribute_id)
) WITHOUT ROWID;

CREATE TABLE type_dogma_effects (
    type_id INTEGER NOT NULL,
    effect_id INTEGER NOT NULL,
    is_default INTEGER,
    PRIMARY KEY (type_id, effect_id)
) WITHOUT ROWID;
