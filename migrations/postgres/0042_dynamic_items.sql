-- dynamic_items: GET /dogma/dynamic/items/{type_id}/{item_id}
CREATE TABLE dynamic_items (
    item_id BIGINT NOT NULL,
    type_id BIGINT,
    source_type_id BIGINT,
    mutator_type_id BIGINT,
    created_by BIGINT,
    PRIMARY KEY (item_id)
);
CREATE INDEX dynamic_items_type_id_idx ON dynamic_items (type_id);

CREATE TABLE dynamic_item_attributes (
    item_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    value DOUBLE PRECISION,
    PRIMARY KEY (item_id, attribute_id)
);

CREATE TABLE dynamic_item_effects (
    item_id BIGINT NOT NULL,
    effect_id BIGINT NOT NULL,
    is_default BOOLEAN,
    PRIMARY KEY (item_id, effect_id)
);
