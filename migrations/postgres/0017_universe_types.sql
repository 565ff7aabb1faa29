-- universe_types: GET /universe/types/{type_id}
CREATE TABLE universe_types (
    type_id BIGINT NOT NULL,
    name TEXT,
    group_id BIGINT,
    market_group_id BIGINT,
    published BOOLEAN,
    volume DOUBLE PRECISION,
    packaged_volume DOUBLE PRECISION,
    capacity DOUBLE PRECISION,
    mass DOUBLE PRECISION,
    radius DOUBLE PRECISION,
    portion_size BIGINT,
    icon_id BIGINT,
    graphic_id BIGINT,
    description TEXT,
    PRIMARY KEY (type_id)
);
CREATE INDEX universe_types_group_id_idx ON universe_types (group_id);
CREATE INDEX universe_types_market_group_id_idx ON universe_types (market_group_id);

CREATE TABLE type_dogma_attributes (
    type_id BIGINT NOT NULL,
    attribute_id BIGINT NOT NULL,
    value DOUBLE PRECISION,
    PRIMARY KEY (type_id, attribute_id)
);

CREATE TABLE type_dogma_effects (
    type_id BIGINT NOT NULL,
    effect_id BIGINT NOT NULL,
    is_default BOOLEAN,
    PRIMARY KEY (type_id, effect_id)
);
