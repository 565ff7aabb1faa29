-- dynamic_items: GET /dogma/dynamic/items/{type_id}/{item_id}
CREATE TABLE dynamic_items (
    item_id INTEGER NOT NULL,
    type_id INTEGER,
    source_type_id INTEGER,
    mutator_type_id INTEGER,
    created_by INTEGER,
    PRIMARY KEY (item_id)
) WITHOUT ROWID;
CREATE INDEX dynamic_items_type_id_idx ON dynamic_items (type_id);

CREATE TABLE dynamic_item_attributes (
    item_id INTEGER NOT NULL,
    attribute_id INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (item_id, attribute_id)
) WITHOUT ROWID;

CREATE TABLE dynamic_item_effects (
    item_id INTEGER NOT NULL,
    effect_id INTEGER NOT NULL,
    is_default INTEGER,
    PRIMARY KEY (item_id, effect_id)
) WITHOUT ROWID;
